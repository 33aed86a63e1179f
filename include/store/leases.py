"""
Who works on a fix: a lease, taken and kept by conditional updates, so that of any number of workers one writes.

It decides nothing about outcomes. A lease that ran out is never a reason to write, only to read.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.model import TOOK, FixState, Verdict
from include.store import aliases, objections, switch
from include.store.schema import decision, finding, fix, option

if TYPE_CHECKING:
    from include.store.ledger import Ledger

FREE = (str(FixState.PLANNED), str(FixState.HELD))
OPEN_ENDED = (str(FixState.IN_FLIGHT), str(FixState.UNKNOWN))
UNHEARD_OF = (str(FixState.UNKNOWN), str(FixState.FAILED))  # one that failed was closed by somebody, who may be wrong
NO_LONGER = timedelta(minutes=10)  # after it was sent, a write that cannot be seen does not take any more


def owner() -> str:
    """A name for one worker: host, process, and a word that no other worker on it has."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def claim(ledger: Ledger, fix_id: int, worker: str, now: datetime, seconds: float) -> bool:
    """
    Take a fix to apply it: only while its option is what was approved, and all fixes before it took.

    Nobody may be at work on one of its records meanwhile, nor may a write to one be under way still of which nobody
    heard, and nothing is taken while everything is stopped, while it waits (`waiting`), or of records for which a
    client's objection stands.
    """
    sooner, later = fix.alias("sooner"), decision.alias("later")
    withdrawn = sa.exists().where(
        later.c.finding_id == decision.c.finding_id,
        later.c.version == decision.c.version,
        later.c.id > decision.c.id,
        later.c.verdict != str(Verdict.APPROVED),
    )
    allowed = sa.exists().where(
        option.c.id == fix.c.option_id,
        finding.c.id == option.c.finding_id,
        finding.c.version == option.c.version,
        finding.c.state == "approved",
        decision.c.option_id == option.c.id,
        decision.c.verdict == str(Verdict.APPROVED),
        ~withdrawn,
    )
    waits = sa.exists().where(decision.c.option_id == fix.c.option_id, decision.c.not_before > now)
    blocked = sa.exists().where(
        sooner.c.option_id == fix.c.option_id,
        sooner.c.position < fix.c.position,
        sooner.c.state.not_in([str(state) for state in TOOK]),
    )
    taken = (
        sa.update(fix)
        .where(fix.c.id == fix_id, fix.c.state.in_(FREE), allowed, ~waits, ~blocked, ~switch.is_stopped())
        .values(state=str(FixState.IN_FLIGHT), sent_at=None, image=None, **_lease(worker, now, seconds))
    )
    with ledger.write() as connection:
        busy = _shared(connection, fix_id, now) or objections.freezes(connection, fix_id)
        return not busy and connection.execute(taken).rowcount == 1


def send(
    ledger: Ledger,
    fix_id: int,
    worker: str,
    now: Callable[[], datetime],
    seconds: float,
    request_seconds: float,
    image: Any,
) -> datetime | None:
    """
    Note that the write is about to be sent, and what the record was before; since when, or None: the lease is lost.

    The lease is renewed, and must have outlasted the request had it been sent at once. None, too, while everything is
    stopped, or an objection stands. What time it is is asked once the ledger is ours: that may have taken long.
    """
    with ledger.write() as connection:
        at = now()
        outlasts = fix.c.lease_until > at + timedelta(seconds=request_seconds)
        noted = sa.update(fix).where(_mine(fix_id, worker), outlasts, ~switch.is_stopped())
        noted = noted.values(sent_at=at, image=image, **_lease(worker, at, seconds))
        if objections.freezes(connection, fix_id) or connection.execute(noted).rowcount != 1:
            return None
    return at


def holds(ledger: Ledger, fix_id: int, worker: str) -> bool:
    """Whether the ledger says still that this worker is at the fix."""
    with ledger.read() as connection:
        return connection.execute(sa.select(fix.c.id).where(_mine(fix_id, worker))).first() is not None


def give_back(ledger: Ledger, fix_id: int, worker: str) -> bool:
    """Put a fix of which nothing was written back to be applied later."""
    return _changed(ledger, sa.update(fix).where(_mine(fix_id, worker)).values(_planned()))


def plan_again(ledger: Ledger, fix_id: int, worker: str) -> bool:
    """Put a fix that was taken over back to be applied later; False when anybody may have sent a write of it."""
    unsent = sa.update(fix).where(_mine(fix_id, worker), fix.c.sent_at.is_(None))
    return _changed(ledger, unsent.values(_planned()))


def take_over(ledger: Ledger, fix_id: int, worker: str, now: datetime, seconds: float) -> bool:
    """Take a fix to read it: one whose outcome is unknown, or whose worker let its lease run out."""
    free = sa.or_(fix.c.lease_until.is_(None), fix.c.lease_until <= now)
    taken = sa.update(fix).where(fix.c.id == fix_id, fix.c.state.in_(OPEN_ENDED), free)
    return _changed(ledger, taken.values(_lease(worker, now, seconds)))


def let_go(ledger: Ledger, fix_id: int, worker: str) -> bool:
    """Leave a fix as it is, to be read again later."""
    left = sa.update(fix).where(fix.c.id == fix_id, fix.c.lease_owner == worker, fix.c.state.in_(OPEN_ENDED))
    return _changed(ledger, left.values(lease_owner=None, lease_until=None))


def _shared(connection: sa.Connection, fix_id: int, now: datetime) -> bool:
    """
    Whether a fix that is in flight touches a record of this one. The writer is alone in the ledger: it stays so.

    In flight is, too, what nobody heard of: it may land still, and would go over what is written meanwhile, unread.
    """
    wanted = sa.select(fix.c.id, fix.c.target, fix.c.before, fix.c.after)
    lands = sa.and_(fix.c.state.in_(UNHEARD_OF), fix.c.sent_at > now - NO_LONGER)
    under_way = sa.or_(fix.c.state == str(FixState.IN_FLIGHT), lands)
    busy = connection.execute(wanted.where(under_way, fix.c.id != fix_id)).all()
    mine = connection.execute(wanted.where(fix.c.id == fix_id)).all() if busy else []
    today = aliases.names(connection) if busy else {}
    return not _records(mine, today).isdisjoint(_records(busy, today))


def _records(rows: Iterable[Any], today: Mapping[str, str]) -> set[str]:
    """
    What these fixes write to, by the names of today.

    A merge ends the duplicate, too, and what an order is given to, or taken from, must not be another's meanwhile.
    """
    named = (
        (row.target, row.before.get("duplicate"), row.before.get("contact"), row.after.get("contact")) for row in rows
    )
    return {today.get(name, name) for names in named for name in names if name is not None}


def _mine(fix_id: int, worker: str) -> sa.ColumnElement[bool]:
    return sa.and_(fix.c.id == fix_id, fix.c.lease_owner == worker, fix.c.state == str(FixState.IN_FLIGHT))


def _planned() -> dict[str, Any]:
    free = {"lease_owner": None, "lease_until": None, "sent_at": None, "image": None}
    return {"state": str(FixState.PLANNED), **free}


def _lease(worker: str, now: datetime, seconds: float) -> dict[str, Any]:
    return {"lease_owner": worker, "lease_until": now + timedelta(seconds=seconds)}


def _changed(ledger: Ledger, statement: sa.Update) -> bool:
    with ledger.write() as connection:
        return connection.execute(statement).rowcount == 1
