"""
Every route that takes something, as the app itself lists them: what our page did not send leaves nothing.

A new route is found by itself. It is refused like the others, or this goes red until somebody has said what it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from include.model import FixState
from include.review.guards import CSRF, csrf_token
from include.settings import settings
from include.store import objections, requests, schema, switch
from include.store.ledger import Ledger
from tests.planning.desk import form
from tests.requests.tables import line, table
from tests.review.page import HOST, SECRET, Reader, app_over
from tests.review.test_bulk import one_of
from tests.store.cases import NOW, again, claim, decide, ends, filed, fix_ids, leave, rows, send

READS = {"GET", "HEAD", "OPTIONS"}
NOWHERE = "/{path:path}"  # the answer to every address that is none
WHY = {"why": "somebody said so"}

# To whoever may open the page: to look something up, to stop, to freeze, to ask for an undo, and to take down requests.
ANYBODYS = {"/api/search", "/api/people", "/api/requests", "/api/findings/{finding}/undo"}


def writing() -> list[str]:
    """The path of each route that is not only read from."""
    found = {
        str(route.path)
        for route in app_over(lambda: None).routes  # type: ignore[arg-type,return-value]
        if set(getattr(route, "methods", None) or {"POST"}) - READS
    }
    return sorted(found - {NOWHERE})


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


class World:
    """A ledger in which each route finds something that it could change."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        told = [one_of(number) for number in range(1, 6)]
        filed(ledger, *told)
        waits, other, applied, unclear, frozen = (again(ledger, one) for one in told)
        for row in (applied, unclear):
            decide(ledger, row)
        ends(ledger, fix_ids(applied)[0], FixState.APPLIED)
        (self.unclear,) = fix_ids(unclear)
        assert claim(ledger, self.unclear)
        assert send(ledger, self.unclear)
        assert leave(ledger, self.unclear, FixState.UNKNOWN)
        objections.record(ledger, frozen.id, "bob", "not mine", NOW)
        switch.throw(ledger, "bob", "looks odd", NOW, stop=True)
        for number, state in ((1, "choose"), (2, "trouble"), (3, "waiting")):
            requests.add(ledger, [{"client": str(number), "new_address": "new@b.example"}], "ann")
            requests.move(ledger, number, ["waiting"], state, found={"candidates": [{"ref": "whmcs:client:11"}]})
        one = {"verdict": "approved", "version": 1, "option_hash": waits.options[0].hash}
        many = [{"id": other.id, "version": 1, "option_hash": other.options[0].hash}]
        self.sent: dict[str, tuple[str, Any]] = {
            "/api/decisions": ("/api/decisions", {"verdict": "approved", "findings": many}),
            "/api/findings/{finding}/decision": (f"/api/findings/{waits.id}/decision", one),
            "/api/findings/{finding}/objection": (f"/api/findings/{frozen.id}/objection", WHY | {"stands": False}),
            "/api/findings/{finding}/undo": (f"/api/findings/{applied.id}/undo", WHY),
            "/api/fixes/{fix}/outcome": (f"/api/fixes/{self.unclear}/outcome", WHY | {"took": True}),
            "/api/people": ("/api/people", {"sought": "ann"}),
            "/api/requests": ("/api/requests", form() | {"domains": "a.example"}),
            "/api/requests/table": ("/api/requests/table", {"csv": table(line())}),
            "/api/requests/{number}/again": ("/api/requests/2/again", {}),
            "/api/requests/{number}/choose": ("/api/requests/1/choose", {"client": "whmcs:client:11"}),
            "/api/requests/{number}/withdraw": ("/api/requests/3/withdraw", {}),
            "/api/search": ("/api/search", {"sought": "ann"}),
            "/api/switch": ("/api/switch", WHY | {"stop": False}),
        }

    def ask(self, route: str, changed: dict[str, str | None], user: str = "ann") -> Any:
        """What the page sends to a route, with these headers in place of its own."""
        path, body = self.sent.get(route, (re.sub(r"{[^}]*}", "1", route), {}))
        reader = Reader(self.ledger, user)
        headers = {name: value for name, value in (reader.signature() | changed).items() if value is not None}
        return reader.ask("POST", path, headers, json=body)

    def all(self) -> list[Any]:
        """Everything that the ledger holds."""
        return [rows(self.ledger, one) for one in schema.metadata.sorted_tables]


@pytest.fixture
def world(sqlite_ledger: Ledger) -> World:
    return World(sqlite_ledger)


FORGED = [
    pytest.param({CSRF: None}, id="no token"),
    pytest.param({CSRF: "0" * 64}, id="a wrong token"),
    pytest.param({CSRF: csrf_token(SECRET, "bob")}, id="the token of another"),
    pytest.param({CSRF: csrf_token("another secret", "ann")}, id="a token by another secret"),
    pytest.param({"Origin": "https://evil.example"}, id="another site"),
    pytest.param({"Origin": "http://sub.airflow.test"}, id="a sibling sub-domain"),
    pytest.param({"Origin": HOST + ":8080"}, id="another port"),
    pytest.param({"Origin": "null"}, id="an opaque origin"),
    pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": None}, id="sent cross-site"),
    pytest.param({"Sec-Fetch-Site": "same-site", "Origin": None}, id="sent from the same site"),
]  # fmt: skip


def test_the_routes_that_take_something_are_all_known(world):
    assert writing() == sorted(world.sent)


@pytest.mark.parametrize("changed", FORGED)
def test_what_another_page_sends_is_refused_everywhere_and_leaves_nothing(world, changed):
    before = world.all()
    answers = {route: world.ask(route, changed) for route in writing()}
    assert {route: answer.status_code for route, answer in answers.items()} == dict.fromkeys(writing(), 403)
    assert world.all() == before


def test_who_is_not_on_the_list_changes_nothing_that_is_for_reviewers(world, monkeypatch):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "bob, cleo")
    settings.cache_clear()
    for_reviewers = [route for route in writing() if route not in ANYBODYS and not route.startswith("/api/requests/")]
    before = world.all()
    answers = {route: world.ask(route, {}) for route in for_reviewers}
    assert {route: answer.status_code for route, answer in answers.items()} == dict.fromkeys(for_reviewers, 403)
    assert {answer.json()["kind"] for answer in answers.values()} == {"NotReviewer"}
    assert world.all() == before


@pytest.mark.parametrize("route", writing())
def test_the_same_sent_by_our_page_is_taken(world, route):
    """Else nothing above would show that it was the forgery which was refused."""
    before = world.all()
    answer = world.ask(route, {})
    assert (answer.status_code, answer.text[:200]) == (200, answer.text[:200])
    if route in {"/api/search", "/api/people"}:
        return
    assert world.all() != before
