"""
What is forgotten for its age: pages, nights, and what closed findings, messages and requests say.

The last good night always stays, and everything of a finding that is not closed. The audit stays whole.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from include.forgetting import nights, rows

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshots


def count(ledger: Ledger, snapshots: Snapshots, settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """How much is too old, by what it is. Changes nothing."""
    at = now or datetime.now(UTC)
    today = at.astimezone(ZoneInfo(settings.timezone)).date()
    with ledger.read() as connection:
        old = rows.too_old(connection, at - timedelta(days=settings.keep_findings_days))
    return {
        "pages": len(nights.old_pages(snapshots, settings.keep_pages_days, today)),
        "nights": len(nights.old_attempts(snapshots, settings.keep_snapshots_days, today)),
        **old.counts,
    }


def forget_nights(snapshots: Snapshots, settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """Remove the nights that are too old, and of younger ones the pages that are."""
    today = (now or datetime.now(UTC)).astimezone(ZoneInfo(settings.timezone)).date()
    attempts = nights.old_attempts(snapshots, settings.keep_snapshots_days, today)
    for snapshot in attempts:
        nights.remove(snapshot)
    pages = nights.old_pages(snapshots, settings.keep_pages_days, today)
    for path in pages:
        path.unlink()
    return {"nights": len(attempts), "pages": len(pages)}


def forget_rows(ledger: Ledger, settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """Blank what was closed so long ago that nobody needs its words."""
    at = now or datetime.now(UTC)
    with ledger.write() as connection:
        old = rows.too_old(connection, at - timedelta(days=settings.keep_findings_days))
        if any(old.counts.values()):
            rows.blank(connection, old, "forgotten", {}, at)
    return old.counts
