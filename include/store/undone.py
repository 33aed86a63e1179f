"""
What was applied of a finding and could be taken back, and who asked for that. It decides nothing about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import NotAllowed
from include.model import Action, Fix, FixState, Ref, Verdict
from include.store import audit, reviewing
from include.store.schema import finding, fix, option, receipt, undo

if TYPE_CHECKING:
    from include.store.ledger import Ledger

RULE = "undo"
SOON, HOURS = timedelta(days=7), 4  # for so long after a change, its undo waits only so many hours, see `include.undo`
UNDER_WAY = ("open", "half_approved", "approved")
ABOUT = "An applied change was a mistake: put back what it was."


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that took, by which receipt and when, in which account, and the whole record as it was before."""

    id: int
    receipt: int
    finding_id: str
    fix: Fix
    account: str | None
    image: dict[str, Any] | None
    at: datetime


def applied(ledger: Ledger, finding_id: str) -> list[Applied]:
    """What Rollcall itself changed for this finding, in all its versions, and did not undo; the newest first."""
    with ledger.read() as connection:
        made = _applied(connection, option.c.finding_id == finding_id)
        return [one for one in made if one.id not in _undone(connection, _alike(connection, one))]


def later(ledger: Ledger, one: Applied) -> list[Applied]:
    """
    Changes of the same kind that were made to the same record since, the newest first.

    What was made since and undone again is none: neither the change nor what undid it.
    """
    with ledger.read() as connection:
        made = _alike(connection, one)
        by = _undone(connection, made)
    undid = {each.id for each in by.values()}
    undid -= {by[other.id].id for other in made if other.id in by and other.receipt <= one.receipt}
    return [other for other in made if other.receipt > one.receipt and other.id not in by.keys() | undid]


def asked(connection: sa.Connection, of: str, finding_id: str, who: str, why: str, now: datetime) -> None:
    """
    Write down, with the finding that undoes another, who wants that and why; one that was put off before is gone.

    Raises NotAllowed where somebody asked at the same moment.
    """
    if connection.execute(sa.select(undo.c.id).where(undo.c.finding_id == finding_id)).first() is not None:
        raise NotAllowed("Somebody asked for an undo at the same moment: reload the page. Nothing was changed.")
    _let_go(connection, of, now)
    values = {"of": of, "finding_id": finding_id}
    connection.execute(sa.insert(undo).values(**values, who=who, why=why, at=now))
    audit.append(connection, "undo", {**values, "who": who, "why": audit.sealed(why)}, now)


def findings_of(connection: sa.Connection) -> set[str]:
    """The findings that undo others: no night finds them, and so none misses them."""
    return set(connection.execute(sa.select(undo.c.finding_id)).scalars())


def number(ledger: Ledger) -> int:
    """What the next undo is called by: none that was rejected, put off or made stands in its way."""
    with ledger.read() as connection:
        return 1 + int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(undo.c.id), 0))).scalar_one())


def waits(ledger: Ledger, finding_id: str) -> str | None:
    """The undo of this finding that waits for a decision, or is approved and not settled."""
    under_way = sa.select(finding.c.id).join(undo, undo.c.finding_id == finding.c.id)
    under_way = under_way.where(undo.c.of == finding_id, finding.c.state.in_(UNDER_WAY))
    with ledger.read() as connection:
        found: str | None = connection.execute(under_way.order_by(undo.c.id.desc()).limit(1)).scalar()
    return found


def undoes(ledger: Ledger, finding_id: str) -> str | None:
    """The newest finding that was filed to undo this one."""
    wanted = sa.select(undo.c.finding_id).where(undo.c.of == finding_id).order_by(undo.c.id.desc()).limit(1)
    with ledger.read() as connection:
        found: str | None = connection.execute(wanted).scalar()
    return found


def made_at(connection: sa.Connection, finding_id: str) -> datetime | None:
    """Since when the first of what this finding undoes has been so; None for one that undoes nothing."""
    of = sa.select(undo.c.of).where(undo.c.finding_id == finding_id).order_by(undo.c.id.desc()).limit(1)
    took = sa.select(sa.func.min(receipt.c.at)).join(fix, fix.c.id == receipt.c.fix_id)
    took = took.join(option, option.c.id == fix.c.option_id).where(option.c.finding_id == of.scalar_subquery())
    made: datetime | None = connection.execute(took.where(receipt.c.outcome == str(FixState.APPLIED))).scalar()
    return made


def require_another_person(connection: sa.Connection, finding_id: str, reviewer: str) -> None:
    """Raise NotAllowed where `reviewer` is one of those who asked for the undo."""
    if asked_by(connection, finding_id, reviewer):
        raise NotAllowed("You asked for this undo yourself: another person must approve it.")


def asked_by(connection: sa.Connection, finding_id: str, who: str) -> bool:
    """Whether this person asked for the undo that the finding is, be it that others did too."""
    asked = connection.execute(sa.select(undo.c.who).where(undo.c.finding_id == finding_id)).scalars()
    return reviewing.person(who) in {reviewing.person(one) for one in asked}


def _let_go(connection: sa.Connection, of: str, now: datetime) -> None:
    earlier = sa.select(undo.c.finding_id).where(undo.c.of == of)
    put_off = sa.and_(finding.c.id.in_(earlier), finding.c.state == str(Verdict.DEFERRED))
    rows = connection.execute(sa.select(finding.c.id, finding.c.version).where(put_off)).all()
    if rows:
        connection.execute(sa.update(finding).where(put_off).values(state="gone", until=None, changed_at=now))
        became = {row.id: [row.version, "gone"] for row in rows}
        audit.append(connection, "filed", {"undo": of, "gone": len(rows), "became": became}, now)


def _alike(connection: sa.Connection, one: Applied) -> list[Applied]:
    """Every change of this kind that was made to the record, with this one, the newest first."""
    same = sa.and_(fix.c.target == str(one.fix.target), fix.c.action == str(one.fix.action))
    return [other for other in _applied(connection, same) if other.fix.before.keys() == one.fix.before.keys()]


def _undone(connection: sa.Connection, made: Sequence[Applied]) -> dict[int, Applied]:
    """Of all changes of a kind to a record, those that do not hold, each with what undid it."""
    pairs = connection.execute(sa.select(undo.c.finding_id, undo.c.of)).all()
    of = {pair.finding_id: pair.of for pair in pairs}
    by: dict[int, Applied] = {}
    for each in reversed(made):
        undid = [one for one in made if one.receipt < each.receipt and one.finding_id == of.get(each.finding_id)]
        took_back = {one.id for one in undid if one.id not in by}
        by = {id: other for id, other in by.items() if other.id not in took_back}  # what an undone undo undid holds
        by |= dict.fromkeys(took_back, each)
    return by


def _applied(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> list[Applied]:
    took = sa.select(receipt.c.fix_id, sa.func.max(receipt.c.id).label("receipt")).group_by(receipt.c.fix_id).subquery()
    rows: Sequence[sa.Row[Any]] = connection.execute(
        sa.select(fix, option.c.finding_id, receipt.c.at, receipt.c.id.label("receipt"))
        .join(option, option.c.id == fix.c.option_id)
        .join(took, took.c.fix_id == fix.c.id)
        .join(receipt, receipt.c.id == took.c.receipt)
        .where(wanted, fix.c.state == str(FixState.APPLIED))
        .order_by(receipt.c.id.desc())
    ).all()
    return [
        Applied(
            row.id,
            row.receipt,
            row.finding_id,
            Fix(Ref.parse(row.target), Action(row.action), row.before, row.after),
            row.account,
            row.image,
            row.at,
        )
        for row in rows
    ]
