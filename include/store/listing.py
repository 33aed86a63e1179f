"""
Which findings a list shows and in which order: by rule, the surest first; read from where the page before ended.

A page costs the same however far down it is: the database seeks to the last finding of the page before and reads on.
What is looked for travels in no URL. It builds questions; `findings` asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import canonical
from include.store.schema import dossier, finding

if TYPE_CHECKING:
    from include.store.ledger import Ledger

ORDER = (finding.c.rule, finding.c.doubt, finding.c.id)
LONGEST_SEARCH, MOST_WORDS = 200, 8


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What a list is of. `confidence`: from (inclusive) and up to (exclusive). `seen_from` and `seen_until`: the days
    between which a finding was first seen. `shape`: as equal findings have it. `sought`: words that all are found
    somewhere in a finding's references, names and addresses.
    """

    state: str = "open"
    rule: str | None = None
    confidence: tuple[float, float] | None = None
    platform: str | None = None
    seen_from: date | None = None
    seen_until: date | None = None
    shape: str | None = None
    sought: str | None = None


def question(filters: Filters) -> sa.Select[Any]:
    """Every finding that the filters let through, in no order yet."""
    wanted = sa.select(finding).where(finding.c.state == filters.state)
    if filters.rule is not None:
        wanted = wanted.where(finding.c.rule == filters.rule)
    if filters.shape is not None:
        wanted = wanted.where(finding.c.shape == filters.shape)
    if filters.confidence is not None:
        least, below = filters.confidence
        wanted = wanted.where(finding.c.confidence >= least, finding.c.confidence < below)
    if filters.platform is not None:
        wanted = wanted.where(finding.c.platforms.contains(f" {filters.platform} ", autoescape=True))
    if filters.seen_from is not None:
        wanted = wanted.where(finding.c.first_night >= filters.seen_from.isoformat())
    if filters.seen_until is not None:
        wanted = wanted.where(finding.c.first_night <= filters.seen_until.isoformat())
    for word in (filters.sought or "")[:LONGEST_SEARCH].casefold().split()[:MOST_WORDS]:
        wanted = wanted.where(_names(word))
    return wanted


def _names(word: str) -> sa.ColumnElement[bool]:
    """Whether a finding is found by this word: in its key, or in what is kept to find it by."""
    kept = sa.type_coerce(dossier.c.sought, sa.Text).contains(canonical(word)[1:-1], autoescape=True)
    beside = sa.exists().where(dossier.c.finding_id == finding.c.id, kept)
    if not word.isprintable():  # no key has such characters, and PostgreSQL takes none that is not a letter at all
        return beside
    return sa.or_(finding.c.key.contains(word, autoescape=True), beside)


def following(connection: sa.Connection, filters: Filters, after: str | None, limit: int) -> list[sa.Row[Any]]:
    """The next findings after the one of this id, or the first ones."""
    wanted = question(filters).order_by(*ORDER).limit(limit)
    return list(connection.execute(_beyond(connection, wanted, after, sa.tuple_(*ORDER).__gt__)))


def neighbours(ledger: Ledger, filters: Filters, id: str) -> tuple[str | None, str | None]:
    """The ids before and after a finding in a list, whether it is still in the list itself or not."""
    ids = question(filters).with_only_columns(finding.c.id)
    back = ids.order_by(*(column.desc() for column in ORDER)).limit(1)
    on = ids.order_by(*ORDER).limit(1)
    with ledger.read() as connection:
        before = connection.execute(_beyond(connection, back, id, sa.tuple_(*ORDER).__lt__)).scalar()
        after = connection.execute(_beyond(connection, on, id, sa.tuple_(*ORDER).__gt__)).scalar()
    return before, after


def _beyond(connection: sa.Connection, wanted: sa.Select[Any], id: str | None, side: Any) -> sa.Select[Any]:
    if id is None:
        return wanted
    here = connection.execute(sa.select(*ORDER).where(finding.c.id == id)).first()
    if here is None:
        return wanted.where(sa.false())
    return wanted.where(side(sa.tuple_(*here)))


def number(ledger: Ledger, filters: Filters) -> int:
    """How many findings the filters let through."""
    counted = question(filters).with_only_columns(sa.func.count())
    with ledger.read() as connection:
        return int(connection.execute(counted).scalar_one())


def oldest(ledger: Ledger, state: str) -> dict[str, str]:
    """By rule, the night in which the oldest finding of this state was first seen."""
    asked = sa.select(finding.c.rule, sa.func.min(finding.c.first_night)).where(finding.c.state == state)
    with ledger.read() as connection:
        return {rule: night for rule, night in connection.execute(asked.group_by(finding.c.rule))}


def days(older: int | None = None, younger: int | None = None, *, today: date) -> dict[str, date]:
    """The bounds of findings that are at least or at most so many days old."""
    told = {}
    if older is not None:
        told["seen_until"] = today - timedelta(older)
    if younger is not None:
        told["seen_from"] = today - timedelta(younger)
    return told
