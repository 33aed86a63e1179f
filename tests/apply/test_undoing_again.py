"""An undo that is asked for again: one that waits is that one, and none that was turned down stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from include.audit import checked
from include.errors import NotAllowed
from include.model import Fix
from include.store import decisions, findings, undone
from tests.apply.cases import Worker, approved, email_fix, state_of
from tests.apply.test_undoing import WHY, approve, ask, reads, rows, table, taken_back

LONG_FROM_NOW = "2099-12-31"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def changed(worker, sandbox, ledger) -> tuple[str, Fix]:
    """A finding whose change was applied, and the change."""
    change = email_fix(sandbox, "shopify", "customer")
    of = approved(ledger, change)
    assert worker.apply() == {"applied": 1}
    return of, change


def decided(ledger, row: findings.FindingRow, verdict: str, **said: Any) -> None:
    decisions.decide(ledger, row.id, verdict=verdict, reviewer="ada", version=row.version, **said)


@pytest.mark.parametrize("by", [(), ("ada",), ("ada", "cleo")], ids=["open", "half-approved", "approved"])
def test_who_presses_again_while_an_undo_waits_is_no_asker_and_throws_nothing_back(changed, ledger, by):
    of, _ = changed
    row = ask(ledger, of)
    approve(ledger, row, *by)
    stands = state_of(ledger, row.id)
    for who in ("ada", "cleo"):
        assert ask(ledger, of, who).id == row.id
    assert state_of(ledger, row.id) == stands
    assert rows(ledger, table, "who") == [("bob",)]


def test_two_reviewers_who_both_press_can_undo_what_a_third_person_asked_for(changed, worker, sandbox, ledger):
    of, change = changed
    row = [ask(ledger, of, who) for who in ("bob", "ada", "cleo")][-1]
    assert approve(ledger, row, "ada", "cleo") == "approved"
    assert set(taken_back(worker)) == {"applied"}
    assert reads(sandbox, change) == change.before


@pytest.mark.parametrize(
    ("verdict", "said", "became"),
    [
        pytest.param("rejected", {"reason": "a slip"}, "rejected", id="rejected"),
        pytest.param("deferred", {"until": LONG_FROM_NOW}, "gone", id="put-off"),
    ],
)
def test_an_undo_that_was_turned_down_can_be_asked_for_again(changed, worker, sandbox, ledger, verdict, said, became):
    of, change = changed
    first = ask(ledger, of)
    decided(ledger, first, verdict, **said)
    again = ask(ledger, of, "ada")
    assert (again.state, again.id == first.id) == ("open", False)
    assert state_of(ledger, first.id) == (became, 1)
    assert checked(ledger).problems == []
    with pytest.raises(NotAllowed, match="You asked for this undo yourself"):
        approve(ledger, again, "ada")
    assert approve(ledger, again, "bob", "cleo") == "approved"  # bob asked for the one that was turned down
    assert set(taken_back(worker)) == {"applied"}
    assert reads(sandbox, change) == change.before


def test_the_undo_of_an_undo_is_another_finding(changed, worker, sandbox, ledger):
    of, change = changed
    first = ask(ledger, of)
    approve(ledger, first, "ada", "cleo")
    taken_back(worker)
    second = ask(ledger, first.id)
    assert second.id != first.id
    approve(ledger, second, "ada", "cleo")
    taken_back(worker)
    assert reads(sandbox, change) == change.after


def test_of_two_that_are_asked_for_at_the_same_moment_one_is_filed(changed, ledger):
    of, _ = changed
    row = ask(ledger, of)
    with pytest.raises(NotAllowed, match="at the same moment"), ledger.write() as connection:
        undone.asked(connection, of, row.id, "ada", WHY, datetime.now(UTC))
