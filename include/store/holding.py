"""
Approved options that have to wait: until the old address has had time to object, or for an objection to be lifted.

They are left as they are, and counted; no cap counts them. What is approved and need not wait is handed on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from include.store import objections

if TYPE_CHECKING:
    from include.store.fixes import ApprovedOption
    from include.store.ledger import Ledger

COOLING, OBJECTED = "cooling_off", "objected"


def apart(
    ledger: Ledger, options: Iterable[ApprovedOption], now: datetime
) -> tuple[list[ApprovedOption], Counter[str]]:
    """What may be applied now, in its order; and by why it waits, how many fixes of the rest do."""
    told = list(options)
    frozen = objections.frozen(ledger, [one.finding_id for one in told])
    ready: list[ApprovedOption] = []
    waiting: Counter[str] = Counter()
    for one in told:
        if one.finding_id in frozen:
            waiting[OBJECTED] += _number(one)
        elif one.not_before is not None and now < one.not_before:
            waiting[COOLING] += _number(one)
        else:
            ready.append(one)
    return ready, waiting


def _number(one: ApprovedOption) -> int:
    return sum(not kept.took for kept in one.fixes)
