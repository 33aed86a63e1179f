"""
What HubSpot refuses, in our words.

HubSpot's sentences often repeat what was sent. A message of ours names the category, the properties and the codes, and
says what to do next. Statuses from 500 on never come here: the transport has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from include.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    RateLimited,
    Refusal,
    RollcallError,
    Unauthorized,
)
from include.transport import Answer, retry_after

HOLDER = re.compile(r"Existing ID:\s*(\d+)")
TAKEN = "CONFLICTING_UNIQUE_VALUE"
EXISTS = frozenset({"OBJECT_ALREADY_EXISTS", "CONTACT_EXISTS"})  # seen; under which status was not written down
THERE = "already exists"
STANDS = "what the contact holds by now stands against this change. Look at it there, and approve the change again"
MERGE_CAP = "250 identities"
SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")  # a property's name or a code, and nothing a person could be known by
INVALID = re.compile(r'"(name|error)"\s*:\s*"([A-Za-z][A-Za-z0-9_]*)"')

POLICY = re.compile(r"reached your (\w+) limit", re.IGNORECASE)  # where a 429 names its policy in its sentence alone
NEEDED = re.compile(r"required (property|properties)", re.IGNORECASE)
MOVING_SECONDS = 600.0  # an account that is moved to another region; it may take a day

# What to do about a code, wherever in the refusal it is.
NEXT = {
    "INVALID_EMAIL": "That is no address it would take: correct it",
    "PROPERTY_DOESNT_EXIST": "This account does not have that property: create it there, or leave it out",
    "READ_ONLY_VALUE": "That property cannot be written from outside: change it by hand",
    "INVALID_OPTION": "The property takes only the values in its list: choose one of them",
    "LEADING_TRAILING_WHITESPACE": "The value begins or ends with a blank: take that away",
}
BY_HAND = (
    "The account's own rules for this property are in HubSpot's settings: change the value, or do it there by hand"
)

# A 429 carries no Retry-After: the window of its policy is what must pass. The day ends at midnight of the account.
WINDOWS = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0, "DAILY": 3600.0}


def judge(answer: Answer) -> RollcallError | None:
    """What a complete answer refuses, or None when it is fine."""
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status < 400:
        return _partly(body) if answer.status == 207 else None
    text = str(body.get("message", ""))
    match answer.status:
        case 401:
            return Unauthorized("hubspot does not accept the connection's token; put a valid one into its password")
        case 403:
            scopes = " or ".join(_scopes(body)) or "this needs"
            return NotPermitted(f"hubspot denies access; the key lacks the scope {scopes}. Grant it and try again")
        case 404 | 410:
            return NotFound("hubspot does not have this record")
        case 409 if not _says_taken(body):
            return Conflict(f"hubspot refused: {STANDS} (HTTP 409)")
        case 409:
            return taken(body)
        case 414 if MERGE_CAP in text:
            return Refusal(
                "hubspot merges no more into this contact: it holds the 250 merges that it may. Keep both contacts, or "
                "move what matters to one of them by hand"
            )
        case 423:
            return RateLimited("hubspot has locked this record for the moment", retry_after(answer) or 2.0)
        case 477:
            return RateLimited("hubspot is moving this account elsewhere", retry_after(answer) or MOVING_SECONDS)
        case 429:
            return _too_many(answer, body)
        case _ if _says_taken(body):
            return taken(body)
    if needed := _needed(body):
        return Refusal(
            f"hubspot requires {', '.join(needed)} to be filled in before it takes any change of this record "
            f"(HTTP {answer.status}). Fill in what is missing there, and approve this again"
        )
    told = dict.fromkeys(_details(body))
    says = f"hubspot refused the request with HTTP {answer.status} ({', '.join(told) or 'no reason given'})"
    advice = next((NEXT[code] for code in told if code in NEXT), BY_HAND if INVALID.search(text) else None)
    return Refusal(f"{says}. {advice}" if advice else says)


def _says_taken(body: Mapping[str, Any]) -> bool:
    """Whether a refusal speaks of a contact that is there already."""
    says = [str(part.get("message") or "") for part in (body, *_errors(body))]
    return bool(
        any(TAKEN in text or THERE in text for text in says)
        or TAKEN in _details(body)
        or _names(body) & EXISTS
        or _holders(body)
        or body.get("identityProfile")
    )


def taken(body: Mapping[str, Any]) -> Conflict:
    """An address belongs to another contact, which one HubSpot may tell in any of its sentences."""
    ids = _holders(body)
    profile = body.get("identityProfile")
    if not ids and isinstance(profile, dict) and str(profile.get("vid", "")).isdecimal():
        ids = [str(profile["vid"])]
    message = "hubspot refused: the address already belongs to another contact"
    return Conflict(f"{message} ({ids[0]})", f"hubspot:contact:{ids[0]}") if ids else Conflict(message)


def _holders(body: Mapping[str, Any]) -> list[str]:
    """The ids that HubSpot calls existing, in any of its sentences: those of the contacts that have the address."""
    says = [body.get("message"), *(error.get("message") for error in _errors(body))]
    return [found[1] for text in says if (found := HOLDER.search(str(text or "")))]


def _too_many(answer: Answer, body: Mapping[str, Any]) -> RateLimited:
    said = POLICY.search(str(body.get("message") or ""))
    policy = str(body.get("policyName") or (said[1] if said else "")).upper()
    seconds = retry_after(answer) or WINDOWS.get(policy)
    if policy == "DAILY":
        says = "the day's calls are used up, for every program of this account, until its midnight"
    else:
        says = "it asks us to wait"
    return RateLimited(f"hubspot refused: {says}", seconds)


def _partly(body: Mapping[str, Any]) -> Refusal | None:
    """A batch that was answered in part: what is not there is no failure, anything else that is missing is one."""
    others = [str(error.get("category")) for error in _errors(body) if error.get("category") != "OBJECT_NOT_FOUND"]
    if not others:
        return None
    says = ", ".join(dict.fromkeys(other for other in others if SAFE.fullmatch(other)))
    return Refusal(f"hubspot answered a batch only in part ({says}): what is missing cannot be told from what is gone")


def _needed(body: Mapping[str, Any]) -> list[str]:
    """The properties that must be filled in first, by the account's own rules (2026-09 and later)."""
    text = str(body.get("message", ""))
    embedded = dict(_embedded(text))
    named = [name for name, code in embedded.items() if "REQUIRED" in code]
    for part in (*_errors(body), body):
        if "REQUIRED" in str(part.get("code", "")) or NEEDED.search(str(part.get("message", ""))):
            named += [one for key in ("propertyName", "properties") for one in _context(part, key)]
    return [name for name in dict.fromkeys(named) if SAFE.fullmatch(name)]


def _embedded(text: str) -> Iterator[tuple[str, str]]:
    """The properties and codes that HubSpot puts into its sentence as JSON; nothing where that is cut or no JSON."""
    try:
        told = json.loads(text[text.index("[") :])
    except ValueError:
        return
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict):
            yield str(one.get("name")), str(one.get("error"))


def _errors(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("errors")
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else []


def _names(body: Mapping[str, Any]) -> set[str]:
    """What HubSpot calls the failure as a whole, in either of its places for that."""
    return {str(body.get(name)) for name in ("category", "error")}


def _context(error: Mapping[str, Any], name: str) -> list[str]:
    context = error.get("context")
    values = context.get(name) if isinstance(context, dict) else None
    if isinstance(values, str):  # one was seen as a text by itself
        return [values]
    return [str(value) for value in values] if isinstance(values, list) else []


def _scopes(body: Mapping[str, Any]) -> list[str]:
    places = [*_errors(body), body]
    named = [
        scope
        for part in places
        for name in ("requiredGranularScopes", "requiredScopes", "missingScopes")
        for scope in _context(part, name)
    ]
    return [scope for scope in dict.fromkeys(named) if SAFE.fullmatch(scope.replace("-", "_"))]


def _details(body: Mapping[str, Any]) -> Iterator[str]:
    """The codes and names in a refusal; property failures come as JSON inside the sentence."""
    told: list[Any] = [body.get("category")]
    for part in (*_errors(body), body):
        told += [part.get("code"), *_context(part, "propertyName")]
    told += [found[2] for found in INVALID.finditer(str(body.get("message", "")))]
    yield from (detail for detail in told if isinstance(detail, str) and SAFE.fullmatch(detail))
