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

from include.errors import AlreadyDecided, NotAllowed
from include.model import TOOK, FixState, Notice
from include.store import audit, outbox, reviewing, versions
from include.store.schema import alias, finding, fix, option, receipt

if TYPE_CHECKING:
    from include.store.fixes import ApprovedOption
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
        _write(connection, fix_id, told, now)
    return True


def close(ledger: Ledger, fix_id: int, *, took: bool, reviewer: str, reason: str, now: datetime) -> FixState:
    """
    Write the receipt of a fix whose outcome only a person can tell, by whose word it took or did not.

    Raises NotAllowed where nobody, or no reason, is named, or the reviewer may not decide, and AlreadyDecided where the
    outcome is known by now, or a worker is reading it this moment.
    """
    if not reviewer.strip() or not reason.strip():
        raise NotAllowed("Say who looked and what was seen: both are kept with the receipt.")
    reviewing.require_reviewer(reviewer)
    outcome = FixState.APPLIED if took else FixState.FAILED
    with ledger.write() as connection:
        free = sa.or_(fix.c.lease_until.is_(None), fix.c.lease_until <= now)
        done = connection.execute(
            sa.update(fix)
            .where(fix.c.id == fix_id, fix.c.state == str(FixState.UNKNOWN), free)
            .values(state=str(outcome), lease_owner=None, lease_until=None)
        )
        if done.rowcount != 1:
            raise AlreadyDecided(
                f"The outcome of fix {fix_id} is not unknown any more, or is being read this moment. Reload the page."
            )
        saw = f"{reviewer.strip()} looked, and it {'took' if took else 'did not take'}: {reason.strip()}"
        _write(connection, fix_id, Receipt(outcome, saw), now)
    return outcome


def back_to_the_page(
    ledger: Ledger, one: ApprovedOption, word: str, says: str, now: datetime, told: Sequence[Notice] = ()
) -> bool:
    """
    Put a finding back to be decided whose approval may not be applied (any more), with a receipt that says why.

    It is the receipt of the next fix, which nobody has begun; where there is none, only the audit tells (`word`).
    False when the finding is not approved as this version.
    """

    def leave_reason(connection: sa.Connection) -> None:
        ids = [kept.id for kept in one.fixes]
        waiting = fix.c.state.in_((str(FixState.PLANNED), str(FixState.HELD)))
        wanted = sa.select(fix.c.id).where(fix.c.id.in_(ids), waiting).order_by(fix.c.position).limit(1)
        following = connection.execute(wanted).scalar()
        if following is not None:
            connection.execute(sa.update(fix).where(fix.c.id == following).values(state=str(FixState.HELD)))
            _write(connection, following, Receipt(FixState.HELD, says), now)

    return versions.reopen_approved(ledger, one.finding_id, one.version, word, now, told, leave_reason)


def settle_without_fixes(ledger: Ledger, finding_id: str, version: int, now: datetime) -> bool:
    """Settle a finding whose approved option has nothing to do (to keep things as they are)."""
    with ledger.write() as connection:
        return _set_state(connection, finding_id, version, now)


def _write(connection: sa.Connection, fix_id: int, told: Receipt, now: datetime) -> None:
    """The receipt of a fix that stands as it says already, and everything that follows from it."""
    row = connection.execute(
        sa.select(fix.c.option_id, fix.c.position, fix.c.target, fix.c.action, option.c.finding_id, option.c.version)
        .join(option, option.c.id == fix.c.option_id)
        .where(fix.c.id == fix_id)
    ).one()
    moved = sorted(told.moved)
    values = {"outcome": str(told.outcome), "detail": told.detail, "moved": moved}
    connection.execute(sa.insert(receipt).values(fix_id=fix_id, at=now, **values))
    body = {"fix": fix_id, "finding": row.finding_id, "target": row.target, "action": row.action, **values}
    body["detail"] = audit.sealed(told.detail)  # it may hold what a person wrote
    audit.append(connection, "receipt", body, now)
    for notice in told.notices:
        outbox.put(connection, notice, now)
    for old, new in sorted(told.aliases.items()):
        _follow(connection, old, new, row.finding_id, now)
    _after(connection, row, told.outcome, now)


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
