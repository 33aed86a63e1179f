"""Findings in the words a reviewer reads: no code's names, no weights without their meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from include import requests as asking
from include.model import IRREVERSIBLE, Action
from include.registrant_change import CONSENT, VERIFY, deadlines
from include.registry import docstring, names, vendors
from include.store import undone

PLATFORMS = vendors()
ACTIONS = {
    Action.SET_EMAIL: "Change the address",
    Action.ADD_EMAIL: "Add an additional address",
    Action.SET_NAME: "Change the name",
    Action.MERGE: "Merge",
    Action.ATTACH: "Attach the order",
    Action.SET_ORDER_EMAIL: "Put the invoice address right",
    Action.INVITE: "Invite to activate the account",
    Action.RESET_ACCESS: "Hand over access",
    Action.ADD_NOTE: "Leave a note on the record",
    Action.CHECK_ACCESS: "See that the client can sign in",
}
FIELDS = {
    "email": "Address",
    "other_emails": "Additional addresses",
    "first_name": "First name",
    "last_name": "Last name",
    "duplicate": "Duplicate",
    "duplicate_email": "Duplicate's address",
    "contact": "Belongs to",
    "state": "Account",
    "note": "Note",
    "access": "Access",
}
STATES = {
    "open": "Open",
    "half_approved": "Waits for a second person",
    "approved": "Approved, not applied yet",
    "rejected": "Rejected",
    "deferred": "Deferred",
    "settled": "Settled",
    "gone": "Gone: no longer seen",
}
LISTS = {
    "open": "Open findings",
    "half_approved": "Findings that wait for a second person",
    "approved": "Approved findings, not applied yet",
    "rejected": "Rejected findings",
    "deferred": "Deferred findings",
    "settled": "Settled findings",
    "gone": "Findings that are no longer seen",
}
OUTCOMES = {
    "planned": "not applied yet",
    "in_flight": "being applied",
    "applied": "applied and read back",
    "already": "was already so",
    "stale": "the record has changed since: nothing was written",
    "refused": "the platform refused",
    "unknown": "unclear: waits to be read back",
    "failed": "failed",
    "held": "held back",
}
CANNOT_BE_UNDONE = frozenset({Action.MERGE, Action.INVITE, Action.RESET_ACCESS})

# A platform's name in a sentence, and not a part of an address, a file or a reference.
NAMED = re.compile(rf"(?<![\w.@:/-])({'|'.join(PLATFORMS)})(?![\w@/-]|[.:]\w)")
JOINERS = "\u200c\u200d"  # what hides nothing: Persian names and family emoji are written with them
LONGEST = 4000


def title(rule: str) -> str:
    """A rule's name as a heading."""
    return rule.replace("_", " ").capitalize()


def rules() -> dict[str, str]:
    """Every rule and its first sentence, as tabs; last what no night finds: what clients, and reviewers, asked for."""
    found = {rule: docstring("rules", rule).partition("\n")[0] for rule in names("rules")}
    return {**found, asking.RULE: asking.ABOUT, undone.RULE: undone.ABOUT}


def record(ref: str) -> str:
    """`hubspot:contact:12` as `HubSpot contact 12`."""
    platform, kind, key = ref.split(":", 2)
    return f"{PLATFORMS.get(platform, platform.capitalize())} {kind} {key}"


def spelled(text: str) -> str:
    """A sentence with the platforms' names as their vendors spell them."""
    return NAMED.sub(lambda match: PLATFORMS[match[1]], text)


def plain(said: Any) -> Any:
    """Text of a platform as it can be shown: what is invisible or turns the line around is named, not done."""
    if not isinstance(said, str) or isinstance(said, Markup):
        return said
    if len(said) > LONGEST:
        said = f"{said[:LONGEST]} … and {len(said) - LONGEST} more characters"
    return "".join(_plain(character) for character in said)


def few(said: Sequence[str], between: str = ", ", most: int = 3) -> str:
    """The first of many, and how many there are more."""
    more = len(said) - most
    return between.join(said[:most]) + (f" and {more} more" if more > 0 else "")


def plainly(said: Any) -> Any:
    """The same for every text of an answer that our own script shows."""
    if isinstance(said, dict):
        return {name: plainly(one) for name, one in said.items()}
    return [plainly(one) for one in said] if isinstance(said, list | tuple) else plain(said)


def _plain(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in "\n\t" + JOINERS
    return f"⟨U+{ord(character):04X}⟩" if hidden else character


def foldable(text: str) -> Markup:
    """Text that may be folded after the @ of an address, rather than within a word."""
    return escape(plain(text)).replace("@", Markup("@<wbr>"))


def value(said: Any) -> str:
    """One value of a record, as text; a list as its parts."""
    if said is None or said == "" or said == []:
        return "(none)"
    if isinstance(said, list):
        return ", ".join(str(part) for part in said)
    text = str(said)
    return record(text) if text.count(":") >= 2 and text.split(":", 1)[0] in PLATFORMS else text


def changes(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a fix changes: field, before, after. Of a note, its text."""
    if action == Action.ADD_NOTE:
        return [{"field": "Note", "before": "", "after": str(after.get("text", ""))}]
    if action == Action.MERGE:
        return [
            {"field": "Goes into this contact", "before": value(before.get("duplicate")), "after": "merged"},
            {"field": "Main address", "before": value(before.get("email")), "after": value(after.get("email"))},
            {"field": "Duplicate's address", "before": value(before.get("duplicate_email")), "after": _kept(before)},
            *_orders(before, after),
        ]
    changed = [
        {"field": FIELDS.get(field, field), "before": value(before.get(field)), "after": value(after.get(field))}
        for field in before
        if before.get(field) != after.get(field)
    ]
    return changed + _of_a_registrant(after)


def _of_a_registrant(after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a registrant's new address needs and sets off; nothing of any other fix."""
    if VERIFY not in after:
        return []
    consent = str(after.get(CONSENT) or "none is written down: until then the registrar is not asked")
    told = [{"field": "Client's consent", "before": "", "after": consent}]
    sets_off = " ".join(deadlines(after, name=after.get("domain")))
    return [*told, {"field": "Sets off", "before": "", "after": sets_off}] if sets_off else told


def _kept(before: Mapping[str, Any]) -> str:
    """What becomes of a duplicate's address: where orders move with a merge, a contact has one address only."""
    return "given up" if "orders" in before else "additional"


def _orders(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """The orders that a merge moves, with the addresses that it writes into them."""
    moved = after.get("orders") or {}
    return [
        {
            "field": f"Address of {record(name)}",
            "before": value(said.get("email")),
            "after": value((moved.get(name) or {}).get("email")),
        }
        for name, said in (before.get("orders") or {}).items()
    ]


def irreversible(action: str) -> bool:
    return action in CANNOT_BE_UNDONE and action in IRREVERSIBLE


def mailed(fixes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The addresses that an option tells of the change, as they are spelled first: old, new, added and removed ones."""
    told: dict[str, str] = {}
    for fix in fixes:
        if fix["action"] in (Action.SET_EMAIL, Action.ADD_EMAIL):
            had, has = ({one.casefold(): one for one in _addresses(fix[side])} for side in ("before", "after"))
            moved = [*(key for key in had if key not in has), *(key for key in has if key not in had)]
            told = {key: (had | has)[key] for key in moved} | told
    return list(told.values())


def _addresses(side: Mapping[str, Any]) -> list[str]:
    return [one for one in (side.get("email"), *(side.get("other_emails") or ())) if one]


STRENGTHS = {"very likely": (0.99, 2.0), "likely": (0.9, 0.99), "possible": (0.5, 0.9), "doubtful": (-1.0, 0.5)}


def strength(confidence: float) -> str:
    """Confidence as a word."""
    return next(word for word, (least, below) in STRENGTHS.items() if least <= confidence < below)


def age(first_night: str, today: date) -> str:
    """How long a finding has been known."""
    days = (today - date.fromisoformat(first_night)).days
    return "tonight" if days <= 0 else "1 day" if days == 1 else f"{days} days"
