"""
Whether a record reads as a fix found it, or as the fix leaves it. Pure: it asks no platform anything.

Values are compared exactly, unless the platform itself documents that it keeps them in another form (`fixes.same`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from include.model import Action, Authority, Fix

ABSENT = object()


def reads_before(module: ModuleType, fix: Fix, read: Mapping[str, Any]) -> bool:
    """Nothing the fix speaks of has changed since it was found."""
    return not differing(module, fix, read)


def reads_after(module: ModuleType, fix: Fix, read: Mapping[str, Any]) -> bool:
    """The record is as the fix would leave it."""
    return bool(read) and not differing(module, fix, read, "after")


def differing(module: ModuleType, fix: Fix, read: Mapping[str, Any], side: str = "before") -> list[str]:
    """Names of the fields that do not read as the fix has them on that side."""
    told: Mapping[str, Any] = getattr(fix, side)
    names = read.keys() if side == "after" else told.keys()
    return sorted(
        name for name in names if not _same(module, fix.action, name, read.get(name, ABSENT), told.get(name, ABSENT))
    )


def moved(module: ModuleType, fix: Fix, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Names of the record's fields that changed though this fix has no business with them."""
    allowed = module.CAN.get(fix.action, frozenset())
    if before is None or "*" in allowed:
        return []
    names = (before.keys() | after.keys()) - allowed
    return sorted(name for name in names if before.get(name) != after.get(name))


def signed(fix: Fix, authority: Authority) -> Fix:
    """A note with by whose word it is there: who approved, when and why. Any other fix as it is."""
    if fix.action is not Action.ADD_NOTE:
        return fix
    who = " and ".join(authority.reviewers)
    when = authority.decided_at.strftime("%Y-%m-%d %H:%M UTC")
    said = f"Approved by {who} on {when}: {authority.reason} (finding {authority.finding_id})."
    return replace(fix, after={**fix.after, "text": f"{fix.after.get('text', '')} {said}".strip()})


def _same(module: ModuleType, action: Action, name: str, a: Any, b: Any) -> bool:
    if a is ABSENT or b is ABSENT:
        return a is b
    same = getattr(module, "same", None)
    return bool(same(action, name, a, b)) if same is not None else bool(a == b)
