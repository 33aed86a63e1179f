"""Somebody edits a record while a fix is on its way to it, or sets the clock back: nothing is written over twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from include.model import Fix
from include.store import audit
from include.store.schema import receipt
from tests.apply.cases import NEW, Worker, approved, email_fix, receipts_of, state_of, states
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


def test_an_address_that_is_edited_right_after_the_write_is_not_said_to_be_applied_and_not_written_again(
    worker, sandbox, ledger
):
    change = email_fix(sandbox, "hubspot", "contact")
    id = approved(ledger, change)
    sandbox.arm(by_hand(change, f"^GET .*/{change.target.id}", after=3, email=THEIRS))
    assert worker.apply() == {"unknown": 1}
    assert kept(sandbox, change)[0] == THEIRS
    worker.clock.moment += timedelta(minutes=11)
    assert worker.verify() == {"failed": 1}
    assert worker.apply() == {}
    assert len(ours(sandbox)) == 1
    assert kept(sandbox, change)[0] == THEIRS
    assert state_of(ledger, id) == ("open", 2)
    assert "email" in str(receipts_of(ledger)[-1][1])


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
