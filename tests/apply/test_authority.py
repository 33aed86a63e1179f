"""What is looked at again before a write: every approval it rests on, and every consent. What fails goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.digests import finding_id
from include.model import Action, Fix
from include.store import decisions, findings
from tests.apply.cases import Worker, a_finding, approved, email_fix, file, receipts_of, state_of


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def test_of_two_approvals_the_earlier_one_must_hold_too(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    name = Fix(change.target, Action.SET_NAME, {"first_name": "Ann"}, {"first_name": "Bea"})
    told = a_finding(change, name)
    file(ledger, told, 1)
    row = findings.get(ledger, finding_id(told.key))
    begun = worker.clock.moment
    for days, reviewer in ((0, "ada"), (6, "bo")):
        said = {"verdict": "approved", "reviewer": reviewer, "version": row.version}
        at = begun + timedelta(days=days)
        decisions.decide(ledger, row.id, option_hash=row.options[0].hash, now=at, **said)
    assert state_of(ledger, row.id)[0] == "approved"
    worker.clock.moment = begun + timedelta(days=8)
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, row.id)) == ([], ("open", 2))
    assert f"The approval of {begun:%Y-%m-%d} was older than 7 days" in str(receipts_of(ledger)[-1][1])


def test_a_change_whose_consent_has_grown_too_old_is_not_written(worker, sandbox, ledger):
    change = email_fix(sandbox, "whois", "domain")
    consent = f"form 1, taken on {worker.clock.moment.date() - timedelta(days=30)} ({change.target})"
    id = approved(ledger, replace(change, after={**change.after, "consent": consent}))
    worker.clock.moment += timedelta(days=1)
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
    assert "may be 30 days old at most" in str(receipts_of(ledger)[-1][1])
