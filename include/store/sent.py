"""
What was sent to platforms lately, whatever became of it: what the caps of a day are held against. It reads only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.model import Action
from include.store.schema import fix, option

if TYPE_CHECKING:
    from include.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that was sent, of which nothing is said but what it was to change."""

    finding_id: str
    action: Action
    before: dict[str, Any]
    after: dict[str, Any]


def since(ledger: Ledger, moment: datetime) -> list[Sent]:
    """Every write that was sent at `moment` or later."""
    wanted = (
        sa.select(option.c.finding_id, fix.c.action, fix.c.before, fix.c.after)
        .join(option, option.c.id == fix.c.option_id)
        .where(fix.c.sent_at >= moment)
        .order_by(fix.c.id)
    )
    with ledger.read() as connection:
        return [Sent(row.finding_id, Action(row.action), row.before, row.after) for row in connection.execute(wanted)]


def counted(ledger: Ledger, moment: datetime) -> Counter[Action]:
    """How many writes of each action were sent at `moment` or later."""
    return Counter(one.action for one in since(ledger, moment))
