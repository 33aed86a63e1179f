"""
cPanel's accounts in our words. Pure: no network, no clock. A server knows neither a person's name nor orders.

An account's main domain is a reference of its own, `cpanel:domain:<name>`; WHMCS's clients name those it has for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

RECORDS = {"accounts": "hosting"}  # of whose references a stream's ids are


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every hosting account; its id is its user name."""
    for body in raw["accounts"]:
        for row in _accounts(body):
            held = addresses(row)
            yield Contact(
                platform="cpanel",
                kind="hosting",
                id=_text(row, "user"),
                email=next(iter(held), None),
                other_emails=tuple(held[1:]),
                state=State.DISABLED if str(row.get("suspended", 0)) == "1" else None,
                created_at=_started(row),
                links=_main_domain(row),
            )


def orders(_raw: Raw) -> Iterator[Order]:
    """A server sells nothing."""
    return iter(())


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_accounts(page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records."""
    return [_text(row, "user") for row in _accounts(page.body)]


def addresses(row: Mapping[str, Any]) -> list[str]:
    """The addresses in an account's `email`: mostly one, none where WHM says `*unknown*`, sometimes several."""
    return [part for part in re.split(r"[\s,;]+", _text(row, "email")) if "@" in part]


def _main_domain(row: Mapping[str, Any]) -> tuple[str, ...]:
    domain = str(row.get("domain") or "").strip().casefold()
    return (f"cpanel:domain:{domain}",) if domain else ()


def _accounts(body: Any) -> list[dict[str, Any]]:
    data = body.get("data") if isinstance(body, dict) else None
    found = data.get("acct") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise UnexpectedAnswer("cpanel accounts: the field 'data.acct' is missing or no list.")
    return found


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise UnexpectedAnswer(f"cpanel accounts: the field {name!r} is missing or not text.")
    return value


def _started(row: Mapping[str, Any]) -> datetime | None:
    seconds = str(row.get("unix_startdate") or "")
    if seconds and not seconds.isdecimal():
        raise UnexpectedAnswer("cpanel accounts: the field 'unix_startdate' is not a time.")
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        raise UnexpectedAnswer("cpanel accounts: the field 'unix_startdate' is not a time.") from None
