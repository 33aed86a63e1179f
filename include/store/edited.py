"""Whether more of a record changed, while a fix was applied to it, than the fix speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.store.schema import fix, receipt

if TYPE_CHECKING:
    from include.store.fixes import ApprovedOption
    from include.store.ledger import Ledger


def meanwhile(ledger: Ledger, one: ApprovedOption) -> str | None:
    """The first record of an option that somebody edited while it was changed, by reference."""
    wanted = sa.select(fix.c.target, receipt.c.moved).join(receipt, receipt.c.fix_id == fix.c.id)
    ids = [kept.id for kept in one.fixes]
    with ledger.read() as connection:
        rows = connection.execute(wanted.where(fix.c.id.in_(ids)).order_by(receipt.c.id)).all()
    return next((str(row.target) for row in rows if row.moved), None)
