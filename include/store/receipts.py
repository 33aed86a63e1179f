"""
Receipts: what became of a fix, written once, with everything that follows from it, in one transaction.

It knows neither platforms nor mail; aliases and notices are handed to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.model import TOOK, FixState, Notice
from include.store import audit, outbox, versions
from include.store.schema import alias, finding, fix, option, receipt

if TYPE_CHECKING:
    from include.store.ledger import Ledger

# An unknown outcome may still turn out well: its finding stays as it is until a read tells. After these it is over.
BACK_TO_THE_PAGE = frozenset({FixState.STALE, FixState.REFUSED, FixState.FAILED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of a fix. `moved`: fields that changed on the record though the fix does not speak of them."""

    outcome: FixState
    detail: str | None = None
    moved: Collection[str] = ()
    notices: Sequence[Notice] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)


def leave(ledger: Ledger, fix_id: int, worker: str, told: Receipt, now: datetime) -> bool:
    """
    Write the receipt of a fix this worker holds; False when it holds it no more, and nothing is written.

    The fixes after one that did not take are held. A finding whose fixes all took is settled; one whose fix is stale,
    refused or failed goes back to the page.
    """
    with ledger.write() as connection:
        held = sa.and_(fix.c.id == fix_id, fix.c.lease_owner == worker)
        states = (str(FixState.IN_FLIGHT), str(FixState.UNKNOWN))
        done = connection.execute(
            sa.update(fix)
            .where(held, fix.c.state.in_(states))
            .values(state=str(told.outcome), lease_owner=None, lease_until=None)
        )
        if done.rowcount != 1:
            return False
        row = connection.execute(
            sa.select(
                fix.c.option_id, fix.c.position, fix.c.target, fix.c.action, option.c.finding_id, option.c.version
            )
            .join(option, option.c.id == fix.c.option_id)
            .where(fix.c.id == fix_id)
        ).one()
        moved = sorted(told.moved)
        values = {"outcome": str(told.outcome), "detail": told.detail, "moved": moved}
        connection.execute(sa.insert(receipt).values(fix_id=fix_id, at=now, **values))
        body = {"fix": fix_id, "finding": row.finding_id, "target": row.target, "action": row.action, **values}
        audit.append(connection, "receipt", body, now)
        for notice in told.notices:
            outbox.put(connection, notice, now)
        for old, new in sorted(told.aliases.items()):
            _follow(connection, old, new, row.finding_id, now)
        _after(connection, row, told.outcome, now)
    return True


def settle_without_fixes(ledger: Ledger, finding_id: str, version: int, now: datetime) -> bool:
    """Settle a finding whose approved option has nothing to do (to keep things as they are)."""
    with ledger.write() as connection:
        return _set_state(connection, finding_id, version, now)


def _after(connection: sa.Connection, row: Any, outcome: FixState, now: datetime) -> None:
    """What the outcome means for the fixes after this one and for the finding."""
    rest = sa.and_(fix.c.option_id == row.option_id, fix.c.position > row.position)
    if outcome not in TOOK:
        waiting = sa.and_(rest, fix.c.state == str(FixState.PLANNED))
        held = list(connection.execute(sa.select(fix.c.id).where(waiting).order_by(fix.c.id)).scalars())
        if held:
            connection.execute(sa.update(fix).where(fix.c.id.in_(held)).values(state=str(FixState.HELD)))
            audit.append(connection, "held", {"finding": row.finding_id, "fixes": held}, now)
    newest = sa.select(finding.c.state, finding.c.version).where(finding.c.id == row.finding_id)
    stands = connection.execute(newest).one()
    if (stands.state, stands.version) != ("approved", row.version):
        return
    if outcome in BACK_TO_THE_PAGE:
        versions.reopen(connection, row.finding_id, str(outcome), now)
        return
    states = set(connection.execute(sa.select(fix.c.state).where(fix.c.option_id == row.option_id)).scalars())
    if states <= {str(state) for state in TOOK}:
        _set_state(connection, row.finding_id, row.version, now)


def _set_state(connection: sa.Connection, finding_id: str, version: int, now: datetime) -> bool:
    done = connection.execute(
        sa.update(finding)
        .where(finding.c.id == finding_id, finding.c.version == version, finding.c.state == "approved")
        .values(state="settled", changed_at=now)
    )
    if done.rowcount == 1:
        audit.append(connection, "settled", {"finding": finding_id, "version": version}, now)
    return done.rowcount == 1


def _follow(connection: sa.Connection, old: str, new: str, finding_id: str, now: datetime) -> None:
    """From now on the record `old` is called `new`, also by those that were called `old` by another name before."""
    if old == new:
        return
    between = connection.execute(sa.select(alias.c.new).where(alias.c.old == old)).scalar()
    if between not in (None, new):  # the record had a name of its own since: that one is old now, too
        _follow(connection, between, new, finding_id, now)
    connection.execute(sa.delete(alias).where(alias.c.old.in_((old, new))))
    connection.execute(sa.update(alias).where(alias.c.new == old).values(new=new))
    connection.execute(sa.insert(alias).values(old=old, new=new, finding_id=finding_id, at=now))
    audit.append(connection, "alias", {"old": old, "new": new, "finding": finding_id}, now)
