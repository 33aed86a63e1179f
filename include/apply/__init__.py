"""
Approved fixes are carried out: read, compared, written once, read back.

It looks for nothing to fix and decides nothing: what it does is in the ledger, approved by people, or is not done. The
rules it keeps: a write is sent once; an unclear outcome is settled by reading, never by writing again; what changed
since it was approved is left alone.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include import notices
from include.apply import caps, returning
from include.apply.engine import Engine
from include.apply.permission import require_running
from include.audit import heads
from include.errors import GateClosed, LedgerBehind, OverCap
from include.store import fixes, holding

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.settings import Settings
    from include.store.ledger import Ledger

logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def check(ledger: Ledger, settings: Settings, now: Callable[[], datetime] = _now) -> int:
    """
    Hold what is about to be applied to the gate before it. Returns how many expectations held.

    Approvals that may not be applied any more go back to the page first: one forgotten does not keep the gate closed.
    Raises GateClosed, or LedgerBehind where the ledger is not the one that was applied from last, and has told the
    reviewers why.
    """
    from include import checks

    try:
        heads.require(ledger, settings.data)
    except LedgerBehind as behind:
        notices.stopped(ledger, str(behind), settings, now())
        raise
    returning.unfit(ledger, settings, now())
    options, _ = holding.apart(ledger, fixes.approved(ledger), now())
    before = caps.lately(ledger, now())
    try:
        return checks.check_fixes(caps.rows(options, settings, now(), before), settings)
    except GateClosed as closed:
        why = "; ".join((str(closed), *caps.exceeded(options, settings, before)))
        notices.stopped(ledger, why, settings, now())
        raise GateClosed(why) from closed


def apply_approved(
    ledger: Ledger,
    open_platform: Callable[[str], Platform],
    settings: Settings,
    *,
    now: Callable[[], datetime] = _now,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, int]:
    """
    Apply every approved option, in the order of approval. Returns how many fixes had which outcome, and how many wait
    because whoever reads the old address can still object (`cooling_off`), or does (`objected`).

    Raises LedgerBehind, Stopped, OverCap or NotAllowed before anything is written. A platform that cannot be used
    does not keep the others from being served; why it could not is raised at the end.
    """
    heads.require(ledger, settings.data)
    at = now()
    returning.unfit(ledger, settings, at)
    if settings.apply == "on":
        require_running(ledger)
    approved = fixes.approved(ledger)
    for option in approved:
        option.require_approval()
    options, waiting = holding.apart(ledger, approved, at)
    over = caps.exceeded(options, settings, caps.lately(ledger, at))
    if over:
        raise OverCap(f"Nothing is applied: {'; '.join(over)}. Withdraw some approvals on the page, or raise the cap.")
    engine = Engine(ledger, open_platform, settings, now, sleep, clock)
    for option in options:
        engine.apply(option)
    return _ended(engine, waiting)


def verify(
    ledger: Ledger,
    open_platform: Callable[[str], Platform],
    settings: Settings,
    *,
    now: Callable[[], datetime] = _now,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, int]:
    """Read again every fix whose outcome is not known. It writes to no platform."""
    engine = Engine(ledger, open_platform, settings, now, sleep, clock)
    for kept in fixes.unsettled(ledger):
        engine.settle_by_reading(kept)
    return _ended(engine)


def _ended(engine: Engine, waiting: Mapping[str, int] | None = None) -> dict[str, int]:
    told = {str(outcome): number for outcome, number in Counter(engine.outcomes).items()} | dict(waiting or {})
    logger.info("Fixes by outcome: %s", told)
    if engine.problem is not None:
        raise engine.problem
    return told
