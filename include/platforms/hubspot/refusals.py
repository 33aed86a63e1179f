"""
What HubSpot refuses, in our words.

HubSpot's sentences often repeat what was sent. A message of ours names the category, the properties and the codes.
"""

from __future__ import annotations

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
MERGE_CAP = "250 identities"
SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")  # a property's name or a code, and nothing a person could be known by
INVALID = re.compile(r'"(name|error)"\s*:\s*"([A-Za-z][A-Za-z0-9_]*)"')

# A 429 carries no Retry-After: the window of its policy is what must pass. The day ends at midnight of the account.
WINDOWS = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0, "DAILY": 3600.0}


def judge(answer: Answer) -> RollcallError | None:
    """What a complete answer refuses, or None when it is fine."""
    if answer.status < 400:
        return None
    body = answer.body if isinstance(answer.body, dict) else {}
    text = str(body.get("message", ""))
    match answer.status:
        case 401:
            return Unauthorized("hubspot does not accept the connection's token; put a valid one into its password")
        case 403:
            scopes = " or ".join(_scopes(body)) or "this needs"
            return NotPermitted(f"hubspot denies access; the key lacks the scope {scopes}. Grant it and try again")
        case 404:
            return NotFound("hubspot does not have this record")
        case 409:
            return taken(body)
        case 414 if MERGE_CAP in text:
            return Refusal("hubspot merges no more into this contact: it holds the 250 merges that it may")
        case 423 | 477:
            return RateLimited("hubspot has locked this account for the moment", retry_after(answer) or 2.0)
        case 429:
            return _too_many(answer, body)
        case _ if TAKEN in text or TAKEN in _details(body) or _names(body) & EXISTS:
            return taken(body)
    says = ", ".join(dict.fromkeys(_details(body))) or "no reason given"
    return Refusal(f"hubspot refused the request with HTTP {answer.status} ({says})")


def taken(body: Mapping[str, Any]) -> Conflict:
    """An address belongs to another contact, which one HubSpot may tell in any of its sentences."""
    says = [body.get("message"), *(error.get("message") for error in _errors(body))]
    ids = [found[1] for text in says if (found := HOLDER.search(str(text or "")))]
    profile = body.get("identityProfile")
    if not ids and isinstance(profile, dict) and str(profile.get("vid", "")).isdecimal():
        ids = [str(profile["vid"])]
    message = "hubspot refused: the address already belongs to another contact"
    return Conflict(f"{message} ({ids[0]})", f"hubspot:contact:{ids[0]}") if ids else Conflict(message)


def _too_many(answer: Answer, body: Mapping[str, Any]) -> RateLimited:
    policy = str(body.get("policyName") or "")
    seconds = retry_after(answer) or WINDOWS.get(policy)
    says = "the day's calls are used up" if policy == "DAILY" else "it asks us to wait"
    return RateLimited(f"hubspot refused: {says}", seconds)


def _errors(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("errors")
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else []


def _names(body: Mapping[str, Any]) -> set[str]:
    """What HubSpot calls the failure as a whole, in either of its places for that."""
    return {str(body.get(name)) for name in ("category", "error")}


def _context(error: Mapping[str, Any], name: str) -> list[str]:
    context = error.get("context")
    values = context.get(name) if isinstance(context, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []


def _scopes(body: Mapping[str, Any]) -> list[str]:
    named = [scope for error in _errors(body) for scope in _context(error, "requiredGranularScopes")]
    return [scope for scope in dict.fromkeys(named) if SAFE.fullmatch(scope.replace("-", "_"))]


def _details(body: Mapping[str, Any]) -> Iterator[str]:
    """The codes and names in a refusal; property failures come as JSON inside the sentence."""
    told: list[Any] = [body.get("category")]
    for error in _errors(body):
        told += [error.get("code"), *_context(error, "propertyName")]
    told += [found[2] for found in INVALID.finditer(str(body.get("message", "")))]
    yield from (detail for detail in told if isinstance(detail, str) and SAFE.fullmatch(detail))
