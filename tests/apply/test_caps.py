"""Over a cap of a run, of a day, of one address or of one domain nothing at all is applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.apply import caps
from include.errors import OverCap
from include.store import fixes
from tests.apply.cases import NEW, SETTINGS, Worker, approved, email_fix, states


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def approve(worker: Worker, *addresses: str, first: int = 0) -> None:
    for number, address in enumerate(addresses, first):
        approved(worker.ledger, email_fix(worker.sandbox, "hubspot", "contact", address, number), number=number)


def different(many: int, first: int = 0) -> list[str]:
    return [f"n{number}@post{number}.example" for number in range(first, first + many)]


def test_over_the_cap_of_a_run_nothing_is_applied(worker, sandbox):
    approve(worker, *different(3))
    with pytest.raises(OverCap, match="3 fixes set_email are approved and the cap of a run is 2"):
        worker.apply(cap_set_email=2)
    assert sandbox.writes() == []
    assert worker.apply(cap_set_email=3) == {"applied": 3}


def test_what_was_sent_within_a_day_counts_against_the_cap_of_a_day(worker, sandbox, ledger):
    approve(worker, *different(2))
    assert worker.apply(cap_day_set_email=3) == {"applied": 2}
    approve(worker, *different(2, 2), first=2)
    with pytest.raises(
        OverCap, match="2 fixes set_email are approved, 2 were sent within the last 24 hours, and the cap"
    ):
        worker.apply(cap_day_set_email=3)
    assert len(sandbox.writes()) == 2
    worker.clock.moment += timedelta(days=1, seconds=1)
    assert worker.apply(cap_day_set_email=3) == {"applied": 2}


def test_a_write_whose_outcome_is_unknown_counts_like_one_that_took(worker, sandbox):
    approve(worker, *different(1))
    sandbox.arm({"platform": "hubspot", "match": "^PATCH", "fault": "reset_before"})
    assert worker.apply(settle_seconds=0) == {"unknown": 1}
    approve(worker, *different(1, 1), first=1)
    with pytest.raises(OverCap, match="1 were sent"):
        worker.apply(cap_day_set_email=1)


def test_the_gate_before_a_run_is_told_what_is_over_the_cap_of_a_day(worker, ledger):
    approve(worker, *different(1))
    assert worker.apply() == {"applied": 1}
    approve(worker, *different(1, 1), first=1)
    now = worker.clock.now()
    for cap, held in ((1, False), (2, True)):
        settings = replace(SETTINGS, cap_day_set_email=cap)
        (row,) = caps.rows(fixes.approved(ledger), settings, now, caps.lately(ledger, now))
        assert row["in_cap"] is held


def test_no_more_people_than_the_cap_move_to_one_address(worker, sandbox):
    approve(worker, NEW, NEW.upper(), NEW)
    with pytest.raises(OverCap, match="move more than 2 people to one address"):
        worker.apply()
    assert sandbox.writes() == []


def test_people_who_moved_to_an_address_today_are_counted_with_those_who_would(worker, sandbox, ledger):
    approve(worker, NEW)
    assert worker.apply(cap_same_address=1) == {"applied": 1}
    approve(worker, NEW, first=1)
    with pytest.raises(OverCap, match="move more than 1 people to one address"):
        worker.apply(cap_same_address=1)
    assert states(ledger) == ["applied", "planned"]


@pytest.mark.parametrize(
    ("site", "held"), [("bulk.example", True), ("gmail.com", False)], ids=["a company", "free mail"]
)
def test_no_more_people_than_the_cap_move_to_one_new_domain(worker, sandbox, site, held):
    approve(worker, *(f"n{number}@{site}" for number in range(3)))
    if held:
        with pytest.raises(OverCap, match="move more than 2 people to one domain new to them"):
            worker.apply(cap_same_domain=2)
        assert sandbox.writes() == []
    else:
        assert worker.apply(cap_same_domain=2) == {"applied": 3}
