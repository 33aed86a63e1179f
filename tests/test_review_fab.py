"""The review page in an Airflow with FAB's users: the same roles may, and the same may not, as with Airflow's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.review.app import METHODS
from include.store.ledger import open_ledger
from include.store.schema import decision
from tests.mounted import PASSWORD, Airflow, of
from tests.store.cases import rows

pytestmark = pytest.mark.airflow

ROLES = {"vic": "Viewer", "ann": "User", "olga": "Op", "ada": "Admin", "pat": "Public", "eve": "Bookkeeper"}
MAY = ("ann", "olga", "ada", "a cookie of ann")

# Makes a user of each role; the one that Airflow does not know has the right to see DAGs and nothing else.
MAKE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from airflow.cli.cli_parser import get_parser

given = json.load(sys.stdin)
parser = get_parser()
wanted = [["roles", "create", "Bookkeeper"], ["roles", "add-perms", "Bookkeeper", "-a", "can_read", "-r", "DAGs"]]
for name, role in given["roles"].items():
    about = ["--firstname", name, "--lastname", name, "--email", name + "@example.org", "--password", given["password"]]
    wanted.append(["users", "create", "--username", name, "--role", role, *about])
for words in wanted:
    args = parser.parse_args(words)
    args.func(args)
"""


class Fab(Airflow):
    """The same Airflow, with FAB as its auth manager."""

    users = ROLES

    def prepare(self) -> None:
        self.run("-c", MAKE, told=json.dumps({"roles": ROLES, "password": PASSWORD}))

    def env(self) -> dict[str, str]:
        manager = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
        return super().env() | {"AIRFLOW__CORE__AUTH_MANAGER": manager}


@pytest.fixture(scope="module")
def fab(tmp_path_factory):
    return Fab(tmp_path_factory.mktemp("fab"))


@pytest.fixture(scope="module")
def told(fab) -> dict[str, Any]:
    approval = {"verdict": "approved", "version": 1, "option_hash": fab.row.options[0].hash}
    finding, path = f"/review/findings/{fab.row.id}", f"/review/api/findings/{fab.row.id}/decision"
    return fab.ask(
        [
            *((who, "", "*") for who in ("nobody", "garbage", "vic", "pat", "eve")),
            *((who, "GET", path) for who in MAY
              for path in ("/review/", finding, "/review/api/session", "/review/static/page.js")),
            *((who, "POST", path, approval) for who in ("vic", "pat", "eve", "ann")),
            ("ann beside a public role", "GET", "/review/"),
        ]
    )  # fmt: skip


def test_nobody_is_told_anything_without_a_login(told, fab):
    assert {one["status"] for one in of(told, "nobody")} == {401}
    assert {one["status"] for one in of(told, "garbage")} <= {401, 403}
    assert len(of(told, "nobody")) >= len(told["routes"]) * len(METHODS)
    assert [one["path"] for who in ("nobody", "garbage") for one in of(told, who) if fab.row.id in one["text"]] == []


@pytest.mark.parametrize("who", ["vic", "pat", "eve"])
def test_who_may_not_answer_for_people_may_neither_read_nor_decide(told, who):
    assert {one["status"] for one in of(told, who)} == {403}


@pytest.mark.parametrize("who", MAY)
def test_who_may_answer_for_people_reads_the_page(told, who):
    read = [one for one in of(told, who) if one["method"] == "GET"]
    assert [one["status"] for one in read] == [200] * 4
    assert json.loads(read[2]["text"])["reviewer"] == who.rpartition(" ")[2]


def test_a_decision_is_in_the_ledger_under_the_users_name(told, fab):
    (answer,) = [one for one in of(told, "ann") if one["method"] == "POST"]
    assert answer["status"] == 200
    assert rows(open_ledger(fab.ledger), decision, "verdict", "reviewer") == [("approved", "ann")]


def test_where_the_public_has_a_role_the_page_is_closed_to_all(fab):
    asked = [("nobody", "", "*"), *((who, "GET", "/review/") for who in ("vic", "ada"))]
    told = fab.ask(asked, AIRFLOW__FAB__AUTH_ROLE_PUBLIC="Admin")
    assert {one["status"] for one in told["answers"]} == {503}


def test_where_the_older_configuration_file_gives_the_public_a_role_the_page_is_closed_to_all(fab):
    older = fab.home / "an older webserver_config.py"
    older.write_text('AUTH_ROLE_PUBLIC = "Admin"\n')
    told = fab.ask([(who, "GET", "/review/") for who in ("vic", "ada")], AIRFLOW__FAB__CONFIG_FILE=str(older))
    assert {one["status"] for one in told["answers"]} == {503}


def test_even_where_the_sandbox_tolerates_a_public_role_nobody_decides_without_a_name(fab):
    asked = [("nobody", "", "*"), ("ada", "GET", "/review/")]
    told = fab.ask(asked, AIRFLOW__FAB__AUTH_ROLE_PUBLIC="Admin", ROLLCALL_SANDBOX="true")
    assert {one["status"] for one in of(told, "nobody")} == {401}
    assert [one["status"] for one in of(told, "ada")] == [200]
