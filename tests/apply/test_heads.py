"""A ledger that was restored from a copy may have forgotten what was written: nothing is applied from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.apply import check
from include.audit import heads
from include.errors import LedgerBehind
from include.store import outbox
from tests.apply.cases import SETTINGS, Worker, approved, email_fix, states
from tests.store.cases import by_hand


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def data(tmp_path) -> str:
    return str(tmp_path)


def test_what_goes_on_from_the_kept_head_is_applied(worker, sandbox, ledger, data):
    heads.keep(ledger, data)
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    assert worker.apply(data=data) == {"applied": 1}


def test_a_restored_ledger_is_not_applied_from_and_the_reviewers_hear_of_it(worker, sandbox, ledger, data):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    heads.keep(ledger, data)
    by_hand(ledger, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    for refused in (
        lambda: worker.apply(data=data),
        lambda: check(ledger, replace(SETTINGS, data=data), worker.clock.now),
    ):
        with pytest.raises(LedgerBehind, match="Nothing is applied"):
            refused()
    assert (sandbox.writes(), states(ledger)) == ([], ["planned"])
    assert outbox.counts(ledger) == {"waiting": 1}
