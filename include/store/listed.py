"""All findings and all receipts, in parts that fit in memory, for whoever lists everything. It reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.store.schema import decision, finding, fix, option, receipt

if TYPE_CHECKING:
    from include.store.ledger import Ledger

MANY = 500


def findings(ledger: Ledger, state: str | None = None) -> Iterator[sa.Row[Any]]:
    """Every finding with its recommended option's label and its last decision, by id."""
    said = decision.alias()
    newest = sa.select(sa.func.max(said.c.id)).where(said.c.finding_id == finding.c.id).correlate(finding)
    wanted = (
        sa.select(
            finding,
            option.c.label.label("proposed"),
            *(decision.c[name].label(f"decision_{name}") for name in ("verdict", "reviewer", "reason", "until", "at")),
        )
        .outerjoin(
            option,
            sa.and_(
                option.c.finding_id == finding.c.id,
                option.c.version == finding.c.version,
                option.c.number == finding.c.recommended,
            ),
        )
        .outerjoin(decision, decision.c.id == newest.scalar_subquery())
        .order_by(finding.c.id)
        .limit(MANY)
    )
    if state is not None:
        wanted = wanted.where(finding.c.state == state)
    yield from _all(ledger, wanted, finding.c.id)


def receipts(ledger: Ledger) -> Iterator[sa.Row[Any]]:
    """Every receipt with its fix and its finding, in the order they were written."""
    wanted = (
        sa.select(receipt, fix.c.target, fix.c.action, fix.c.before, fix.c.after, option.c.finding_id, finding.c.rule)
        .join(fix, fix.c.id == receipt.c.fix_id)
        .join(option, option.c.id == fix.c.option_id)
        .join(finding, finding.c.id == option.c.finding_id)
        .order_by(receipt.c.id)
        .limit(MANY)
    )
    yield from _all(ledger, wanted, receipt.c.id)


def _all(ledger: Ledger, wanted: sa.Select[Any], key: sa.Column[Any]) -> Iterator[sa.Row[Any]]:
    """Part after part, each a question of its own: nobody waits for whoever reads slowly."""
    part = wanted
    while True:
        with ledger.read() as connection:
            rows = connection.execute(part).all()
        yield from rows
        if len(rows) < MANY:
            return
        part = wanted.where(key > rows[-1].id)
