"""
What each night did, step by step, as the ledger keeps it: begun, the gates, filed. Counts; nobody's data.

Steps are only added; of a step that was done again the last one counts. It judges no night.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.store.schema import step

if TYPE_CHECKING:
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshot

BEGUN, FILED = "begun", "filed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that came to its end; `problem`: why a gate closed."""

    name: str
    at: datetime
    told: Mapping[str, Any]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """One attempt of a night, with its steps in the order they were done."""

    attempt: str
    steps: Mapping[str, Step] = field(default_factory=dict)

    @property
    def date(self) -> str:
        return self.attempt.partition(".")[0]

    @property
    def filed(self) -> Step | None:
        return self.steps.get(FILED)

    @property
    def stopped(self) -> Step | None:
        """The gate that closed, if the night has not gone on since."""
        last = sorted(self.steps.values(), key=lambda one: one.at)[-1:]
        return last[0] if last and last[0].problem is not None else None


def add(
    connection: sa.Connection,
    attempt: str,
    name: str,
    told: Mapping[str, Any] | None = None,
    problem: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write down a step, in a transaction of `Ledger.write`."""
    values = {"attempt": attempt, "name": name, "told": dict(told or {}), "problem": problem}
    connection.execute(sa.insert(step).values(**values, at=now or datetime.now(UTC)))


def tell(
    ledger: Ledger,
    attempt: str,
    name: str,
    told: Mapping[str, Any] | None = None,
    problem: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write down a step in a transaction of its own."""
    with ledger.write() as connection:
        add(connection, attempt, name, told, problem, now)


def recent(ledger: Ledger, limit: int = 30) -> list[Night]:
    """The newest attempts, the newest first."""
    with ledger.read() as connection:
        newest = sa.select(step.c.attempt).group_by(step.c.attempt).order_by(sa.func.max(step.c.id).desc()).limit(limit)
        return _done(connection, list(connection.execute(newest).scalars()))


def get(ledger: Ledger, attempt: str) -> Night | None:
    """One attempt, or None."""
    with ledger.read() as connection:
        (night,) = _done(connection, [attempt])
    return night if night.steps else None


def trend(ledger: Ledger, limit: int = 14) -> list[Night]:
    """The last nights that were filed, one attempt each, the oldest first."""
    by_date: dict[str, Night] = {}
    for night in recent(ledger, limit * 3):
        if night.filed:
            by_date.setdefault(night.date, night)
    return [by_date[date] for date in sorted(by_date)[-limit:]]


def _done(connection: sa.Connection, attempts: list[str]) -> list[Night]:
    """What was done in each; of a step that was done again, the last time."""
    rows = connection.execute(sa.select(step).where(step.c.attempt.in_(attempts)).order_by(step.c.id))
    done: dict[str, dict[str, Step]] = {attempt: {} for attempt in attempts}
    for row in rows:
        done[row.attempt][row.name] = Step(row.name, row.at, row.told, row.problem)
    return [Night(attempt, steps) for attempt, steps in done.items()]


def facts(snapshot: Snapshot, rules: Collection[str], left_out: Collection[str]) -> dict[str, Any]:
    """What a night pulled, linked and found, and what it could not compare."""
    pulled = {}
    for name in sorted(path.name for path in (snapshot.folder / "raw").iterdir()):
        if (raw := snapshot.raw(name)).complete():
            said = raw.manifest()
            whole = said.planned.since is None
            pulled[name] = {"rows": sum(said.rows.values()), "pages": sum(said.pages.values()), "whole": whole}
    parts = ("contacts", "orders", "people")
    return {
        "pulled": pulled,
        "left_out": sorted(left_out),
        "tables": {name: snapshot.rows(name) for name in parts if snapshot.part(name).complete()},
        "found": {rule: snapshot.findings_of(rule) for rule in rules},
        "not_compared": snapshot.not_compared(),
    }
