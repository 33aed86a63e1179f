"""A client's objection over HTTP: recorded by whoever sees the page, lifted by a reviewer, and told of on the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from include.settings import settings
from include.store import findings
from include.store.schema import decision, notice, objection
from tests.review.page import HOST, Reader, Seen
from tests.review.test_requests import asked, led_to  # noqa: F401  a fixture, and what it leads to
from tests.store.cases import a_finding, again, audited, filed, rows

SAID = "She rang from the number on file: it was not her."


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def requested(sqlite_ledger, asked):  # noqa: F811
    """A finding that a request of ann's led to."""
    return findings.get(sqlite_ledger, led_to(sqlite_ledger))


def say(reader: Reader, row, why: str = SAID, *, stands: bool = True, **headers):
    body = {"why": why, "stands": stands}
    return reader.ask("POST", f"/api/findings/{row.id}/objection", reader.signature() | headers, json=body)


def test_it_is_recorded_shown_and_lifted(ann, bob, sqlite_ledger, requested):
    assert say(ann, requested).json() == {"stands": True}
    assert audited(sqlite_ledger, "objection")[0]["who"] == "ann"
    assert SAID not in str(audited(sqlite_ledger, "objection"))
    (told,) = rows(sqlite_ledger, notice, "recipient", "subject", "text")
    assert told[:2] == ("reviewers@example.com", "Rollcall: a client objects")
    assert f"/findings/{requested.id}" in told[2]
    assert SAID not in told[2]
    page = Seen(bob.get(f"/findings/{requested.id}").text)
    assert SAID in " ".join(page.all("<q>"))
    assert any("A client objects" in text for text in page.all("<h2>"))
    answer = bob.decide(requested)
    assert (answer.status_code, answer.json()["kind"]) == (409, "Objected")
    assert say(ann, requested, "She was mistaken.", stands=False).status_code == 409  # she took the request down
    assert say(bob, requested, "She was mistaken.", stands=False).json() == {"stands": False}
    assert "A client objects" not in bob.get(f"/findings/{requested.id}").text
    assert bob.decide(requested).status_code == 200
    assert [row[2] for row in rows(sqlite_ledger, objection)] == [True, False]


def test_another_finding_of_the_same_records_says_where_it_is_lifted(bob, sqlite_ledger):
    first = filed(sqlite_ledger, a_finding())
    second = a_finding(rule="duplicate_contact", others=())
    filed(sqlite_ledger, a_finding(), second)
    say(bob, first)
    other = again(sqlite_ledger, second)
    page = bob.get(f"/findings/{other.id}")
    assert f"/review/findings/{first.id}" in Seen(page.text).links()
    assert "Lift the objection" not in page.text
    assert bob.decide(other).json()["kind"] == "Objected"
    assert bob.decide(other, "rejected", reason="He is right.").status_code == 200


def test_only_a_reviewer_lifts(ann, bob, sqlite_ledger, requested, monkeypatch):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "cleo")
    settings.cache_clear()  # the form has read them
    assert say(bob, requested).status_code == 200
    assert "Lift the objection" not in bob.get(f"/findings/{requested.id}").text
    answer = say(bob, requested, "Done.", stands=False)
    assert (answer.status_code, answer.json()["kind"]) == (403, "NotReviewer")
    assert say(Reader(sqlite_ledger, "cleo"), requested, "Done.", stands=False).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "http://evil.test"}, id="another-origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another-site"),
        pytest.param({"X-Rollcall-CSRF": "0" * 64}, id="no-token"),
    ],
)
def test_nobody_objects_or_lifts_from_elsewhere(bob, sqlite_ledger, requested, headers):
    assert say(bob, requested, **headers).status_code == 403
    assert rows(sqlite_ledger, objection) == []
    assert HOST not in headers.values()


def test_without_a_reason_or_a_finding_nothing_is_recorded(bob, sqlite_ledger, requested):
    assert say(bob, requested, " ").status_code == 409
    assert say(bob, requested, "").status_code == 422
    nowhere = bob.ask("POST", f"/api/findings/{'0' * 16}/objection", bob.signature(), json={"why": "x", "stands": True})
    assert nowhere.status_code == 404
    assert rows(sqlite_ledger, objection) == []


def waits_until(ledger, hours: float) -> str:
    """Let the last approval wait so long."""
    until = datetime.now(UTC) + timedelta(hours=hours)
    with ledger.write() as connection:
        connection.execute(sa.update(decision).values(not_before=until))
    return until.strftime("%Y-%m-%d %H:%M UTC")


def test_the_page_says_until_when_an_approval_waits(ann, bob, sqlite_ledger, requested):
    assert bob.decide(requested).status_code == 200
    until = waits_until(sqlite_ledger, 5)
    assert any(f"Waits until {until}" in text for text in Seen(bob.get(f"/findings/{requested.id}").text).all("<h2>"))
    assert f"It waits until {until}" in ann.get("/requests/1").text
    waits_until(sqlite_ledger, -1)
    assert "Waits until" not in bob.get(f"/findings/{requested.id}").text
    assert "It waits until" not in ann.get("/requests/1").text
    say(ann, requested)
    assert "A client objects" in ann.get("/requests/1").text
