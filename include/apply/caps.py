"""
How much may be applied at once and within a day. Over a cap nothing is applied at all.

It only counts; it never chooses which of too many fixes may go. A day is the 24 hours before the run: what was sent in
them counts, whatever became of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.apply import crowding
from include.limits import cap_of
from include.model import Action, FixState
from include.store import sent

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.fixes import ApprovedOption, KeptFix
    from include.store.ledger import Ledger
    from include.store.sent import Sent

DAY = timedelta(days=1)
TO_APPLY = frozenset({FixState.PLANNED, FixState.HELD})


def lately(ledger: Ledger, now: datetime) -> list[Sent]:
    """What was sent within the day that ends now."""
    return sent.since(ledger, now - DAY)


def rows(
    options: Sequence[ApprovedOption], settings: Settings, now: datetime, before: Sequence[Sent]
) -> list[dict[str, Any]]:
    """One row a fix that is to be applied, with what the gate holds it to. No personal data."""
    over = _over(options, settings, before)
    crowded = crowding.crowded(_moving(options), before, settings)
    return [
        {
            "fix_id": kept.id,
            "platform": kept.fix.target.platform,
            "action": str(kept.fix.action),
            "target": str(kept.fix.target),
            "option_hash": option.hash,
            "approved_hash": option.approved_hash,
            "approvals": option.approvals,
            "needed": option.needed,
            "age_days": (now - option.since) / DAY,
            "in_cap": kept.fix.action not in over and option.finding_id not in crowded,
        }
        for option in options
        for kept in _to_apply(option)
    ]


def exceeded(options: Sequence[ApprovedOption], settings: Settings, before: Sequence[Sent]) -> list[str]:
    """Each cap that is exceeded, in words."""
    crowded = crowding.crowded(_moving(options), before, settings)
    told = list(_over(options, settings, before).values())
    return [*told, *crowding.in_words(crowded, settings)]


def _to_apply(option: ApprovedOption) -> list[KeptFix]:
    return [kept for kept in option.fixes if kept.state in TO_APPLY]


def _moving(options: Sequence[ApprovedOption]) -> list[crowding.Move]:
    return [crowding.Move(option.finding_id, kept.fix) for option in options for kept in _to_apply(option)]


def _over(options: Sequence[ApprovedOption], settings: Settings, before: Sequence[Sent]) -> dict[Action, str]:
    """The actions of which too many are approved, and in words how many."""
    counted = Counter(kept.fix.action for option in options for kept in _to_apply(option))
    used = Counter(one.action for one in before)
    told: dict[Action, str] = {}
    for action, number in counted.items():
        cap = cap_of(action, settings)
        if cap is None:
            continue
        if number > cap.run:
            told[action] = f"{number} fixes {action} are approved and the cap of a run is {cap.run}"
        elif number + used[action] > cap.day:
            told[action] = (
                f"{number} fixes {action} are approved, {used[action]} were sent within the last 24 hours, and the cap "
                f"of a day is {cap.day}"
            )
    return told
