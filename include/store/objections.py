"""
Objections: a client says that a change is not theirs, and nothing of their records is written until that is settled.

Rows are only added, and the newest of a finding counts. One stands for every fix of every finding that is about one of
the objection's records, whoever approved it; a reviewer lifts it who did not ask for the change. It is asked where a
fix is claimed and sent, and right before the write. How a client was heard, whoever records it says in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.errors import AlreadyDecided, NotAllowed, Objected
from include.store import aliases, audit, outbox, requests, reviewing, undone
from include.store.schema import finding, fix, objection, option

if TYPE_CHECKING:
    from include.model import Notice
    from include.store.ledger import Ledger

COMING = ("open", "half_approved", "approved", "deferred")  # of a finding that an objection keeps from being applied


@dataclass(frozen=True, slots=True)
class Objection:
    """By whom and when it was recorded at which finding, in which words, and for which records."""

    finding_id: str
    who: str
    why: str
    at: datetime
    records: frozenset[str]


def record(ledger: Ledger, finding_id: str, who: str, why: str, now: datetime, told: Iterable[Notice] = ()) -> None:
    """
    Freeze every fix for the records of a finding, with these messages.

    Raises NotAllowed, or AlreadyDecided where it is so already.
    """
    with ledger.write() as connection:
        if any(one.finding_id == finding_id for one in _standing(connection)):
            raise AlreadyDecided("An objection stands here already. Nothing was changed.")
        _add(connection, finding_id, who, why, now, stands=True)
        for notice in told:
            outbox.put(connection, notice, now)


def lift(ledger: Ledger, finding_id: str, who: str, why: str, now: datetime) -> None:
    """
    Let the fixes go on that an objection, recorded at this finding, has frozen.

    Raises NotReviewer, AlreadyDecided where none stands, and NotAllowed for who asked for this change, or for one of
    these records that it keeps from being made.
    """
    reviewing.require_reviewer(who)
    with ledger.write() as connection:
        own = next((one for one in _standing(connection) if one.finding_id == finding_id), None)
        if own is None:
            raise AlreadyDecided("No objection stands here any more. Reload the page.")
        for each in _coming_about(connection, own.records) | {finding_id}:
            if requests.asked_by(connection, each, who) or undone.asked_by(connection, each, who):
                raise NotAllowed("You asked for a change of these records: another person must lift the objection.")
        _add(connection, finding_id, who, why, now, stands=False)


def against(ledger: Ledger, finding_id: str) -> list[Objection]:
    """The objections that freeze the fixes of this finding; the one that was recorded at it first."""
    with ledger.read() as connection:
        found = _against(connection, finding_id)
    return sorted(found, key=lambda one: (one.finding_id != finding_id, one.at))


def frozen(ledger: Ledger, ids: Iterable[str]) -> set[str]:
    """Those of these findings whose fixes are frozen."""
    with ledger.read() as connection:
        return {id for id in ids if _against(connection, id)} if _standing(connection) else set()


def require_none(connection: sa.Connection, finding_id: str) -> None:
    """Raise Objected where the fixes of a finding are frozen."""
    for one in _against(connection, finding_id):
        raise Objected(
            f"A client objects, by what {one.who} recorded at the finding {one.finding_id} on {one.at:%Y-%m-%d %H:%M} "
            "UTC: nothing of these records is approved or written until a reviewer lifts that."
        )


def require_none_of(ledger: Ledger, fix_id: int) -> None:
    """The same of the finding that a fix belongs to."""
    with ledger.read() as connection:
        if (id := _finding_of(connection, fix_id)) is not None:
            require_none(connection, id)


def freezes(connection: sa.Connection, fix_id: int) -> bool:
    """Whether a fix is frozen, within the transaction that would let it go on."""
    id = _finding_of(connection, fix_id) if _standing(connection) else None
    return id is not None and bool(_against(connection, id))


def _against(connection: sa.Connection, finding_id: str) -> list[Objection]:
    standing = _standing(connection)
    if not standing:
        return []
    today = aliases.names(connection)
    mine = _named(_records(connection, finding_id), today)
    return [one for one in standing if one.finding_id == finding_id or mine & _named(one.records, today)]


def _standing(connection: sa.Connection) -> list[Objection]:
    newest = sa.select(sa.func.max(objection.c.id)).group_by(objection.c.finding_id)
    rows = connection.execute(
        sa.select(objection).where(objection.c.id.in_(newest), objection.c.stands).order_by(objection.c.id)
    )
    return [Objection(row.finding_id, row.who, row.why, row.at, frozenset(row.records)) for row in rows]


def _add(connection: sa.Connection, finding_id: str, who: str, why: str, now: datetime, *, stands: bool) -> None:
    who, why = who.strip(), why.strip()
    if not who or not why:
        raise NotAllowed("Say who records this and what was said: both are kept in the audit.")
    records = sorted(_records(connection, finding_id))
    if not records:
        raise NotAllowed("There is no such finding.")
    told = {"finding_id": finding_id, "stands": stands, "records": records, "who": who}
    connection.execute(sa.insert(objection).values(**told, why=why, at=now))
    audit.append(connection, "objection", {**told, "why": audit.sealed(why)}, now)


def _records(connection: sa.Connection, finding_id: str) -> set[str]:
    """Every record that a finding is about, or would change."""
    row = connection.execute(sa.select(finding).where(finding.c.id == finding_id)).first()
    if row is None:
        return set()
    wanted = sa.select(fix.c.target, fix.c.before).join(option, option.c.id == fix.c.option_id)
    fixes = connection.execute(wanted.where(option.c.finding_id == finding_id, option.c.version == row.version)).all()
    duplicates = {str(one.before["duplicate"]) for one in fixes if one.before.get("duplicate")}
    return {row.subject, *row.others, *(one.target for one in fixes), *duplicates}


def _coming_about(connection: sa.Connection, records: Iterable[str]) -> set[str]:
    """The findings about one of these records that are, or may yet be, approved and applied."""
    today = aliases.names(connection)
    wanted = _named(records, today)
    coming = sa.select(finding.c.id, finding.c.subject, finding.c.others).where(finding.c.state.in_(COMING))
    return {row.id for row in connection.execute(coming) if wanted & _named((row.subject, *row.others), today)}


def _named(records: Iterable[str], today: dict[str, str]) -> set[str]:
    return {today.get(one, one) for one in records}


def _finding_of(connection: sa.Connection, fix_id: int) -> str | None:
    wanted = sa.select(option.c.finding_id).join(fix, fix.c.option_id == option.c.id).where(fix.c.id == fix_id)
    found: str | None = connection.execute(wanted).scalar()
    return found
