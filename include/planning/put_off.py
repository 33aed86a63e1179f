"""
Brings back to the page, on its day, what somebody put off and no night finds again: clients' requests, and undos.

What a night finds comes back with that night (`store.filing`). It decides nothing, and looks nothing up anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include import notices
from include.model import Verdict
from include.requests import RULE
from include.store import outbox, undone, versions
from include.store.schema import finding

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.ledger import Ledger


def bring_back(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """Open again, as new versions, those whose day has come, with word to the reviewers; returns how many."""
    put_off = (finding.c.state == str(Verdict.DEFERRED), finding.c.rule.in_((RULE, undone.RULE)))
    due = sa.select(finding.c.id, finding.c.until).where(*put_off, finding.c.until <= now.date().isoformat())
    with ledger.write() as connection:
        rows = connection.execute(due.order_by(finding.c.id)).all()
        for row in rows:
            version = versions.reopen(connection, row.id, f"it was put off until {row.until}", now)
            outbox.put(connection, notices.back(row.id, version, settings), now)
    return len(rows)
