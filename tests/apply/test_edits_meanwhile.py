"""Somebody edits a record while a fix is on its way to it, or sets the clock back: nothing is written over twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from include.model import Fix
from include.store import audit, fixes, leases, receipts
from include.store.schema import fix, receipt
from tests.apply.cases import NEW, SETTINGS, Worker, approved, email_fix, receipts_of, state_of, states, told_to
from tests.sandboxes import Sandbox

THEIRS = "somebody.else@hand.example"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def by_hand(change: Fix, match: str, after: int = 0, **properties: str) -> dict[str, Any]:
    """What somebody does to the record in HubSpot itself, just before a request of ours."""
    path = f"/hubspot/crm/v3/objects/contacts/{change.target.id}"
    request = {"method": "PATCH", "path": path, "json": {"properties": properties}}
    return {"platform": "hubspot", "match": match, "after": after, "fault": "edit", "request": request}


def kept(sandbox: Sandbox, change: Fix) -> tuple[str, str]:
    """The address and the last name that the record holds now."""
    platform = sandbox.open("hubspot")
    held: Any = platform.fixes.image(platform.api, change)
    return held["email"], held["lastname"]


def ours(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [one for one in sandbox.writes() if NEW in (new for _, new in one["changed"].values())]


def test_another_field_that_is_edited_right_before_the_write_stays_and_is_told(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    approved(ledger, change)
    sandbox.arm(by_hand(change, "^PATCH", lastname="Edited"))
    assert worker.apply() == {"applied": 1}
    assert kept(sandbox, change) == (NEW, "Edited")
    with ledger.read() as connection:
        moved = connection.execute(sa.select(receipt.c.moved)).scalar_one()
    assert "lastname" in str(moved)
    assert told_to(ledger) == sorted([str(change.before["email"]), NEW, SETTINGS.reviewers_mail])


def test_after_such_an_edit_nothing_follows_before_people_decide_anew_and_the_reviewers_and_both_addresses_hear_of_it(
    worker, sandbox, ledger
):
    changes = [email_fix(sandbox, "hubspot", "contact", skip=0), email_fix(sandbox, "shopify", "customer")]
    id = approved(ledger, *changes)
    sandbox.arm(by_hand(changes[0], "^PATCH", lastname="Edited"))
    for _ in range(2):
        worker.apply()
    assert (states(ledger)[0], state_of(ledger, id)) == ("applied", ("open", 2))
    assert [one["platform"] for one in ours(sandbox)] == ["hubspot"]
    assert told_to(ledger) == sorted([str(changes[0].before["email"]), NEW, SETTINGS.reviewers_mail])
    assert "was edited while it was changed" in str(receipts_of(ledger)[-1][1])
    assert audit.verify(ledger) is None


def test_an_address_that_is_edited_right_after_the_write_is_not_said_to_be_applied_and_not_written_again(
    worker, sandbox, ledger
):
    change = email_fix(sandbox, "hubspot", "contact")
    id = approved(ledger, change)
    sandbox.arm(by_hand(change, f"^GET .*/{change.target.id}", after=3, email=THEIRS))
    assert worker.apply() == {"unknown": 1}
    assert kept(sandbox, change)[0] == THEIRS
    assert told_to(ledger) == sorted([str(change.before["email"]), NEW])
    worker.clock.moment += timedelta(minutes=11)
    assert worker.verify() == {"unknown": 1}
    assert worker.apply() == {"unknown": 1}
    assert len(ours(sandbox)) == 1
    assert kept(sandbox, change)[0] == THEIRS
    assert "somebody changed it since" in str(receipts_of(ledger)[-1][1])
    with ledger.read() as connection:
        (one,) = connection.execute(sa.select(fix.c.id)).scalars()
    receipts.close(ledger, one, took=True, reviewer="ada", reason="her log shows it", now=worker.clock.moment)
    assert state_of(ledger, id) == ("settled", 1)


def test_people_hear_of_a_write_that_somebody_changed_before_it_was_read_back(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    approved(ledger, change)
    ((one,),) = (option.fixes for option in fixes.approved(ledger))
    began = worker.clock.moment
    assert leases.claim(ledger, one.id, "dead", began, SETTINGS.lease_seconds)
    assert leases.send(ledger, one.id, "dead", lambda: began, SETTINGS.lease_seconds, 30, {})
    platform = sandbox.open("hubspot")
    platform.fixes.write(platform.api, change)
    platform.fixes.write(platform.api, replace(change, after={"email": THEIRS}))
    worker.clock.moment += timedelta(hours=1)
    assert worker.verify() == {"unknown": 1}
    assert told_to(ledger) == sorted([str(change.before["email"]), NEW])


def test_a_clock_that_is_set_back_breaks_no_order(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "hubspot", "contact", skip=0), number=1)
    assert worker.apply() == {"applied": 1}
    worker.clock.moment -= timedelta(days=2)
    approved(ledger, email_fix(sandbox, "hubspot", "contact", "n2@post.example", skip=1), number=2)
    assert worker.apply() == {"applied": 1}
    assert states(ledger) == ["applied", "applied"]
    assert audit.verify(ledger) is None
    with ledger.read() as connection:
        first, second = connection.execute(sa.select(receipt.c.at).order_by(receipt.c.id)).scalars()
    assert second < first


@pytest.mark.parametrize("after", range(2))
def test_an_address_that_is_edited_before_the_last_look_is_not_written_over(worker, sandbox, ledger, after):
    change = email_fix(sandbox, "hubspot", "contact")
    id = approved(ledger, change)
    sandbox.arm(by_hand(change, f"^GET .*/{change.target.id}", after=after, email=THEIRS))
    assert worker.apply() == {"stale": 1}
    assert (kept(sandbox, change)[0], ours(sandbox)) == (THEIRS, [])
    assert state_of(ledger, id) == ("open", 2)
