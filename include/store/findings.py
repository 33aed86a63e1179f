"""
Findings as the ledger holds them: listed, read whole, counted.

Filing them is `filing`'s, deciding on them `decisions`'; both are named here for those who look for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.store import four_eyes, listing
from include.store.filing import Filed, file
from include.store.listing import Filters
from include.store.schema import decision, finding, fix, option, receipt

if TYPE_CHECKING:
    from include.store.ledger import Ledger

__all__ = [
    "DecisionRow", "Filed", "FindingRow", "FixRow", "OptionRow", "counts", "cursor", "file", "get", "page", "settled",
]  # fmt: skip

MANY = 500  # ids in one question to the database


@dataclass(frozen=True, slots=True)
class FixRow:
    """
    A fix, and what became of it: `detail` is the newest receipt's, also of the version before this one.

    `moved`: the names of fields that, by the same receipt, changed on the record though the fix does not speak of them.
    """

    id: int
    target: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    state: str
    detail: str | None
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionRow:
    """
    One way to settle a finding; `hash` is what a decision is bound to, `people` how many must agree. `made_from`: the
    number of the option that it is with the client's consent in it.
    """

    number: int
    label: str
    hash: str
    fixes: tuple[FixRow, ...]
    people: int = 1
    made_from: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Who decided what, on which version; `option_hash` is the approved option's."""

    version: int
    verdict: str
    reviewer: str
    reason: str | None
    until: str | None
    at: datetime
    option_hash: str | None
    consents: tuple[Mapping[str, str], ...] = ()
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the options of its newest version and the decisions on all of them."""

    id: str
    key: str
    rule: str
    subject: str
    others: tuple[str, ...]
    confidence: float
    because: tuple[Mapping[str, Any], ...]
    options: tuple[OptionRow, ...]
    recommended: int | None
    state: str
    until: str | None
    version: int
    shape: str
    first_night: str
    last_night: str
    decisions: tuple[DecisionRow, ...]


def page(
    ledger: Ledger,
    *,
    state: str = "open",
    rule: str | None = None,
    after: str | None = None,
    limit: int = 50,
    filters: Filters | None = None,
) -> list[FindingRow]:
    """Findings in `state`, or what `filters` let through, by rule. `after`: the `cursor` of the page before's last."""
    with ledger.read() as connection:
        rows = listing.following(connection, filters or Filters(state, rule), after, limit)
        return _whole(connection, rows)


def cursor(row: FindingRow) -> str:
    """What to ask the next page with."""
    return row.id


def get(ledger: Ledger, id: str) -> FindingRow | None:
    """One finding, or None."""
    with ledger.read() as connection:
        rows = _whole(connection, connection.execute(sa.select(finding).where(finding.c.id == id)).all())
    return rows[0] if rows else None


def settled(ledger: Ledger) -> list[FindingRow]:
    """Every finding whose approved fixes have all taken."""
    with ledger.read() as connection:
        wanted = sa.select(finding).where(finding.c.state == "settled").order_by(finding.c.rule, finding.c.id)
        return _whole(connection, connection.execute(wanted).all())


def counts(ledger: Ledger) -> dict[str, dict[str, int]]:
    """How many findings each rule has in each state."""
    told: dict[str, dict[str, int]] = {}
    grouped = sa.select(finding.c.rule, finding.c.state, sa.func.count()).group_by(finding.c.rule, finding.c.state)
    with ledger.read() as connection:
        for rule, state, number in connection.execute(grouped.order_by(finding.c.rule, finding.c.state)):
            told.setdefault(rule, {})[state] = number
    return told


def _whole(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[FindingRow]:
    ids = [row.id for row in rows]
    options: dict[str, list[OptionRow]] = {}
    decisions: dict[str, list[DecisionRow]] = {}
    for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
        for id, one in _options(connection, part):
            options.setdefault(id, []).append(one)
        said = sa.select(decision).where(decision.c.finding_id.in_(part)).order_by(decision.c.id)
        for row in connection.execute(said):
            decisions.setdefault(row.finding_id, []).append(
                DecisionRow(
                    row.version,
                    row.verdict,
                    row.reviewer,
                    row.reason,
                    row.until,
                    row.at,
                    row.option_hash,
                    tuple(row.consents or ()),
                    row.not_before,
                )
            )
    return [
        FindingRow(
            id=row.id,
            key=row.key,
            rule=row.rule,
            subject=row.subject,
            others=tuple(row.others),
            confidence=row.confidence,
            because=tuple(row.because),
            options=tuple(options.get(row.id, ())),
            recommended=row.recommended,
            state=row.state,
            until=row.until,
            version=row.version,
            shape=row.shape,
            first_night=row.first_night,
            last_night=row.last_night,
            decisions=tuple(decisions.get(row.id, ())),
        )
        for row in rows
    ]


def _options(connection: sa.Connection, ids: Sequence[str]) -> Iterable[tuple[str, OptionRow]]:
    """The options of the newest version of each of these findings, with their finding's id."""
    newest = sa.and_(option.c.finding_id == finding.c.id, option.c.version == finding.c.version)
    options = connection.execute(
        sa.select(option)
        .join(finding, newest)
        .where(finding.c.id.in_(ids))
        .order_by(option.c.finding_id, option.c.number)
    ).all()
    fixes: dict[int, list[FixRow]] = {}
    held = connection.execute(
        sa.select(fix)
        .join(option, fix.c.option_id == option.c.id)
        .join(finding, newest)
        .where(finding.c.id.in_(ids))
        .order_by(fix.c.option_id, fix.c.position)
    ).all()
    told = _told(connection, held)
    for row in held:
        detail, moved = told.get(row.id, (None, ()))
        one = FixRow(row.id, row.target, row.action, row.before, row.after, row.state, detail, moved)
        fixes.setdefault(row.option_id, []).append(one)
    for row in options:
        own = tuple(fixes.get(row.id, ()))
        people = four_eyes.needed((one.action for one in own), row.people)
        yield row.finding_id, OptionRow(row.number, row.label, row.hash, own, people, row.made_from)


def _told(connection: sa.Connection, fixes: Sequence[sa.Row[Any]]) -> dict[int, tuple[str | None, tuple[str, ...]]]:
    """What the newest receipt says about each fix; where it has none yet, that of it in the version before."""
    asked = sorted({id for row in fixes for id in (row.id, row.earlier) if id is not None})
    receipts: dict[int, sa.Row[Any]] = {}
    for part in (asked[at : at + MANY] for at in range(0, len(asked), MANY)):
        wanted = sa.select(receipt).where(receipt.c.fix_id.in_(part)).order_by(receipt.c.id)
        receipts |= {row.fix_id: row for row in connection.execute(wanted)}
    told: dict[int, tuple[str | None, tuple[str, ...]]] = {}
    for row in fixes:
        if own := receipts.get(row.id):
            told[row.id] = (own.detail or None, tuple(own.moved))
        elif (before := receipts.get(row.earlier)) and (before.detail or before.moved):
            told[row.id] = (f"When it was approved before: {before.detail or before.outcome}", tuple(before.moved))
    return told
