"""The shapes WHMCS gives one and the same thing: containers, ids and flags that drift, names as HTML."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ENCODED = (("&", "&amp;"), ("'", "&#039;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"))
NAMES = ("firstname", "lastname", "fullname", "companyname", "address1", "name", "domainname")


class Wrong(Exception):
    """An error that WHMCS answers with, in its own words."""


@dataclass(frozen=True)
class Container:
    """Rows that are answered under `singular` (None: directly, as GetUsers and GetServers do) in some shape."""

    singular: str | None
    rows: list[dict[str, Any]]


def encoded(row: Mapping[str, Any], names: Iterable[str] = NAMES) -> dict[str, Any]:
    """`row` with its names as HTML, the way WHMCS keeps them."""
    return {key: _html(value) if key in names and isinstance(value, str) else value for key, value in row.items()}


def drifted(told: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    """An answer in one of its shapes."""
    as_text = dice.random() < 0.5
    flags: list[Callable[[bool], Any]] = [bool, int, lambda yes: str(yes).lower(), lambda yes: str(int(yes))]
    flag = dice.choice(flags)

    def drift(value: Any) -> Any:
        match value:
            case Container():
                return _shaped(Container(value.singular, [drift(row) for row in value.rows]), dice)
            case dict():
                return {key: drift(inner) for key, inner in value.items()}
            case list():
                return [drift(inner) for inner in value]
            case bool():
                return flag(value)
            case int():
                return str(value) if as_text else value
            case _:
                return value

    return {key: drift(value) for key, value in told.items()}


def settled(value: Any) -> Any:
    """An answer as the documentation shows it."""
    match value:
        case Container():
            inner = [settled(row) for row in value.rows]
            return {value.singular: inner} if value.singular else inner
        case dict():
            return {key: settled(inner) for key, inner in value.items()}
        case list():
            return [settled(inner) for inner in value]
        case _:
            return value


def _shaped(container: Container, dice: random.Random) -> Any:
    rows, singular = container.rows, container.singular
    if not rows:
        return dice.choice(["", [], {}, {singular: []} if singular else []])
    shapes: list[Any] = [rows, {str(place): row for place, row in enumerate(rows)}]
    if len(rows) == 1:
        shapes.append(rows[0])
    shape = dice.choice(shapes)
    return {singular: shape} if singular and dice.random() < 0.8 else shape


def _html(text: str) -> str:
    for sign, entity in ENCODED:
        text = text.replace(sign, entity)
    return text
