"""
A decision as the page takes it: with what a client's requested change sets off beforehand, by the settings.

What decides whether it holds is `store.decisions`; this only says how long what waits, and in which words it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from include import notices
from include.model import Fix
from include.requests.cooling import cools
from include.settings import settings
from include.store import decisions
from include.store.waiting import Wait

if TYPE_CHECKING:
    from include.store.ledger import Ledger


def decide(ledger: Ledger, finding_id: str, **said: Any) -> str:
    """Record a decision and return the finding's new state: see `store.decisions.decide`, which raises what it says."""
    return decisions.decide(ledger, finding_id, **said, coming=_coming)


def _coming(finding_id: str, version: int, fixes: Sequence[Fix], now: datetime) -> Wait | None:
    by = settings()
    if not by.cool_off_hours or not cools(fixes):
        return None
    until = now + timedelta(hours=by.cool_off_hours)
    return Wait(until, notices.coming(finding_id, version, fixes, until, by))
