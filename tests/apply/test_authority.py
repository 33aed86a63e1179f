"""What is looked at again before a write: every approval it rests on, and every consent. What fails goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from include import undo
from include.digests import finding_id
from include.errors import NotAllowed
from include.model import Action, Evidence, Fix
from include.review import deciding
from include.store import decisions, findings, fixes, leases, requests
from include.store.schema import audit, decision, finding, option, request
from include.store.schema import undo as undone
from tests.apply.cases import Worker, a_finding, approved, email_fix, file, receipts_of, state_of
from tests.store.cases import unguard

HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


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


def test_a_worker_that_was_not_told_who_may_decide_says_so(worker, sandbox, ledger):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    assert worker.apply(reviewers="", sandbox=False) == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
    assert "ROLLCALL_REVIEWERS is not set" in str(receipts_of(ledger)[-1][1])


def forged(ledger, *fixes: Fix, **said: object) -> str:
    """A finding that nobody decided on, approved by what somebody wrote into the ledger's tables."""
    told = a_finding(*fixes)
    file(ledger, told, 1)
    row = findings.get(ledger, finding_id(told.key))
    with ledger.write() as connection:
        option_id = connection.execute(sa.text("SELECT min(id) FROM option")).scalar_one()
        values = {"finding_id": row.id, "version": 1, "option_id": option_id, "option_hash": row.options[0].hash}
        values |= {"verdict": "approved", "reviewer": "ada", "at": datetime.now(UTC), **said}
        connection.execute(sa.insert(decision).values(**values))
        connection.execute(sa.update(finding).values(state="approved"))
    return row.id


def test_an_approval_that_somebody_wrote_into_the_ledger_is_not_applied_and_the_finding_says_why(
    worker, sandbox, ledger
):
    id = forged(ledger, email_fix(sandbox, "shopify", "customer"))
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
    assert receipts_of(ledger)[-1][0] == "held"
    assert "No line of the audit tells of the approval of ada" in str(receipts_of(ledger)[-1][1])
    assert "it was given before an upgrade of Rollcall, or" in str(receipts_of(ledger)[-1][1])


def test_an_approval_that_was_withdrawn_is_not_applied_though_the_ledger_calls_its_finding_approved(
    worker, sandbox, ledger
):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    decisions.decide(ledger, id, version=1, verdict="rejected", reviewer="ada", reason="A slip.", withdraw=True)
    with ledger.write() as connection:
        connection.execute(sa.update(finding).values(state="approved"))
    (option,) = fixes.approved(ledger)
    assert not leases.claim(ledger, option.fixes[0].id, "worker 1", worker.clock.now(), 120)
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
    assert "The approval was withdrawn" in str(receipts_of(ledger)[-1][1])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"reviewer": "bo"}, id="another-person"),
        pytest.param({"at": HOUR_AGO}, id="another-moment"),
        pytest.param({"not_before": HOUR_AGO}, id="no-wait"),
        pytest.param({"reason": "whatever"}, id="another-reason"),
        pytest.param({"consents": [{"target": "whois:domain:1"}]}, id="a-consent"),
    ],
)
def test_an_approval_that_was_changed_since_is_not_applied(worker, sandbox, ledger, changes):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    with ledger.write() as connection:
        connection.execute(sa.update(decision).values(**changes))
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))


@pytest.mark.parametrize("column", ["body", "hash", "previous"])
def test_a_line_that_is_not_what_was_written_counts_for_none(worker, sandbox, ledger, column):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    with ledger.write() as connection:
        unguard(connection)
        line = connection.execute(sa.select(audit).where(audit.c.kind == "decided")).one()
        other = {**line.body, "note": "x"} if column == "body" else "1" * 64
        connection.execute(sa.update(audit).where(audit.c.seq == line.seq).values({column: other}))
    assert worker.apply() == {}
    assert sandbox.writes() == []


def test_half_an_approval_that_somebody_made_a_whole_one_in_the_ledger_is_not_applied(worker, sandbox, ledger):
    told = replace(
        a_finding(email_fix(sandbox, "shopify", "customer")), because=(Evidence("weak_proof", 0.5, "Weak."),)
    )
    file(ledger, told, 1)
    row = findings.get(ledger, finding_id(told.key))
    assert row.options[0].people == 2
    said = {"verdict": "approved", "version": 1, "option_hash": row.options[0].hash}
    assert decisions.decide(ledger, row.id, reviewer="ada", **said) == "half_approved"
    with ledger.write() as connection:
        connection.execute(sa.update(option).values(people=1))
        connection.execute(sa.update(finding).values(state="approved"))
    assert worker.apply() == {}
    assert (sandbox.writes(), state_of(ledger, row.id)) == ([], ("open", 2))
    assert "more people must approve this" in str(receipts_of(ledger)[-1][1])


def test_a_line_of_another_finding_counts_for_none(worker, sandbox, ledger):
    """The same person approved something else at the very moment that is written into the forged row."""
    approved(ledger, email_fix(sandbox, "hubspot", "contact"), number=2)
    with ledger.read() as connection:
        at = connection.execute(sa.select(decision.c.at)).scalar_one()
    told = a_finding(email_fix(sandbox, "shopify", "customer"))
    file(ledger, told, 1)
    row = findings.get(ledger, finding_id(told.key))
    with ledger.write() as connection:
        option_id = connection.execute(sa.text("SELECT max(id) FROM option")).scalar_one()
        said = {"option_id": option_id, "option_hash": row.options[0].hash, "reviewer": "ada", "at": at}
        connection.execute(sa.insert(decision).values(finding_id=row.id, version=1, verdict="approved", **said))
        connection.execute(sa.update(finding).where(finding.c.id == row.id).values(state="approved"))
    assert worker.apply() == {"applied": 1}
    assert state_of(ledger, row.id) == ("open", 2)


def asked(ledger, id: str, **said: object) -> None:
    with ledger.write() as connection:
        values = {"requester": "Ada", "asked": {"proof": {"seen_on": datetime.now(UTC).date().isoformat()}}}
        values |= {"at": datetime.now(UTC), "state": "filed", "finding_id": id, **said}
        values.setdefault("hash", requests._hash(values["requester"], values["asked"], values["at"]))
        connection.execute(sa.insert(request).values(**values))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param({}, "ada asked for this and approved it", id="who-took-it-down-approved-it"),
        pytest.param({"requester": "bo", "hash": "0" * 64}, "is not what was written down", id="who-did-is-forged"),
    ],
)
def test_what_its_own_asker_approved_is_not_applied(worker, sandbox, ledger, said, why):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    asked(ledger, id, **said)
    assert worker.apply(cool_off_hours=0) == {}
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
    assert why in str(receipts_of(ledger)[-1][1])


def test_whoever_asked_for_an_undo_cannot_approve_it_be_it_that_others_asked_later(worker, sandbox, ledger):
    of = approved(ledger, email_fix(sandbox, "hubspot", "contact"))
    worker.apply()
    id = undo.propose(ledger, of, "bob", "the wrong Ada")
    with ledger.write() as connection:
        values = {"of": of, "finding_id": id, "why": "x", "at": datetime.now(UTC)}
        connection.execute(sa.insert(undone).values(who="Cleo", **values))
    row = findings.get(ledger, id)
    said = {"verdict": "approved", "version": row.version, "option_hash": row.options[0].hash}
    for reviewer in ("bob", "cleo"):
        with pytest.raises(NotAllowed, match="You asked for this undo yourself"):
            decisions.decide(ledger, id, reviewer=reviewer, **said)
    assert deciding.decide(ledger, id, reviewer="ada", **said) == "approved"
    worker.clock.moment += timedelta(hours=25)
    with ledger.write() as connection:
        connection.execute(sa.insert(undone).values(who="ADA ", **values))
    before = len(sandbox.writes())
    assert worker.apply() == {}
    assert len(sandbox.writes()) == before
    assert "ada asked for this and approved it" in str(receipts_of(ledger)[-1][1])
