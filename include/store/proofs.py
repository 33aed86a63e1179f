"""
Whether it is still known who asked for what a finding does: a proof of identity goes out of date.

It is asked where the request is approved, and again before each write. It does not judge what kind of proof there is.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import NotAllowed
from include.store.schema import request

if TYPE_CHECKING:
    from include.store.ledger import Ledger


def fresh(seen_on: date, day: date, days: int) -> bool:
    """Whether a proof that was seen then is good on this day: not older than `days`, and not of a day to come."""
    return timedelta(0) <= day - seen_on <= timedelta(days)


def require_fresh(connection: sa.Connection, finding_id: str, day: date, days: int) -> None:
    """Raise NotAllowed where a request led to this finding and nobody knows any more, on that day, who asked."""
    asked = sa.select(request.c.id, request.c.asked).where(request.c.finding_id == finding_id)
    for row in connection.execute(asked):
        seen_on = _seen_on(row.asked)
        if seen_on is None or not fresh(seen_on, day, days):
            seen = "is nowhere to be found" if seen_on is None else f"is of {seen_on.isoformat()}"
            raise NotAllowed(
                f"The proof of who asked for request {row.id} {seen}; on the day of the change it may be {days} days "
                "old at most. Make sure again who asks, reject this, and take the request down anew."
            )


def outdated(ledger: Ledger, finding_id: str, day: date, days: int) -> str | None:
    """The same as a sentence; None where nothing is in the way, also of what nobody asked for."""
    with ledger.read() as connection:
        try:
            require_fresh(connection, finding_id, day, days)
        except NotAllowed as too_old:
            return str(too_old)
    return None


def _seen_on(asked: dict[str, Any] | None) -> date | None:
    try:
        return date.fromisoformat(str(((asked or {}).get("proof") or {}).get("seen_on")))
    except ValueError:
        return None
