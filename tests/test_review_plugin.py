"""The review page in a real Airflow: in its menu, behind its login, and closed to whoever may not answer for people."""

from __future__ import annotations

import json

import pytest

from include.review.app import METHODS
from include.review.guards import HEADERS
from include.store.ledger import open_ledger
from include.store.schema import decision
from tests.mounted import Airflow, of
from tests.store.cases import rows

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    return Airflow(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def told(airflow):
    """What everybody is told by an Airflow that is set up as the README says."""
    approval = {"verdict": "approved", "version": 1, "option_hash": airflow.row.options[0].hash}
    decision_path = f"/review/api/findings/{airflow.row.id}/decision"
    everybody = ["nobody", "garbage", "a garbage cookie"]
    return airflow.ask(
        [
            *((who, "", "*") for who in (*everybody, "vic")),
            *((who, "GET", path) for who in everybody for path in ("/review/docs", "/review/openapi.json")),
            *((who, "GET", path) for who in ("ann", "olga", "ada", "a cookie of ann")
              for path in ("/review/", f"/review/findings/{airflow.row.id}", "/review/api/session",
                           "/review/static/page.js", "/review/docs")),
            ("vic", "POST", decision_path, approval),
            ("ann", "POST", decision_path, approval),
            ("ann beside a public role", "GET", "/review/"),
            ("ada", "GET", "/api/v2/plugins"),
        ]
    )  # fmt: skip


def test_every_route_of_the_mounted_page_is_asked_for(told, airflow):
    assert f"/review/api/findings/{airflow.row.id}/decision" in told["routes"]
    assert len(told["routes"]) >= 8
    assert len(of(told, "nobody")) >= len(told["routes"]) * len(METHODS)


def test_nobody_is_told_anything_without_a_login(told, airflow):
    assert {one["status"] for one in of(told, "nobody")} == {401}
    for who in ("garbage", "a garbage cookie"):
        assert {one["status"] for one in of(told, who)} <= {401, 403}
    for who in ("nobody", "garbage", "a garbage cookie", "vic"):
        assert [one["path"] for one in of(told, who) if airflow.row.id in one["text"] or "example" in one["text"]] == []


def test_a_viewer_may_neither_read_nor_decide(told):
    assert {one["status"] for one in of(told, "vic")} == {403}


@pytest.mark.parametrize("who", ["ann", "olga", "ada", "a cookie of ann"])
def test_whoever_may_answer_for_people_reads_the_page(told, airflow, who):
    read = {one["path"]: one for one in of(told, who) if one["method"] == "GET" and one["path"].startswith("/review")}
    assert {path: one["status"] for path, one in read.items()} == {
        "/review/": 200,
        f"/review/findings/{airflow.row.id}": 200,
        "/review/api/session": 200,
        "/review/static/page.js": 200,
        "/review/docs": 404,
    }
    assert airflow.row.id in read["/review/"]["text"]
    assert '"/review/static/page.js"' in read["/review/"]["text"]
    assert json.loads(read["/review/api/session"]["text"])["reviewer"] == who.rpartition(" ")[2]


def test_a_decision_through_airflow_is_in_the_ledger_under_the_users_name(told, airflow):
    (answer,) = [one for one in of(told, "ann") if one["method"] == "POST"]
    assert (answer["status"], json.loads(answer["text"])) == (200, {"state": "approved"})
    kept = rows(open_ledger(airflow.ledger), decision, "finding_id", "verdict", "reviewer", "option_hash")
    assert kept == [(airflow.row.id, "approved", "ann", airflow.row.options[0].hash)]


def test_every_answer_carries_the_headers(told):
    ours = [one for one in told["answers"] if one["path"].startswith("/review") and one["who"] != "a garbage cookie"]
    for one in ours:
        assert {name: one["headers"].get(name.lower()) for name in HEADERS} == HEADERS, one["path"]


def test_the_page_is_in_airflows_menu(told):
    (answer,) = [one for one in of(told, "ada") if one["path"] == "/api/v2/plugins"]
    (plugin,) = [one for one in json.loads(answer["text"])["plugins"] if one["name"] == "review_page"]
    (view,) = plugin["external_views"]
    assert (view["name"], view["href"], view["destination"]) == ("Review", "/review/", "nav")
    assert [app["url_prefix"] for app in plugin["fastapi_apps"]] == ["/review"]


def test_where_the_public_has_a_role_the_page_is_closed(told):
    (answer,) = of(told, "ann beside a public role")
    assert answer["status"] == 503
    assert "lets anybody in" in answer["text"]


@pytest.mark.parametrize(
    ("sandbox", "statuses"),
    [pytest.param("false", {503}, id="real platforms"), pytest.param("true", {200}, id="sandbox")],
)
def test_where_airflow_lets_anybody_in_the_page_is_closed_outside_the_sandbox(airflow, sandbox, statuses):
    asked = [("nobody", "GET", path) for path in ("/review/", "/review/api/session", "/review/api/findings")]
    asked += [("nobody", "", "*")] if sandbox == "false" else []
    told = airflow.ask(asked, AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True", ROLLCALL_SANDBOX=sandbox)
    assert {one["status"] for one in told["answers"]} == statuses
    if sandbox == "false":
        assert all(one["method"] == "HEAD" or "lets anybody in" in one["text"] for one in told["answers"])
