"""
The stop switch: whether anything at all may be written to a platform. Rows are only added; the newest counts.

It is asked right before each write, in every worker, so that throwing it stops all of them within one request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.errors import NotAllowed
from include.store import audit
from include.store.schema import switch

if TYPE_CHECKING:
    from include.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Thrown:
    """How the switch stands, and who threw it."""

    stopped: bool
    who: str
    why: str
    at: datetime


def thrown(ledger: Ledger) -> Thrown | None:
    """How the switch stands; None when nobody ever threw it."""
    with ledger.read() as connection:
        row = connection.execute(sa.select(switch).order_by(switch.c.id.desc()).limit(1)).first()
    return Thrown(row.stopped, row.who, row.why, row.at) if row else None


def is_stopped() -> sa.ColumnElement[bool]:
    """The same as a condition, for a statement that must not do anything while everything is stopped."""
    newest = sa.select(sa.func.max(switch.c.id)).scalar_subquery()
    return sa.exists().where(switch.c.id == newest, switch.c.stopped)


def throw(ledger: Ledger, who: str, why: str, now: datetime, *, stop: bool) -> Thrown:
    """Stop every write, or let them go on. Raises NotAllowed where nobody, or no reason, is named."""
    who, why = who.strip(), why.strip()
    if not who or not why:
        raise NotAllowed("Say who throws the switch and why: both are kept in the audit.")
    with ledger.write() as connection:
        connection.execute(sa.insert(switch).values(stopped=stop, who=who, why=why, at=now))
        audit.append(connection, "stopped" if stop else "resumed", {"who": who, "why": audit.sealed(why)}, now)
    return Thrown(stop, who, why, now)
