"""
A decision as the page takes it: with what a requested change, or an undo, sets off beforehand, by the settings.

What decides whether it holds is `store.decisions`; this only says how long what waits, and in which words it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include import notices
from include.model import Fix
from include.requests.cooling import wait
from include.settings import settings
from include.store import decisions
from include.store.waiting import Wait

if TYPE_CHECKING:
    from include.store.ledger import Ledger


def decide(ledger: Ledger, finding_id: str, **said: Any) -> str:
    """Record a decision and return the finding's new state: see `store.decisions.decide`, which raises what it says."""
    return decisions.decide(ledger, finding_id, **said, coming=coming)


def coming(finding_id: str, version: int, fixes: Sequence[Fix], now: datetime, made_at: datetime | None) -> Wait | None:
    """How long what was approved waits, and who is told what of it beforehand: see `store.waiting.Coming`."""
    by = settings()
    waits = wait(fixes, now, by.cool_off_hours, made_at)
    if waits is None:
        return None
    until = now + waits
    return Wait(until, notices.coming(finding_id, version, fixes, until, by))
