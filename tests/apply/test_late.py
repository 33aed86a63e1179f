"""A write that nobody heard of and that takes effect later: nothing is written meanwhile that it would go over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.store import fixes, receipts
from tests.apply.cases import Clock, Worker, approved, email_fix, state_of, states
from tests.apply.late import Late

ONE, TWO = "one@post.example", "two@post.example"


@pytest.fixture
def late(sandbox) -> Late:
    return Late(sandbox, armed=True)


@pytest.fixture
def worker(ledger, late) -> Worker:
    return Worker(ledger, late, Clock())


def has(sandbox, change) -> str:
    platform = sandbox.open(change.target.platform)
    return platform.fixes.read(platform.api, change)["email"]


@pytest.mark.parametrize("platform", ["shopify", "bigcommerce", "hubspot"])
def test_what_lands_late_does_not_go_over_a_later_change(worker, sandbox, ledger, late, platform):
    kind = "contact" if platform == "hubspot" else "customer"
    one, two = (email_fix(sandbox, platform, kind, new) for new in (ONE, TWO))
    approved(ledger, one, number=1)
    second = approved(ledger, two, number=2)
    assert worker.apply() == {"unknown": 1}
    assert states(ledger) == ["unknown", "planned"]
    assert late.land()
    assert has(sandbox, one) == ONE
    worker.clock.moment += timedelta(minutes=1)
    assert worker.apply() == {"applied": 1, "stale": 1}
    assert has(sandbox, one) == ONE
    assert state_of(ledger, second) == ("open", 2)


@pytest.mark.parametrize("closed", [False, True], ids=["nobody looked", "somebody says that it did not take"])
def test_what_never_lands_holds_up_later_changes_of_its_record_for_as_long_as_it_could(worker, sandbox, ledger, closed):
    one, two = (email_fix(sandbox, "hubspot", "contact", new) for new in (ONE, TWO))
    approved(ledger, one, number=1)
    approved(ledger, two, number=2)
    assert worker.apply() == {"unknown": 1}
    if closed:
        (kept,) = fixes.unsettled(ledger)
        receipts.close(ledger, kept.id, took=False, reviewer="ann", reason="not there", now=worker.clock.moment)
    worker.clock.moment += timedelta(minutes=9)
    worker.apply()
    assert states(ledger)[1] == "planned"
    worker.clock.moment += timedelta(minutes=2)
    worker.verify()
    assert worker.apply() == {"applied": 1}
    assert states(ledger)[:2] == ["failed", "applied"]
    assert has(sandbox, one) == TWO
