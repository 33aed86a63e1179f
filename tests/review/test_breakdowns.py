"""What stands when the page's process is killed in the middle of a decision, or its database while people decide."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from include.model import Option
from include.review.guards import CSRF
from include.review.parts.bulk import UNREACHED
from include.store import findings
from include.store.findings import FindingRow
from include.store.ledger import Ledger, open_ledger, upgrade
from include.store.schema import decision
from tests.postgres import QUICK, Server, programs
from tests.review.page import ROOT, USER, Reader, app_over, decision_of
from tests.review.test_bulk import ask, equals, listed
from tests.store.cases import NIGHT, a_finding, again, filed, rows, set_email

NO_SERVER = "postgresql+psycopg://u@127.0.0.1:1/rollcall"  # nobody listens there
REPOSITORY = Path(__file__).parents[2]


@contextmanager
def killed(url: str, moment: str) -> Iterator[Any]:
    """Gives a function that sends something to a page which is killed at that moment and answers nothing."""
    command = [sys.executable, "-m", "tests.review.gated", url, moment]
    page = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert page.stdout is not None
    base = f"http://127.0.0.1:{page.stdout.readline().strip()}{ROOT}"
    unanswered: list[type[Exception]] = []

    def send(path: str, body: dict[str, Any]) -> None:
        try:
            token = httpx.get(f"{base}/api/session", headers={USER: "ann"}, timeout=60).json()["csrf"]
            httpx.post(base + path, headers={USER: "ann", CSRF: token}, json=body, timeout=60)
        except httpx.TransportError as error:
            unanswered.append(type(error))
        finally:
            page.kill()  # whoever waits for it to come to its moment waits no longer

    def ask(path: str, body: dict[str, Any]) -> None:
        reviewer = Thread(target=send, args=(path, body))
        reviewer.start()
        assert page.stdout is not None
        assert page.stdout.readline() == "here\n"
        page.kill()
        reviewer.join(60)
        assert unanswered

    try:
        yield ask
    finally:
        page.kill()
        page.wait()
        page.stdout.close()


def approval(row: FindingRow) -> dict[str, Any]:
    return {"verdict": "approved", "version": row.version, "option_hash": row.options[0].hash}


def decided(ledger: Ledger) -> list[tuple[Any, ...]]:
    return rows(ledger, decision, "verdict", "reviewer")


@pytest.mark.parametrize(
    ("moment", "kept", "status"),
    [
        pytest.param("commit:1", [], 200, id="before-it-is-kept"),
        pytest.param("answer", [("approved", "ann")], 409, id="before-anybody-is-told"),
    ],
)
def test_who_decides_again_after_the_page_was_killed_has_decided_once(ledger, ledger_url, moment, kept, status):
    row = filed(ledger, a_finding())
    with killed(ledger_url, moment) as ask:
        ask(decision_of(row), approval(row))
    assert decided(ledger) == kept
    answer = Reader(ledger).decide(row)
    assert answer.status_code == status
    assert status == 200 or "is approved already" in answer.json()["detail"]
    assert decided(ledger) == [("approved", "ann")]
    assert "<strong>approved</strong> “use the new address” by ann" in Reader(ledger).get(f"/findings/{row.id}").text


def test_of_many_that_were_decided_together_those_before_the_kill_stand_and_the_others_are_decided_again(
    ledger, ledger_url
):
    told = [
        a_finding(Option("use it", (set_email(f"hubspot:contact:{at}"),)), subject=f"hubspot:contact:{at}", others=())
        for at in range(3)
    ]
    findings.file(ledger, told, NIGHT)
    found = [again(ledger, one) for one in told]
    listed = [{"id": row.id, "version": 1, "option_hash": row.options[0].hash} for row in found]
    with killed(ledger_url, "commit:2") as ask:
        ask("/api/decisions", {"verdict": "approved", "findings": listed})
    assert decided(ledger) == [("approved", "ann")]
    ann = Reader(ledger)
    body = {"verdict": "approved", "findings": listed}
    said = ann.ask("POST", "/api/decisions", ann.signature(), json=body).json()
    assert [one["state"] for one in said["findings"]] == [None, "approved", "approved"]
    assert "is approved already" in said["findings"][0]["why"]
    assert decided(ledger) == [("approved", "ann")] * 3


@pytest.mark.parametrize("away", ["there was one", "there is no way to it"])
@pytest.mark.parametrize("reached", [0, 1, 2])
def test_a_ledger_that_goes_away_half_way_has_what_it_took_and_that_is_told(sqlite_ledger, tmp_path, reached, away):
    """The page asks for the ledger once to see what is equal, and once for each decision."""
    told = equals(sqlite_ledger)
    gone = Ledger(f"sqlite:///{tmp_path / 'no such folder' / 'ledger.db'}")
    asked: list[int] = []

    def ledger() -> Ledger:
        asked.append(1)
        if len(asked) <= 1 + reached:
            return sqlite_ledger
        return gone if away == "there was one" else open_ledger(NO_SERVER)

    answer = ask(Reader(app_over(ledger)), [listed(row) for row in told])
    assert len(decided(sqlite_ledger)) == reached
    if not reached:
        assert (answer.status_code, "cannot be reached" in answer.json()["detail"]) == (503, True)
        return
    assert (answer.json()["took"], answer.json()["not"]) == (reached, 3 - reached)
    assert [one["why"] for one in answer.json()["findings"]] == [None] * reached + [UNREACHED] * (3 - reached)


def test_a_database_that_says_nothing_lets_nobody_wait_before_the_page():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql+psycopg://u@127.0.0.1:{server.getsockname()[1]}/rollcall?connect_timeout=2"
        ann = Reader(app_over(lambda: open_ledger(url)))
        began = time.monotonic()
        shown = ann.get("/")
        sent = ann.ask("POST", "/api/search", ann.signature(), json={"sought": "ann"})
        assert time.monotonic() - began < 10
    assert (shown.status_code, "The ledger cannot be reached. Try again in a while" in shown.text) == (503, True)
    assert (sent.status_code, "The ledger cannot be reached. Try again in a while" in sent.text) == (503, True)


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of its own, to be crashed."""
    installed = programs()
    if installed is None:
        pytest.skip("no PostgreSQL is installed (Debian and Ubuntu: apt-get install postgresql)")
    with Server(installed, options=QUICK) as running:
        yield running


@pytest.mark.postgres
def test_while_the_database_is_down_everything_says_so_and_afterwards_nothing_is_lost(server):
    url = server.create("away")
    upgrade(url)
    ledger = Ledger(url)
    one, two = a_finding(), a_finding(subject="hubspot:contact:2")
    row, other = filed(ledger, one, two), again(ledger, two)
    ann = Reader(ledger)
    assert ann.decide(row).status_code == 200
    server.crash()
    for path in ("/", f"/findings/{row.id}", f"/people/{row.id}", "/nights", "/caps", "/requests", "/api/findings"):
        answer = ann.get(path)
        assert (path, answer.status_code, "The ledger cannot be reached" in answer.text) == (path, 503, True)
    bulk = {"verdict": "rejected", "reason": "no", "findings": [{"id": other.id, "version": 1}]}
    for path, body in (
        (decision_of(other), approval(other)),
        ("/api/decisions", bulk),
        ("/api/search", {"sought": "ann"}),
        ("/api/people", {"sought": "ann"}),
    ):
        answer = ann.ask("POST", path, ann.signature(), json=body)
        assert (path, answer.status_code, "The ledger cannot be reached" in answer.text) == (path, 503, True)
        assert server.folder.name not in answer.text
    server.begin()
    assert decided(ledger) == [("approved", "ann")]
    assert ann.decide(row).status_code == 409
    assert ann.decide(other).status_code == 200
