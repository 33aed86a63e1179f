"""Undo: another finding with the inverse fixes, decided by another person; what cannot be taken back is said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from include import undo
from include.errors import NotAllowed
from include.model import Action, Fix, Ref
from include.review import deciding
from include.store import findings, undone
from include.store.schema import undo as table
from tests.apply.cases import NEW, Worker, approved, email_fix, receipts_of, state_of, told_to
from tests.store.cases import rows

WHY = "the wrong Ada"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def ask(ledger, of: str, who: str = "bob") -> findings.FindingRow:
    row = findings.get(ledger, undo.propose(ledger, of, who, WHY))
    assert row is not None
    return row


def approve(ledger, row: findings.FindingRow, *by: str, now: datetime | None = None) -> str:
    """Have people approve an undo on the page; the state it is in then."""
    state = ""
    for reviewer in by:
        if state == "approved":  # at the same domain, one is enough
            break
        told = {"verdict": "approved", "reviewer": reviewer, "version": row.version, "now": now}
        state = deciding.decide(ledger, row.id, option_hash=row.options[0].hash, **told)
    return state


def taken_back(worker: Worker) -> dict[str, int]:
    """A run of the apply DAG once whoever reads the address that goes had the time to object."""
    worker.clock.moment += timedelta(hours=undone.HOURS, minutes=1)
    return worker.apply()


def reads(sandbox, fix: Fix) -> dict[str, object]:
    platform = sandbox.open(fix.target.platform)
    return platform.fixes.read(platform.api, fix)


@pytest.mark.parametrize(
    ("platform", "kind"),
    [
        ("shopify", "customer"),
        ("bigcommerce", "customer"),
        ("hubspot", "contact"),
        ("whmcs", "client"),
        ("cpanel", "hosting"),
    ],
)
def test_an_address_is_put_back_and_both_are_told_again(worker, sandbox, ledger, platform, kind):
    change = email_fix(sandbox, platform, kind)
    of = approved(ledger, change)
    assert worker.apply() == {"applied": 1}
    row = ask(ledger, of)
    assert [fix.after["email"] for fix in row.options[0].fixes if fix.action == "set_email"] == [change.before["email"]]
    approve(ledger, row, "ada", "cleo")
    beforehand = [NEW] if row.options[0].people == 2 else []
    assert set(taken_back(worker)) == {"applied"}
    assert reads(sandbox, change) == change.before
    assert state_of(ledger, row.id)[0] == "settled"
    assert sorted(told_to(ledger)) == sorted(2 * [change.before["email"], NEW] + beforehand)
    assert rows(ledger, table, "of", "finding_id", "who", "why") == [(of, row.id, "bob", WHY)]


def test_changes_are_undone_the_newest_first(worker, sandbox, ledger):
    changes = [email_fix(sandbox, "hubspot", "contact", f"n{one}@post.example", one) for one in range(3)]
    of = approved(ledger, *changes)
    worker.apply()
    emails = [fix.target for fix in ask(ledger, of).options[0].fixes if fix.action == "set_email"]
    assert emails == [str(change.target) for change in reversed(changes)]


def test_an_order_goes_back_to_nobody_where_the_platform_lets_it(worker, sandbox, ledger):
    order = next(one for one in sandbox.world.purchases_of("bigcommerce") if one.account is None)
    account = sandbox.world.of("bigcommerce", "customer")[0]
    attach = Fix(Ref.parse(order.ref), Action.ATTACH, {"contact": None}, {"contact": account.ref})
    of = approved(ledger, attach)
    assert worker.apply() == {"applied": 1}
    row = ask(ledger, of)
    approve(ledger, row, "ada")
    worker.apply()
    assert reads(sandbox, attach) == {"contact": None}


def test_whoever_asks_for_an_undo_cannot_approve_it(worker, sandbox, ledger):
    of = approved(ledger, email_fix(sandbox, "hubspot", "contact"))
    worker.apply()
    row = ask(ledger, of, "Bob")
    with pytest.raises(NotAllowed, match="another person must approve"):
        approve(ledger, row, "bob ")


def test_a_record_that_was_edited_since_is_left_as_it_is(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    of = approved(ledger, change)
    worker.apply()
    row = ask(ledger, of)
    approve(ledger, row, "ada", "cleo")
    edited = Fix(change.target, Action.SET_EMAIL, change.after, {"email": "she.herself@post.example"})
    platform = sandbox.open("shopify")
    platform.fixes.write(platform.api, edited)
    assert taken_back(worker) == {"stale": 1}
    assert reads(sandbox, change) == {"email": "she.herself@post.example"}
    assert receipts_of(ledger)[-1] == ("stale", "changed since it was found: email")
    assert state_of(ledger, row.id)[0] == "open"


def test_what_was_changed_again_since_is_undone_first(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    first = approved(ledger, change, number=1)
    worker.apply()
    again = Fix(change.target, Action.SET_EMAIL, change.after, {"email": "third@post.example"})
    second = approved(ledger, again, number=2)
    worker.apply()
    with pytest.raises(NotAllowed, match=f"by the finding {second}. Undo that one first"):
        ask(ledger, first)
    row = ask(ledger, second)
    approve(ledger, row, "ada", "cleo")
    taken_back(worker)
    assert reads(sandbox, change) == {"email": NEW}


def test_of_a_merge_is_said_what_can_be_rebuilt_and_what_cannot(worker, sandbox, ledger):
    one, other = (email_fix(sandbox, "hubspot", "contact", skip=skip) for skip in (0, 1))
    told = {"email": one.before["email"], "duplicate_email": other.before["email"], "duplicate": str(other.target)}
    merge = Fix(one.target, Action.MERGE, told, {**told, "duplicate": None, "duplicate_email": None})
    of = approved(ledger, merge, by=("ada", "grace"))
    worker.apply()
    with pytest.raises(NotAllowed) as refused:
        ask(ledger, of)
    assert "no way to part them again" in str(refused.value)
    assert "The ledger keeps both records as they were" in str(refused.value)


def test_nothing_is_undone_that_rollcall_did_not_apply(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    of = approved(ledger, change)
    with pytest.raises(NotAllowed, match="there is nothing to undo"):
        ask(ledger, of)
    platform = sandbox.open("hubspot")
    platform.fixes.write(platform.api, change)
    assert worker.apply() == {"already": 1}
    with pytest.raises(NotAllowed, match="there is nothing to undo"):
        ask(ledger, of)


def test_a_night_does_not_close_an_undo_that_waits(worker, sandbox, ledger):
    of = approved(ledger, email_fix(sandbox, "hubspot", "contact"))
    worker.apply()
    row = ask(ledger, of)
    findings.file(ledger, [], "2026-11-24")
    assert state_of(ledger, row.id)[0] == "open"


@pytest.mark.parametrize(("who", "why"), [("", WHY), ("bob", " ")], ids=["nobody", "no reason"])
def test_an_undo_names_who_and_why(worker, sandbox, ledger, who, why):
    of = approved(ledger, email_fix(sandbox, "hubspot", "contact"))
    worker.apply()
    with pytest.raises(NotAllowed, match="Say who wants this undone and why"):
        undo.propose(ledger, of, who, why)


def test_the_consent_to_a_change_of_registrant_does_not_hold_for_the_way_back():
    told = {"email": NEW, "transfer_lock_days": 60, "consent": "ticket 1 (whois:domain:1)"}
    change = Fix(Ref("whois", "domain", "1"), Action.SET_EMAIL, {"email": "old@a.example"}, told)
    assert undo.inverse(change).after == {"email": "old@a.example", "transfer_lock_days": 60}
