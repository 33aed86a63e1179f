"""
A decision as the page takes it: with what a requested change, or an undo, sets off beforehand, by the settings.

What decides whether it holds is `store.decisions`; this only says how long what waits, and in which words it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include import notices
from include.model import Fix, Notice
from include.requests.cooling import wait
from include.settings import settings
from include.store import decisions, requests, waiting
from include.store.waiting import Wait

if TYPE_CHECKING:
    import sqlalchemy as sa

    from include.store.ledger import Ledger


def decide(ledger: Ledger, finding_id: str, **said: Any) -> str:
    """Record a decision and return the finding's new state: see `store.decisions.decide`, which raises what it says."""
    return decisions.decide(ledger, finding_id, **said, coming=coming, off=off)


def withdraw(ledger: Ledger, number: int, who: str) -> None:
    """Take a request back: see `store.requests.withdraw`, which raises what it says."""
    row = requests.get(ledger, number)
    finding_id = row.finding_id if row else None

    def call_off(connection: sa.Connection) -> None:
        if finding_id is not None:
            waiting.call_off(connection, finding_id, datetime.now(UTC), off)

    requests.withdraw(ledger, number, who, call_off)


def off(finding_id: str, version: int, recipients: Sequence[str]) -> list[Notice]:
    """Who is told that what was announced is not going to be made: see `store.waiting.Off`."""
    return notices.called_off(finding_id, version, recipients, settings())


def coming(finding_id: str, version: int, fixes: Sequence[Fix], now: datetime, made_at: datetime | None) -> Wait | None:
    """How long what was approved waits, and who is told what of it beforehand: see `store.waiting.Coming`."""
    by = settings()
    waits = wait(fixes, now, by.cool_off_hours, made_at)
    if waits is None:
        return None
    until = now + waits
    return Wait(until, notices.coming(finding_id, version, fixes, until, by))
