"""
Until when what somebody asked for waits after its approval, written down with the decision and told at once.

That is a client's request, or the undo of a change. Which of them wait, for how long, and in which words that is told,
whoever decides says (`Coming`). What nobody asked for, because a night found it, does not wait.

What went back to the page because a step was refused is not announced and waited for again when the very same is
approved once more: whom it concerns was told, had all the time there is, and nothing else is going to happen. That
holds for as long as an approval does, and only where nobody has asked, rejected, put off or called off anything since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from include.model import TOOK, Action, Fix, FixState, Notice, Ref, Verdict
from include.settings import settings
from include.store import authority, outbox, undone
from include.store.schema import decision, fix, notice, option, request, undo

if TYPE_CHECKING:
    from include.store.ledger import Ledger


class Wait(NamedTuple):
    """Until when a change waits, and the messages that tell of it beforehand."""

    until: datetime
    notices: Sequence[Notice]


# Of a finding's id and version, the fixes that are approved and when, and of an undo since when what it undoes has been
# so: how long they wait; None where they need not.
Coming = Callable[[str, int, Sequence[Fix], datetime, datetime | None], Wait | None]
# Of a finding's id and version, and whom its change was announced to: the messages that it is not going to be made.
Off = Callable[[str, int, Sequence[str]], Sequence[Notice]]
BEGUN = (str(FixState.IN_FLIGHT), str(FixState.APPLIED), str(FixState.UNKNOWN))


def needed(
    connection: sa.Connection, finding: sa.Row[Any], chosen: sa.Row[Any], now: datetime, coming: Coming | None
) -> Wait | None:
    """Until when this option waits if it is approved now, and who is told; None where it need not."""
    if coming is None or not _asked_for(connection, finding.id):
        return None
    rows = connection.execute(sa.select(fix).where(fix.c.option_id == chosen.id).order_by(fix.c.position)).all()
    fixes = [Fix(Ref.parse(row.target), Action(row.action), row.before, row.after) for row in rows]
    wait = coming(finding.id, finding.version, fixes, now, undone.made_at(connection, finding.id))
    if wait is None:
        return None
    waited = _waited(connection, finding, chosen, now)
    return wait if waited is None else Wait(waited, ())


def begin(connection: sa.Connection, wait: Wait, now: datetime) -> datetime:
    """Put the messages of an approval into the outbox; until when it waits."""
    for one in wait.notices:
        outbox.put(connection, one, now)
    return wait.until


def _waited(connection: sa.Connection, finding: sa.Row[Any], chosen: sa.Row[Any], now: datetime) -> datetime | None:
    """Until when the version before this one waited, where that was for the same and is over; None otherwise."""
    before = sa.and_(decision.c.finding_id == finding.id, decision.c.version == finding.version - 1)
    same = sa.and_(before, decision.c.option_hash == chosen.hash, decision.c.not_before.is_not(None))
    told = connection.execute(sa.select(decision).where(same).order_by(decision.c.id.desc()).limit(1)).first()
    oldest = now - timedelta(days=settings().approval_days)
    if told is None or not oldest <= told.not_before <= now or not authority.accounted(connection, told):
        return None
    named = _named(connection, finding.id, "coming")
    version = max((at for at, _ in named), default=None)
    rows = [row for at, row in named if at == version]
    if not rows or any(row.state == "waiting" for row in rows):
        return None
    if any(at == version for at, _ in _named(connection, finding.id, "off")):
        return None
    since = min(row.at for row in rows)
    of, later = (request.c.finding_id == finding.id, request.c.at > since), undo.c.at > since
    anew = sa.or_(
        sa.exists().where(*of),
        sa.exists().where(undo.c.finding_id == finding.id, later),
        sa.exists().where(
            decision.c.finding_id == finding.id, decision.c.id > told.id, decision.c.verdict != str(Verdict.APPROVED)
        ),
        ~sa.exists().where(fix.c.option_id == told.option_id, fix.c.state.not_in([str(one) for one in TOOK])),
    )
    waited: datetime = told.not_before
    return None if connection.execute(sa.select(anew)).scalar() else waited


def _named(connection: sa.Connection, finding_id: str, which: str) -> list[tuple[int, sa.Row[Any]]]:
    """The messages of a kind about a finding, each with the version that it tells of."""
    rows = connection.execute(sa.select(notice).where(notice.c.about == finding_id).order_by(notice.c.id)).all()
    named = [(row.message_id.removeprefix("<").split("."), row) for row in rows]
    return [(int(at[1]), row) for at, row in named if at[0] == finding_id and at[2:3] == [which]]


def call_off(connection: sa.Connection, finding_id: str, now: datetime, off: Off) -> None:
    """
    Tell those whom a finding's change was announced to that it is not going to be made; each once.

    Not where something of it was written, or may have been: what took is told by itself.
    """
    announced = [(at, row.recipient) for at, row in _named(connection, finding_id, "coming") if row.recipient]
    if not announced:
        return
    version = max(at for at, _ in announced)
    since = (option.c.finding_id == finding_id, option.c.version >= version, fix.c.state.in_(BEGUN))
    begun = sa.select(fix.c.id).join(option, option.c.id == fix.c.option_id).where(*since).limit(1)
    if connection.execute(begun).first() is None:
        for one in off(finding_id, version, [whom for at, whom in announced if at == version]):
            outbox.put(connection, one, now)


def asked_for(ledger: Ledger, finding_id: str) -> bool:
    """Whether a client's request led to a finding, or somebody's to undo a change."""
    with ledger.read() as connection:
        return _asked_for(connection, finding_id)


def _asked_for(connection: sa.Connection, finding_id: str) -> bool:
    of_client = sa.exists().where(request.c.finding_id == finding_id)
    of_undo = sa.exists().where(undo.c.finding_id == finding_id)
    return bool(connection.execute(sa.select(sa.or_(of_client, of_undo))).scalar())
