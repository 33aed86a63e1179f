"""
What BigCommerce refuses, in our words: V3's map (or list) of errors and V2's list of them.

Its sentences may repeat an address. A message of ours names the status and the fields, and says what to do next.
Statuses from 500 on (507: the store is full) never come here: the transport has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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

IN_USE = re.compile(r"email .* already in use", re.IGNORECASE | re.DOTALL)
NO_CUSTOMER = re.compile(r"invalid customer id", re.IGNORECASE)
FIELD = re.compile(r"[A-Za-z0-9_.:\[\]]{1,60}")
SCOPES = "store_v2_customers and store_v2_orders, both to modify"
LOCKED_SECONDS = 5.0

# What to do about a status whose body says no more.
NEXT = {
    400: "Look whether the record still takes such a change at BigCommerce, and do it there by hand if not",
    405: "BigCommerce does not serve this; look for a newer Rollcall",
    409: "The record is not in a state for this, or was changed meanwhile: read it again, and approve again",
    413: "Too much was sent at once; nothing was changed",
    415: "BigCommerce did not take our form of request; look for a newer Rollcall",
    422: "Correct the value, or make the change at BigCommerce by hand",
}
IN_SENTENCE = re.compile(r"The fields? '([A-Za-z0-9_.]{1,60})'")


def judge(answer: Answer) -> RollcallError | None:
    """What a complete answer refuses, or None when it is fine."""
    if answer.status < 400:
        return None
    told = dict(_told(answer.body))
    match answer.status:
        case 401:
            return Unauthorized("bigcommerce does not accept the connection's token; put a valid one into its password")
        case 403:
            return NotPermitted(
                f"bigcommerce denies access; the token needs the scopes {SCOPES}, and a store that is not suspended. "
                "Give it these and try again"
            )
        case 404 if not any(IN_SENTENCE.search(sentence) for sentence in told.values()):
            return NotFound("bigcommerce does not have this record")
        case 423:
            return RateLimited("bigcommerce has locked this record for the moment", _reset(answer) or LOCKED_SECONDS)
        case 429:
            return RateLimited("bigcommerce asks us to wait", _reset(answer))
    if any(IN_USE.search(sentence) for sentence in told.values()):
        return Conflict("bigcommerce refused: the address already belongs to another customer")
    if any(NO_CUSTOMER.search(sentence) for sentence in told.values()):
        return NotFound("bigcommerce does not have this customer")
    fields = dict.fromkeys(_fields(told))
    at = f" at {', '.join(fields)}" if fields else ""
    says = f"bigcommerce refused the request with HTTP {answer.status}{at}"
    advice = NEXT.get(answer.status)
    return Refusal(f"{says}. {advice}" if advice else says)


def _told(body: Any) -> Iterator[tuple[str, str]]:
    """Every sentence of a refusal, by the path it speaks of."""
    for number, part in enumerate(body if isinstance(body, list) else [body]):
        if not isinstance(part, dict):
            continue
        yield f"{number}.", str(part.get("title") or part.get("message") or "")
        errors = part.get("errors")
        if isinstance(errors, dict):
            yield from ((str(path), str(sentence)) for path, sentence in errors.items())
        if isinstance(errors, list):
            yield from ((f"{number}.{place}", str(sentence)) for place, sentence in enumerate(errors))


def _fields(told: dict[str, str]) -> Iterator[str]:
    for path, sentence in told.items():
        if FIELD.fullmatch(path) and not path.replace(".", "").isdecimal():
            yield path
        yield from IN_SENTENCE.findall(sentence)


def _reset(answer: Answer) -> float | None:
    """The seconds until the window ends; None when BigCommerce does not say."""
    for header, unit in (("X-Rate-Limit-Time-Reset-Ms", 1000), ("X-Retry-After", 1)):
        said = str(answer.headers.get(header, ""))
        if said.isdecimal():
            return int(said) / unit
    return retry_after(answer)
