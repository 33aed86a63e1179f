"""
How much may be applied at once, and how old an approval may be. Over a cap nothing is applied at all.

It only counts; it never chooses which of too many fixes may go.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from include import notices
from include.model import Action, Fix, FixState
from include.store import fixes, versions

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.fixes import ApprovedOption, KeptFix
    from include.store.ledger import Ledger

DAY_SECONDS = 86_400
TO_APPLY = frozenset({FixState.PLANNED, FixState.HELD})


def cap_of(action: Action, settings: Settings) -> int | None:
    """How many fixes of this action one run may apply; None for notes, which follow what they tell of."""
    match action:
        case Action.SET_EMAIL | Action.ADD_EMAIL | Action.SET_NAME:
            return settings.cap_set_email
        case Action.MERGE:
            return settings.cap_merge
        case Action.ATTACH | Action.SET_ORDER_EMAIL:
            return settings.cap_attach
        case Action.INVITE | Action.RESET_ACCESS:
            return settings.cap_access
        case Action.ADD_NOTE:
            return None
        case _:
            raise ValueError(f"no cap is known for {action}")


def rows(options: Sequence[ApprovedOption], settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """One row a fix that is to be applied, with what the gate holds it to. No personal data."""
    counted = _counted(options)
    crowded = _crowded(options, settings)
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
            "age_days": (now - option.authority.decided_at).total_seconds() / DAY_SECONDS,
            "cap": cap_of(kept.fix.action, settings),
            "in_cap": _within(kept.fix.action, counted, settings) and option.finding_id not in crowded,
        }
        for option in options
        for kept in _to_apply(option)
    ]


def exceeded(options: Sequence[ApprovedOption], settings: Settings) -> list[str]:
    """Each cap that is exceeded, in words."""
    counted = _counted(options)
    told = [
        f"{counted[action]} fixes {action} are approved and the cap is {cap_of(action, settings)}"
        for action in Action
        if not _within(action, counted, settings)
    ]
    if crowded := _crowded(options, settings):
        told.append(
            f"findings {', '.join(sorted(crowded))} move more than {settings.cap_same_address} people to one address"
        )
    return told


def return_too_old(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """Put findings back on the page whose approval is too old to be applied; returns how many. What took is told."""
    oldest = now - timedelta(days=settings.approval_days)
    returned = 0
    for option in fixes.approved(ledger):
        if option.authority.decided_at < oldest:
            took = [kept.fix for kept in option.fixes if kept.state is FixState.APPLIED]
            told = notices.of_change(option.finding_id, option.version, took, settings, now)
            returned += versions.reopen_approved(ledger, option.finding_id, option.version, "too old", now, told)
    return returned


def _to_apply(option: ApprovedOption) -> list[KeptFix]:
    return [kept for kept in option.fixes if kept.state in TO_APPLY]


def _counted(options: Sequence[ApprovedOption]) -> Counter[Action]:
    return Counter(kept.fix.action for option in options for kept in _to_apply(option))


def _within(action: Action, counted: Counter[Action], settings: Settings) -> bool:
    cap = cap_of(action, settings)
    return cap is None or counted[action] <= cap


def _crowded(options: Sequence[ApprovedOption], settings: Settings) -> set[str]:
    """Findings that would move more different people to one new address than the cap allows."""
    moving: dict[str, set[str]] = defaultdict(set)
    for option in options:
        for kept in _to_apply(option):
            for address in _new_addresses(kept.fix):
                moving[address].add(option.finding_id)
    return {id for ids in moving.values() if len(ids) > settings.cap_same_address for id in ids}


def _new_addresses(fix: Fix) -> set[str]:
    match fix.action:
        case Action.SET_EMAIL:
            return {str(fix.after["email"]).casefold()}
        case Action.ADD_EMAIL:
            had = {str(email).casefold() for email in fix.before["other_emails"]}
            return {str(email).casefold() for email in fix.after["other_emails"]} - had
        case _:
            return set()
