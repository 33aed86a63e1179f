"""The page of caps: what waits and what was sent beside what is allowed, what is stopped, and one's own pace."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from include.model import Option
from include.settings import settings
from include.store import schema, switch
from tests.store.cases import a_finding, again, decide, filed, set_email


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


def text(answer) -> str:
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())


def approved(ledger, number: int, sent: timedelta | None = None) -> None:
    """So many changes of an address, approved just now; sent so long ago, if at all."""
    told = [
        a_finding(Option("it", (set_email(f"hubspot:contact:{at}"),)), subject=f"hubspot:contact:{at}")
        for at in range(number)
    ]
    filed(ledger, *told)
    for one in told:
        decide(ledger, again(ledger, one), now=None)
    if sent is not None:
        with ledger.write() as connection:
            at = datetime.now(UTC) - sent
            connection.execute(sa.update(schema.fix).values(state="applied", sent_at=at))


@pytest.mark.parametrize(
    ("number", "sent", "said"),
    [
        pytest.param(3, None, "Change the address 3 4 0 6", id="waits"),
        pytest.param(5, None, "Change the address 1 more than one run may apply 5 4 0 6", id="over the cap of a run"),
        pytest.param(5, timedelta(hours=1), "Change the address 0 4 5 6", id="sent today"),
        pytest.param(5, timedelta(hours=25), "Change the address 0 4 0 6", id="sent yesterday"),
    ],
)
def test_what_waits_and_what_was_sent_is_beside_what_is_allowed(ann, sqlite_ledger, monkeypatch, number, sent, said):
    monkeypatch.setenv("ROLLCALL_CAP_SET_EMAIL", "4")
    monkeypatch.setenv("ROLLCALL_CAP_DAY_SET_EMAIL", "6")
    approved(sqlite_ledger, number, sent)
    assert said in text(ann.get("/caps"))


def test_what_a_day_no_longer_allows_is_said_before_the_run_is_stopped_by_it(ann, sqlite_ledger, monkeypatch):
    monkeypatch.setenv("ROLLCALL_CAP_DAY_SET_EMAIL", "4")
    approved(sqlite_ledger, 3, timedelta(hours=1))
    both = Option("it", (set_email("hubspot:contact:8"), set_email("hubspot:contact:9")))
    more = a_finding(both, rule="billing_drift")
    decide(sqlite_ledger, filed(sqlite_ledger, more), now=None)
    assert "Change the address 1 more than 24 hours allow 2 25 3 4" in text(ann.get("/caps"))


def test_whoever_stopped_everything_is_named_with_the_reason(ann, sqlite_ledger, monkeypatch):
    monkeypatch.setenv("ROLLCALL_APPLY", "on")
    assert "stopped" not in text(ann.get("/caps"))
    switch.throw(sqlite_ledger, "bob", "the <merges> look odd", datetime(2026, 11, 23, 8, 5, tzinfo=UTC), stop=True)
    assert "Everything is stopped by bob since 2026-11-23 08:05 (UTC): the <merges> look odd" in text(ann.get("/caps"))
    switch.throw(sqlite_ledger, "bob", "they are right", datetime(2026, 11, 23, 9, tzinfo=UTC), stop=False)
    assert "stopped" not in text(ann.get("/caps"))


def test_a_dry_run_is_said_to_be_one(ann):
    assert "Nothing is applied: ROLLCALL_APPLY is off" in text(ann.get("/caps"))


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        pytest.param("*", "Whoever may open this page may decide", id="everybody"),
        pytest.param("", "Nobody may decide yet: set ROLLCALL_REVIEWERS", id="no list"),
        pytest.param("ann,bob", "You are on the list of 2 who may decide.", id="listed"),
        pytest.param("bob", "You are not on the list of people who may decide.", id="not listed"),
    ],
)
def test_everybody_sees_how_they_stand(ann, bob, sqlite_ledger, monkeypatch, listed, said):
    approved(sqlite_ledger, 2)
    monkeypatch.setenv("ROLLCALL_REVIEWERS", listed)
    settings.cache_clear()
    told = text(ann.get("/caps"))
    assert said in told
    assert "Approved within a minute: 2 of 50. Approved within an hour: 2 of 60." in told
    assert "Approved within a minute: 0 of 50." in text(bob.get("/caps"))
