"""The sandbox's write log held against the ledger: exactly the fixes that were approved and applied, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from include.model import Action, Fix

KINDS = {Action.ADD_NOTE: "note", Action.MERGE: "merge", Action.ATTACH: "attach", Action.INVITE: "invite"}
NOTES = frozenset({"note", "notes", "staff_notes"})


def differences(writes: Iterable[Mapping[str, Any]], fixes: Iterable[Fix], aliases: Mapping[str, str]) -> list[str]:
    """What the platforms saw and the ledger does not account for, or the other way round; empty when all agrees."""
    seen = Counter(_seen(write, aliases) for write in writes)
    wanted = Counter(name for fix in fixes for name in _wanted(fix, aliases))
    return [
        *(f"{name}: written {seen[name]} times, approved {wanted[name]} times" for name in sorted(seen - wanted)),
        *(f"{name}: approved {wanted[name]} times, written {seen[name]} times" for name in sorted(wanted - seen)),
    ]


def _seen(write: Mapping[str, Any], aliases: Mapping[str, str]) -> str:
    kind = "note" if write["changed"] and set(write["changed"]) <= NOTES else write["action"]
    return f"{kind} {_name(write['record'], aliases)} {write['effect']}"


def _wanted(fix: Fix, aliases: Mapping[str, str]) -> list[str]:
    record = _name(str(fix.target), aliases)
    told = [f"{KINDS.get(fix.action, 'update')} {record} applied"]
    if fix.action is Action.ADD_NOTE and fix.target.platform == "whmcs":
        told.append(f"log {record} applied")  # the activity log is what shows that the note was written
    return told


def _name(record: str, aliases: Mapping[str, str]) -> str:
    """What a record is called today: merged contacts go on under another name."""
    return aliases.get(record, record)
