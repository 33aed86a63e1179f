"""
Who is likely one person though no value proves it, as one writes it at first: each pair that shares a block, scored.

The blocks and what each level weighs are Rollcall's (`blocks`, `likeness_table`), as in the SQL beside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

COMPARED = {"customer", "contact", "client"}
Row = dict[str, Any]


def likely(records: Iterable[Row], known: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Every two contacts that are alike enough, but for those that are `known` to be one person."""
    rows = {row["ref"]: row for row in records if row["kind"] in COMPARED and (row["first"] or row["last"])}
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for ref, row in rows.items():
        for block in blocks(row):
            held[block].append(ref)
    lasts = Counter(row["last"] for row in rows.values())
    places = Counter(row["postcode"] for row in rows.values())
    near = {pair for refs in held.values() if len(refs) <= 12 for pair in combinations(sorted(refs), 2)}
    for one, other in sorted(near - known):
        left, right = rows[one], rows[other]
        if one_first_name(left, right) and score(left, right, lasts, places) >= 10.5:
            yield one, other


def blocks(row: Row) -> Iterator[tuple[str, ...]]:
    first, last, postcode = row["first"], row["last"], row["postcode"]
    if postcode and len(first) >= 3:
        yield "first", postcode, first[:3]
    if postcode and len(last) >= 3:
        yield "last", postcode, last[:3]
    if len(first) > 1 and len(last) > 1:
        yield "names", *sorted((first, last))
    if first and (start := re.search("[0-9]+[^A-Za-z]*[A-Za-z]{4}", row["address"] or "")):
        yield "road", start[0].lower(), first[0]
    if row["number"]:
        yield "number", row["number"]
    if len(local(row)) >= 4:
        yield "local", local(row)


def one_first_name(left: Row, right: Row) -> bool:
    one, other = left["first"], right["first"]
    initial = min(len(one), len(other)) == 1 and one[0] == other[0]
    return bool(one == other or swapped(left, right) or initial or alike(one, other))


def score(left: Row, right: Row, lasts: Counter[str], places: Counter[str]) -> float:
    return (
        _first(left, right)
        + _last(left, right, lasts)
        + _email(left, right)
        + _phone(left, right)
        + _street(left, right)
        + _place(left, right, places)
    )


def swapped(left: Row, right: Row) -> bool:
    return bool(left["first"] == right["last"] and left["last"] == right["first"])


def alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= 0.85


def slip(one: str, other: str) -> bool:
    """Whether two numbers of one length differ in two digits at most."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 2


def local(row: Row) -> str:
    return "" if not row["key"] or row["role"] else str(row["key"]).split("@")[0].split("+")[0]


def _first(left: Row, right: Row) -> float:
    if left["first"] == right["first"]:
        return 3.5
    if swapped(left, right):
        return 2.5
    return 2.0 if min(len(left["first"]), len(right["first"])) == 1 else 3.0


def _last(left: Row, right: Row, lasts: Counter[str]) -> float:
    one, other = left["last"], right["last"]
    if swapped(left, right):
        return 3.5
    if one == other:
        return 6.0 if lasts[one] <= 6 else 5.0 if lasts[one] <= 60 else 3.5
    if not one or not other:
        return 0.0
    return 3.5 if alike(one, other) else -2.5


def _email(left: Row, right: Row) -> float:
    one, other = local(left), local(right)
    if not one or not other:
        return 0.0
    if left["key"] == right["key"]:
        return 6.0
    if one == other:
        return 1.5
    same_domain = left["key"].split("@")[1] == right["key"].split("@")[1]
    return 2.5 if same_domain and slip(one, other) else -2.0


def _phone(left: Row, right: Row) -> float:
    one, other = left["number"], right["number"]
    if not one or not other:
        return 0.0
    return 6.0 if one == other else 2.0 if slip(one, other) else -3.0


def _street(left: Row, right: Row) -> float:
    roads = [re.sub("[^a-z]+", "", (row["address"] or "").lower()) for row in (left, right)]
    houses = [re.search("[0-9]+", row["address"] or "") for row in (left, right)]
    numbers = [house[0] if house else "" for house in houses]
    if not all(roads):
        return 0.0
    if not alike(*roads):
        return 0.5 if numbers[0] == numbers[1] else -3.0
    if numbers[0] == numbers[1]:
        return 5.0
    return 3.5 if not all(numbers) else 4.0 if slip(*numbers) else 2.5


def _place(left: Row, right: Row, places: Counter[str]) -> float:
    one, other = left["postcode"], right["postcode"]
    town = left["city"] and left["city"] == right["city"]
    if not one or not other:
        return 0.0
    if one == other:
        return 4.0 if places[one] <= 60 else 0.5
    return (3.0 if town else 1.5) if slip(one, other) else 1.0 if town else -3.0
