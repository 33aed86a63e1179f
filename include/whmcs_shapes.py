"""
Reads what WHMCS answers whatever shape it takes, for the two platforms that stand behind it (`whmcs`, `whois`).

It is pure, and it names a field that is not as expected, never the field's value.

What drifts between installations, and even between two answers of one (seen in public clients, 2026-01):
containers come as a list, `{"0": {...}}`, a lone object, `""`, `{}` or `[]`; ids as 1 or "1"; flags as true, "true",
"1" or 1; names with HTML entities in them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.errors import UnexpectedAnswer

ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)
EMPTY: tuple[Any, ...] = (None, "", [], {})


def rows(container: Any, singular: str, where: str) -> list[dict[str, Any]]:
    """The records in `container`, which holds them under `singular` or directly, in any of WHMCS's shapes."""
    if container in EMPTY:
        return []
    match container:
        case list() if all(isinstance(row, dict) for row in container):
            return container
        case dict() if singular in container:
            return rows(container[singular], singular, where)
        case dict() if all(str(key).isdecimal() for key in container):
            return rows([container[key] for key in sorted(container, key=int)], singular, where)
        case dict() if not all(isinstance(value, dict | list) for value in container.values()):
            return [container]
        case _:
            raise UnexpectedAnswer(f"{where}: the container of {singular!r} has a shape we do not know.")


def plain(text: str) -> str:
    """`text` without HTML entities. Only complete ones count: `a&copy@example.com` stays what it is."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text)


def field(row: Mapping[str, Any], name: str, where: str) -> Any:
    """The field `name` of `row`; its absence is an error, for a field that vanished is not an empty one."""
    if not isinstance(row, Mapping) or name not in row:
        raise UnexpectedAnswer(f"{where}: the field {name!r} is missing.")
    return row[name]


def text(row: Mapping[str, Any], name: str, where: str) -> str | None:
    """A field as text without entities and outer blanks, or None when it is empty."""
    value = field(row, name, where)
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
        raise UnexpectedAnswer(f"{where}: the field {name!r} is not text.")
    return (plain(str(value)).strip() or None) if value is not None else None


DIGITS = 19  # no number of a database is longer, and Python refuses to read thousands of digits


def number(row: Mapping[str, Any], name: str, where: str) -> int:
    """A field that holds a whole number, as 1 or as "1"."""
    value = field(row, name, where)
    if isinstance(value, bool) or not str(value).isdecimal() or len(str(value)) > DIGITS:
        raise UnexpectedAnswer(f"{where}: the field {name!r} is not a whole number.")
    return int(value)


def record_id(row: Mapping[str, Any], where: str, name: str = "id") -> str:
    """An id as the text that stands in our references."""
    return str(number(row, name, where))


def flag(row: Mapping[str, Any], name: str, where: str) -> bool:
    """A flag, as true, "true", 1 or "1"."""
    value = str(field(row, name, where)).lower()
    if value not in {"true", "false", "1", "0", "on", "off", "", "none"}:
        raise UnexpectedAnswer(f"{where}: the field {name!r} is not a flag.")
    return value in {"true", "1", "on"}


def moment(row: Mapping[str, Any], name: str, where: str) -> datetime | None:
    """A date or a time. WHMCS tells no zone: it is taken as UTC. `0000-00-00` is how it says "never"."""
    value = text(row, name, where)
    if value is None or value.startswith("0000-00-00"):
        return None
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        raise UnexpectedAnswer(f"{where}: the field {name!r} is not a date.") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def steady(value: Any) -> Any:
    """`value` so that two answers about the same record compare equal, whatever drifted between them."""
    if value in EMPTY:
        return ""
    match value:
        case bool():
            return "1" if value else "0"
        case dict():
            return {key: steady(inner) for key, inner in value.items()}
        case list():
            return [steady(inner) for inner in value]
        case str() if value.lower() in {"true", "false"}:
            return "1" if value.lower() == "true" else "0"
        case _:
            return plain(str(value))
