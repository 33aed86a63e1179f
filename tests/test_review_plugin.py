"""
The review page in a real Airflow: in its menu, behind its login, and closed to whoever may not answer for people.

One process of its own builds Airflow's API with our plugins folder and asks it; Airflow reads its settings only once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.review.app import METHODS
from include.review.guards import HEADERS
from include.store.ledger import open_ledger, upgrade
from include.store.schema import decision
from tests.store.cases import a_finding, filed, rows

ROOT = Path(__file__).parent.parent
USERS = {"vic": "viewer", "ann": "user", "olga": "op", "ada": "admin"}
PASSWORD = "a password of the tests"

pytestmark = pytest.mark.airflow

# Reads what to ask as JSON: who, method, path, body. The path `*` stands for every route of the page with every method.
ASK = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from airflow.api_fastapi.app import create_app
from starlette.routing import Mount
from starlette.testclient import TestClient

app = create_app()
page = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/review")
client = TestClient(app, base_url="http://airflow.test", raise_server_exceptions=False, follow_redirects=False)
given = json.load(sys.stdin)
known = {"{finding}": given["finding"], "{name}": "page.js", "{path:path}": "anything"}
every = []
for route in page.routes:
    path = route.path
    for part, value in known.items():
        path = path.replace(part, value)
    every += [(method, "/review" + path) for method in given["methods"]]

def login(name):
    told = client.post("/auth/token", json={"username": name, "password": given["password"]})
    return {"Authorization": "Bearer " + told.json()["access_token"]} if told.is_success else {}

def ask(who, method, path, body=None):
    client.cookies.clear()
    headers = dict(logins[who]) if who in logins else {}
    os.environ["AIRFLOW__FAB__AUTH_ROLE_PUBLIC"] = "Admin" if who == "ann beside a public role" else ""
    if who == "ann beside a public role":
        headers = dict(logins["ann"])
    if who == "a cookie of ann":
        headers = {"Cookie": "_token=" + logins["ann"]["Authorization"].split()[1]}
    if who in ("garbage", "a garbage cookie"):
        headers = {"Authorization": "Bearer x.y.z"} if who == "garbage" else {"Cookie": "_token=x.y.z"}
    if body is not None:
        session = client.get("/review/api/session", headers=headers)
        headers |= {"X-Rollcall-CSRF": session.json().get("csrf", ""), "Origin": "http://airflow.test"}
    answer = client.request(method, path, headers=headers, json=body)
    return {"who": who, "method": method, "path": path, "status": answer.status_code, "text": answer.text,
            "headers": dict(answer.headers)}

logins = {name: login(name) for name in given["users"]}
answers = []
for who, method, path, *body in given["asked"]:
    for one in every if path == "*" else [(method, path)]:
        answers.append(ask(who, *one, *body))
print("ANSWERS" + json.dumps({"routes": sorted({path for _, path in every}), "answers": answers}))
"""


class Airflow:
    """A home with a migrated database, users, a ledger, and one finding that waits."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ledger = f"sqlite:///{home / 'ledger.db'}"
        upgrade(self.ledger)
        self.row = filed(open_ledger(self.ledger), a_finding())
        (home / "passwords.json").write_text(json.dumps(dict.fromkeys(USERS, PASSWORD)))
        self.run("-m", "airflow", "db", "migrate")

    def run(self, *words: str, told: str = "", **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *words],
            input=told, capture_output=True, text=True, cwd=ROOT, env=self.env() | more, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "ROLLCALL"))}
        return kept | {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.home / "no dags"),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home / 'airflow.db'}",
            "AIRFLOW__API__SECRET_KEY": "a secret of the tests",
            "AIRFLOW__API_AUTH__JWT_SECRET": "another secret of the tests, which is long enough",
            "ROLLCALL_LEDGER": self.ledger,
            "PYTHONPATH": str(ROOT),
        }

    def ask(self, asked: list[tuple[Any, ...]], **more: str) -> dict[str, Any]:
        told = {"finding": self.row.id, "methods": METHODS, "users": list(USERS), "password": PASSWORD, "asked": asked}
        said = self.run("-c", ASK, told=json.dumps(told), **more)
        return dict(json.loads(said.rpartition("ANSWERS")[2]))


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


def of(told: dict[str, Any], who: str) -> list[dict[str, Any]]:
    found = [one for one in told["answers"] if one["who"] == who]
    assert found
    return found


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
