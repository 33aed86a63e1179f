"""
Until when what somebody asked for waits after its approval, written down with the decision and told at once.

That is a client's request, or the undo of a change. Which of them wait, for how long, and in which words that is told,
whoever decides says (`Coming`). What nobody asked for, because a night found it, does not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from include.model import Action, Fix, Notice, Ref
from include.store import outbox, undone
from include.store.schema import fix, request, undo

if TYPE_CHECKING:
    from include.store.ledger import Ledger


class Wait(NamedTuple):
    """Until when a change waits, and the messages that tell of it beforehand."""

    until: datetime
    notices: Sequence[Notice]


# Of a finding's id and version, the fixes that are approved and when, and of an undo since when what it undoes has been
# so: how long they wait; None where they need not.
Coming = Callable[[str, int, Sequence[Fix], datetime, datetime | None], Wait | None]


def begin(
    connection: sa.Connection, finding: sa.Row[Any], option: sa.Row[Any], now: datetime, coming: Coming | None
) -> datetime | None:
    """Put the messages of an approval into the outbox; until when it waits, None where it need not."""
    if coming is None or not _asked_for(connection, finding.id):
        return None
    rows = connection.execute(sa.select(fix).where(fix.c.option_id == option.id).order_by(fix.c.position)).all()
    fixes = [Fix(Ref.parse(row.target), Action(row.action), row.before, row.after) for row in rows]
    wait = coming(finding.id, finding.version, fixes, now, undone.made_at(connection, finding.id))
    if wait is None:
        return None
    for notice in wait.notices:
        outbox.put(connection, notice, now)
    return wait.until


def asked_for(ledger: Ledger, finding_id: str) -> bool:
    """Whether a client's request led to a finding, or somebody's to undo a change."""
    with ledger.read() as connection:
        return _asked_for(connection, finding_id)


def _asked_for(connection: sa.Connection, finding_id: str) -> bool:
    of_client = sa.exists().where(request.c.finding_id == finding_id)
    of_undo = sa.exists().where(undo.c.finding_id == finding_id)
    return bool(connection.execute(sa.select(sa.or_(of_client, of_undo))).scalar())
