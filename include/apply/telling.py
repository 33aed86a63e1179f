"""
Word to the people of an option that has to wait half-way: what took is told now, not days later.

It sends nothing. What an earlier run has told is in the outbox already and not told again; once the option has come to
its end, all of it is told as always (`notices.of_change`).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from include import notices
from include.store import fixes, outbox

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.fixes import KeptFix
    from include.store.ledger import Ledger


def so_far(ledger: Ledger, waits: KeptFix, settings: Settings, now: datetime) -> None:
    """Tell what took of an option of which this fix waits for its turn; nothing in a dry run, or where it had it."""
    took = fixes.took_before(ledger, waits) if settings.apply == "on" else []
    told = notices.of_change(waits.finding_id, waits.version, took, settings, now)
    if told:
        with ledger.write() as connection:
            for one in told:
                outbox.put(connection, one, now)
