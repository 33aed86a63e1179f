"""Who may decide, and how quickly one person may approve."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.errors import NotReviewer, TooFast
from include.settings import settings
from include.store import reviewing
from include.store.schema import decision
from tests.store.cases import NOW, a_finding, after, again, at_once, decide, filed, rows, tally


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def several(ledger):
    """Files a number of findings, to be decided one by one."""

    def file(number: int) -> list:
        told = [a_finding(subject=f"hubspot:contact:{n}") for n in range(number)]
        filed(ledger, *told)
        return [again(ledger, one) for one in told]

    return file


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
@pytest.mark.parametrize(
    ("listed", "reviewer", "may"),
    [
        pytest.param("*", "ann", True, id="everybody"),
        pytest.param("ann", "ann", True, id="listed"),
        pytest.param("bob, ann ,eve", "ann", True, id="one of several"),
        pytest.param("Ann", "ann", False, id="in other letters"),
        pytest.param("bob", "ann", False, id="not listed"),
        pytest.param("anna", "ann", False, id="a longer name"),
    ],
)
def test_only_the_people_on_the_list_decide(ledger, monkeypatch, listed, reviewer, may, verdict):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", listed)
    row = filed(ledger, a_finding())
    if may:
        assert decide(ledger, row, verdict, reviewer=reviewer, reason="so") == verdict
        return
    with pytest.raises(NotReviewer, match="ann is not among the people who may decide"):
        decide(ledger, row, verdict, reviewer=reviewer, reason="so")
    assert rows(ledger, decision) == []


@pytest.mark.parametrize("sandbox", ["false", "true"])
@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_without_a_list_nobody_decides_outside_the_sandbox(ledger, monkeypatch, verdict, sandbox):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "")
    monkeypatch.setenv("ROLLCALL_SANDBOX", sandbox)
    row = filed(ledger, a_finding())
    if sandbox == "true":
        assert decide(ledger, row, verdict, reason="so") == verdict
        return
    with pytest.raises(NotReviewer, match="Nobody may decide yet: set ROLLCALL_REVIEWERS"):
        decide(ledger, row, verdict, reason="so")
    assert rows(ledger, decision) == []


@pytest.mark.parametrize(("span", "seconds"), [("MINUTE", 60), ("HOUR", 3600)])
def test_a_person_approves_so_many_within_a_span_and_the_next_when_it_is_over(
    ledger, monkeypatch, several, span, seconds
):
    monkeypatch.setenv(f"ROLLCALL_APPROVALS_PER_{span}", "2")
    first, second, third = several(3)
    decide(ledger, first, now=NOW)
    decide(ledger, second, now=after(10))
    with pytest.raises(TooFast, match="one person may approve 2, and you have approved 2") as raised:
        decide(ledger, third, now=after(30), reviewer=" ANN")
    assert raised.value.seconds == seconds - 30
    assert len(rows(ledger, decision)) == 2
    with pytest.raises(TooFast):
        decide(ledger, third, now=after(seconds - 1))
    assert decide(ledger, third, now=after(seconds)) == "approved"


def test_rejecting_and_another_persons_approving_are_not_counted(ledger, monkeypatch, several):
    monkeypatch.setenv("ROLLCALL_APPROVALS_PER_MINUTE", "1")
    first, second, third = several(3)
    decide(ledger, first, "rejected", reason="no")
    decide(ledger, second)
    assert decide(ledger, third, reviewer="bob") == "approved"
    assert reviewing.pace(ledger, "Ann", NOW) == (1, 1)
    assert reviewing.pace(ledger, "ann", NOW + timedelta(minutes=2)) == (0, 1)


def test_of_approvals_that_come_at_once_no_more_than_the_limit_hold(ledger, monkeypatch, several):
    monkeypatch.setenv("ROLLCALL_APPROVALS_PER_MINUTE", "3")
    waiting = several(8)
    told = at_once(lambda number: decide(ledger, waiting[number]), len(waiting))
    assert tally(told) == {"approved": 3, TooFast: 5}
    assert len(rows(ledger, decision)) == 3


def test_a_limit_of_none_lets_nobody_approve(ledger, monkeypatch):
    monkeypatch.setenv("ROLLCALL_APPROVALS_PER_HOUR", "0")
    with pytest.raises(TooFast, match="can be approved in 60 minutes"):
        decide(ledger, filed(ledger, a_finding()))


def test_forty_findings_are_approved_at_one_sitting_and_a_whole_night_is_not(ledger, several):
    told = several(61)
    for at, row in enumerate(told[:40]):
        assert decide(ledger, row, now=after(20 * at)) == "approved"
    for row in told[40:60]:
        assert decide(ledger, row, now=after(1200)) == "approved"
    with pytest.raises(TooFast, match="Within an hour one person may approve 60, and you have approved 60"):
        decide(ledger, told[60], now=after(1300))
    assert decide(ledger, told[60], now=after(1300), reviewer="bob") == "approved"
