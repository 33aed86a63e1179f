"""
What Shopify refuses, in our words.

Messages name the operation, the field and what to do; a sentence of Shopify's is quoted only if it repeats nothing
that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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

SCOPE = re.compile(r"`?\b((?:read|write)_[a-z_]+)\b`?")
UNSAFE = re.compile(r"@|\d{6}")  # an address or a number in a sentence: not to be repeated

BY_STATUS: Mapping[int, tuple[type[RollcallError], str]] = {
    400: (Refusal, "did not understand the request"),
    401: (Unauthorized, "does not accept the connection's access token; put a valid one into its password"),
    402: (NotPermitted, "says the shop is frozen; its owner has to settle the bill"),
    403: (NotPermitted, "forbids this; check the app's scopes and that it is installed"),
    404: (Refusal, "knows no such address; check the connection's host and api_version"),
    423: (NotPermitted, "says the shop is locked"),
}


def judge(answer: Answer) -> RollcallError | None:
    """What a complete answer refuses as a whole, or None. `userErrors` and partial data are the operation's."""
    if answer.status == 429:
        return RateLimited("shopify asks to wait", retry_after(answer))
    if answer.status in BY_STATUS:
        kind, says = BY_STATUS[answer.status]
        return kind(f"shopify {says} (HTTP {answer.status})")
    if answer.status >= 400:
        return Refusal(f"shopify refused the request with HTTP {answer.status}")
    body = answer.body
    if not isinstance(body, dict) or not isinstance(errors := body.get("errors"), list) or _anything(body):
        return None
    return _refused_whole([error for error in errors if isinstance(error, dict)], body)


def refused(root: str, problems: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]) -> RollcallError:
    """What a mutation's `userErrors` mean. The first one names the kind; all are told."""
    first = problems[0]
    says = "; ".join(_says(problem, variables) for problem in problems)
    message = f"shopify refused {root}: {says}"
    text, code = str(first.get("message", "")), first.get("code")
    if code == "NOT_FOUND" or "does not exist" in text or "can't be found" in text:
        return NotFound(message)
    if code == "TAKEN" or "already been taken" in text:
        return Conflict(message)
    return Refusal(message)


def _refused_whole(errors: Sequence[Mapping[str, Any]], body: Mapping[str, Any]) -> RollcallError | None:
    codes = {str((error.get("extensions") or {}).get("code")) for error in errors}
    if "THROTTLED" in codes:
        return RateLimited("shopify asks to wait: the bucket of points is empty", _refill(body))
    if "ACCESS_DENIED" in codes:
        scopes = sorted({scope for error in errors for scope in SCOPE.findall(str(error.get("message", "")))})
        return NotPermitted(f"shopify denies access; the app needs the scope {' or '.join(scopes) or 'it lacks'}")
    if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT", "None"}:
        return None  # nobody knows what became of it: the operation decides
    fields = sorted({".".join(map(str, problem.get("path", ()))) for e in errors for problem in _problems(e)})
    where = f" at {', '.join(filter(None, fields))}" if any(fields) else ""
    return Refusal(f"shopify does not accept the request ({', '.join(sorted(codes))}){where}")


def _problems(error: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return (error.get("extensions") or {}).get("problems") or ()


def _anything(body: Mapping[str, Any]) -> bool:
    data = body.get("data")
    return isinstance(data, dict) and any(value is not None for value in data.values())


def _refill(body: Mapping[str, Any]) -> float:
    cost = (body.get("extensions") or {}).get("cost") or {}
    bucket = cost.get("throttleStatus") or {}
    short = float(cost.get("requestedQueryCost") or 0) - float(bucket.get("currentlyAvailable") or 0)
    return max(1.0, short / float(bucket.get("restoreRate") or 50))


def _says(problem: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    field = ".".join(map(str, problem.get("field") or ())) or "the record"
    text = str(problem.get("message", ""))
    if UNSAFE.search(text) or any(sent.casefold() in text.casefold() for sent in _texts(variables)):
        return f"{field} ({problem.get('code') or 'no code'})"
    return f"{field}: {text}"


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str() if value:
            yield value
        case Mapping():
            yield from _texts(list(value.values()))
        case list():
            for inner in value:
                yield from _texts(inner)
        case _:
            return
