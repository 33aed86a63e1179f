"""What goes to whom when an option is carried out, and what became of one that was, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from include.model import Action, Ref
from include.registrant_change import CONSENT, deadlines
from include.review import words
from include.store import consents


def by_platforms(fixes: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the platforms themselves send, beside our own mail."""
    told = []
    for fix in fixes:
        platform = words.PLATFORMS.get(Ref.parse(fix["target"]).platform, "The platform")
        if fix["action"] == Action.INVITE:
            told.append(f"{platform} invites {fix['after'].get('email') or 'the account'} to activate the account.")
        elif fix["action"] == Action.RESET_ACCESS:
            told.append(f"{platform} sends {fix['after'].get('email') or 'the account'} a link to set a new password.")
        elif consents.waits(fix["after"]) or CONSENT in fix["after"]:
            told.append("The registrar may ask the old and the new address to confirm.")
    return list(dict.fromkeys(told))


def asks_consent(fixes: Sequence[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """The fixes that wait for a client's consent, each with what it sets off."""
    return [
        {
            "target": fix["target"],
            "name": fix["after"].get("domain") or words.record(fix["target"]),
            "sets_off": list(deadlines(fix["after"], today, fix["after"].get("domain"))),
        }
        for fix in fixes
        if consents.waits(fix["after"])
    ]


def became(states: Sequence[str]) -> str | None:
    """What became of the fixes of an approved option, as one sentence; None where there are none."""
    if not states:
        return None
    counted = Counter(words.OUTCOMES[state] for state in states)
    if len(counted) == 1:
        (only,) = counted
        return f"All {len(states)} changes: {only}." if len(states) > 1 else f"The one change: {only}."
    return f"Of {len(states)} changes: {', '.join(f'{number} {said}' for said, number in counted.items())}."
