"""
Changes of an address that a platform refused, and that somebody still wants: their finding is not over.

It reads only. What may follow from a refusal is for `rules` to propose and for people to decide.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.model import Action, Fix, FixState, Ref
from include.store.filing import CLOSED
from include.store.schema import finding, fix, option

if TYPE_CHECKING:
    from include.store.ledger import Ledger

ADDRESSES = (str(Action.SET_EMAIL), str(Action.ADD_EMAIL))
OVER = ("settled", "gone", "rejected")


def addresses(ledger: Ledger) -> list[Fix]:
    """Every refused change of an address, also of an earlier version, of findings that are not over."""
    wanted = (
        sa.select(fix.c.target, fix.c.action, fix.c.before, fix.c.after)
        .join(option, option.c.id == fix.c.option_id)
        .join(finding, finding.c.id == option.c.finding_id)
        .where(fix.c.state == str(FixState.REFUSED), fix.c.action.in_(ADDRESSES), finding.c.state.not_in(OVER))
        .order_by(fix.c.id)
    )
    with ledger.read() as connection:
        rows = connection.execute(wanted).all()
    return [Fix(Ref.parse(row.target), Action(row.action), row.before, row.after) for row in rows]


def asked_already(ledger: Ledger, rule: str, refs: Set[Ref]) -> bool:
    """Whether a finding of `rule` that is not closed is about all of these records; a rejected one has its answer."""
    wanted = sa.select(finding.c.subject, finding.c.others)
    with ledger.read() as connection:
        rows = connection.execute(wanted.where(finding.c.rule == rule, finding.c.state.not_in(CLOSED))).all()
    return any({str(ref) for ref in refs} <= {row.subject, *row.others} for row in rows)
