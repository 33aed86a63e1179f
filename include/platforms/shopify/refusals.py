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
    UnclearOutcome,
    UnexpectedAnswer,
    Unreachable,
)
from include.transport import Answer, retry_after

SCOPE = re.compile(r"`?\b((?:read|write|unauthenticated)_[a-z_]+)\b`?")
UNSAFE = re.compile(r"@|\d{6}")  # an address or a number in a sentence: not to be repeated

OAUTH = re.compile(rb"Oauth error ([a-z_]{1,40})\b", re.IGNORECASE)  # on the page that says why there is no token
CODE = re.compile(r"[a-z_]{1,40}")

Words = tuple[type[RollcallError], str]

REPLACE = (
    "put a valid one into its password or, for an app of the Dev Dashboard, whose tokens end after a day, the app's "
    "client id into its login and the client secret into its password"
)
CLIENT = "does not accept the app's client id and secret; check the connection's login and password"

# Why an app is given no token (shopify.dev, get-api-access-tokens, and people's reports; seen 2026-11).
BY_OAUTH: Mapping[str, Words] = {
    "invalid_client": (Unauthorized, f"{CLIENT}, and that the app is installed"),
    "application_cannot_be_found": (Unauthorized, CLIENT),
    "app_not_installed": (NotPermitted, "gives the app no access token; install it in this shop first"),
    "shop_not_permitted": (
        NotPermitted,
        "gives the app no access token for this shop; both must belong to one organisation of the Dev Dashboard",
    ),
}

# https://shopify.dev/docs/api/usage/response-codes (seen 2026-11). 5xx never get here.
BY_STATUS: Mapping[int, Words] = {
    400: (Refusal, "did not understand the request"),
    401: (Unauthorized, f"does not accept the connection's access token; {REPLACE}"),
    402: (NotPermitted, "says the shop is frozen; its owner has to settle the bill"),
    403: (NotPermitted, "forbids this; check the app's scopes and that it is installed"),
    404: (Refusal, "knows no such address; check the connection's host and api_version"),
    405: (Refusal, "takes no such request at this address; check the connection's host"),
    406: (Refusal, "takes no such request at this address; check the connection's host"),
    413: (Refusal, "finds the request too large"),
    414: (Refusal, "finds the address too long; check the connection's host"),
    415: (Refusal, "did not understand the form of the request"),
    422: (Refusal, "did not understand the request"),
    423: (NotPermitted, "says the shop is locked; its owner has to ask Shopify's support"),
    430: (NotPermitted, "took the request for an attack; ask Shopify's support before the next run"),
}

# The code of an error beside no data at all. What is not here is told by its code.
BY_CODE: Mapping[str, Words] = {
    "SHOP_INACTIVE": (NotPermitted, "says the shop is not active; its owner has to open it again"),
    "MAX_COST_EXCEEDED": (Refusal, "finds the query dearer than the points that a single one may cost"),
    "INVALID_VARIABLE": (Refusal, "does not accept a value"),
    "undefinedField": (Refusal, "does not know a field in this version; set api_version to 2026-10"),
    "BAD_REQUEST": (Refusal, "does not accept the request"),
    "RESOURCE_NOT_FOUND": (NotFound, "has no record of that kind under that id"),
    "NOT_FOUND": (NotFound, "has no such record"),
}
UNCLEAR = frozenset({"INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "TIMEOUT", "None"})  # nobody knows what became of it

RESETS = "password limit exceeded"  # of the Storefront API: it mails no more for the moment
RESET_LATER = "wait an hour, and approve the reset again"

# What to do about a change that was refused: by the error's code, or by a part of its sentence where it has none.
NEXT: Mapping[str, str] = {
    "THROTTLED": RESET_LATER,
    RESETS: RESET_LATER,
    "Phone has already been taken": "merge the two, or choose another number",
    "TAKEN": "merge the two, or choose another address",
    "already been taken": "merge the two, or choose another address",
    "NOT_FOUND": "it was deleted or merged away; the next night finds what became of it",
    "INVALID_CUSTOMER_ID": "one of them was deleted or merged away; the next night finds what became of it",
    "does not exist": "it was deleted or merged away; the next night finds what became of it",
    "can't be found": "it was deleted or merged away; the next night finds what became of it",
    "NOT_PERMITTED": "it is a company's order, and the customer has no role there; give it one by hand",
    "NOT_SAVED": "nothing was saved; try it by hand in Shopify's admin, which says more",
    "CUSTOMER_HAS_GIFT_CARDS": "take the customer off the gift cards first",
    "gift cards": "take the customer off the gift cards first",
    "250 tags": "remove tags by hand first",
    "5,000 characters": "shorten their notes by hand first",
    "INVALID_CUSTOMER": "look at both customers in Shopify's admin, which says what stands against it",
    "MISSING_OVERRIDE_ATTRIBUTE": "give the survivor what it lacks first",
    "OVERRIDE_ATTRIBUTE_INVALID": "the survivor lacks a value that it is to keep; look at both by hand",
    "UNIDENTIFIED_CUSTOMER": "nobody with an activated account has that address; invite the customer instead",
    "CUSTOMER_DISABLED": "the account was never activated; invite the customer instead",
    "Error sending account invite": "look at the customer in Shopify's admin: its address, and whether it declined",
    "must be present": "leave the customer a name, a phone number or an address",
    "is invalid": "correct the value and ask for the change again",
    "too long": "shorten the value and ask for the change again",
    "cannot be more than": "remove some by hand first",
    "No valid update parameters": "the change holds nothing that Shopify can change",
}


def judge(answer: Answer) -> RollcallError | None:
    """What a complete answer refuses as a whole, or None. `userErrors` and partial data are the operation's."""
    if answer.status == 429:
        return RateLimited("shopify asks to wait", retry_after(answer))
    if answer.status >= 400 and (code := _oauth(answer)):
        kind, says = BY_OAUTH.get(code, (Refusal, "gives the app no access token"))
        return kind(f"shopify {says} ({code}, HTTP {answer.status})")
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
    """What a mutation's `userErrors` mean, and what to do. The first one names the kind; all are told."""
    first = problems[0]
    says = "; ".join(_says(problem, variables) for problem in problems)
    message = f"shopify refused {root}: {says}. {_next(problems)}"
    text, code = str(first.get("message", "")), first.get("code")
    if code in UNCLEAR:
        return UnclearOutcome(f"shopify failed inside at {root}: {says}")
    if code in {"NOT_FOUND", "RESOURCE_NOT_FOUND"} or "does not exist" in text or "can't be found" in text:
        return NotFound(message)
    if code == "TAKEN" or "already been taken" in text:
        return Conflict(message)
    return Refusal(message)


def incomplete(errors: Any) -> RollcallError:
    """Errors beside data: part of what was asked is missing, so all of it is worthless."""
    told = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    paths = {re.sub(r"\.\d+", "", ".".join(map(str, error.get("path") or ()))) for error in told}
    codes = {_code(error) for error in told}
    where = ", ".join(sorted(paths - {""})) or "the query"
    if "THROTTLED" in codes:
        return RateLimited("shopify asks to wait: the bucket of points is empty", 1.0)
    if codes & {"INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "TIMEOUT"}:
        return Unreachable(f"shopify failed inside at {where}")
    if "ACCESS_DENIED" in codes and (scopes := _scopes(told)):
        return NotPermitted(f"shopify keeps {where} back; the app needs the scope {scopes}")
    if "ACCESS_DENIED" in codes or any("not approved" in str(error.get("message")) for error in told):
        return NotPermitted(f"shopify keeps {where} back; the app needs protected customer data access (level 2)")
    return UnexpectedAnswer(f"shopify answered with an error at {where} ({', '.join(sorted(codes))})")


def _oauth(answer: Answer) -> str | None:
    """The code with which a token was refused, in JSON or on a page; None where it is another kind of answer."""
    said = answer.body.get("error") if isinstance(answer.body, dict) else None
    if isinstance(said, str) and CODE.fullmatch(said):
        return said
    found = OAUTH.search(answer.raw[:100_000])
    return found[1].decode("ascii").lower() if found else None


def _refused_whole(errors: Sequence[Mapping[str, Any]], body: Mapping[str, Any]) -> RollcallError | None:
    codes = {_code(error) for error in errors}
    if any(RESETS in str(error.get("message")) for error in errors):
        return Refusal(f"shopify mails no more resets for the moment: nothing was sent; {RESET_LATER}")
    if "THROTTLED" in codes:
        return RateLimited("shopify asks to wait: the bucket of points is empty", _refill(body))
    if "ACCESS_DENIED" in codes:
        return NotPermitted(f"shopify denies access; the app needs the scope {_scopes(errors) or 'it lacks'}")
    if codes & UNCLEAR:
        return None  # the operation decides
    fields = sorted({".".join(map(str, problem.get("path", ()))) for e in errors for problem in _problems(e)})
    where = f" at {', '.join(filter(None, fields))}" if any(fields) else ""
    known = next((code for code in sorted(codes) if code in BY_CODE), None)
    kind, says = BY_CODE[known] if known else (Refusal, "does not accept the request")
    return kind(f"shopify {says} ({', '.join(sorted(codes))}){where}")


def _next(problems: Sequence[Mapping[str, Any]]) -> str:
    """What to do about them: by the first code we know, else by the first sentence."""
    for told in ("code", "message"):
        for problem in problems:
            said = str(problem.get(told) or "")
            for part, what in NEXT.items():
                if part == said if told == "code" else part in said:
                    return f"{what[0].upper()}{what[1:]}."
    return "Look at the record in Shopify's admin, and try it there by hand."


def _code(error: Mapping[str, Any]) -> str:
    return str((error.get("extensions") or {}).get("code"))


def _scopes(errors: Sequence[Mapping[str, Any]]) -> str:
    return " or ".join(sorted({scope for e in errors for scope in SCOPE.findall(str(e.get("message", "")))}))


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
