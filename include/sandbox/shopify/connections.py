"""
Shopify's connections: search, sort, and pages by an opaque cursor (a key, never an offset).

A search field that Shopify does not know matches everything and only warns, as it really does.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from graphql import GraphQLError

Record = dict[str, Any]

TERM = re.compile(r"""(-|NOT\s+)?(\w+):(<=|>=|<|>)?("[^"]*"|'[^']*'|\S+)\s*(?:AND\s+)?""")
MOST = 250

SORT_FIELDS = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "PROCESSED_AT": "processedAt"}

CUSTOMER_FIELDS = {
    "id": "legacyResourceId",
    "email": "email",
    "first_name": "firstName",
    "last_name": "lastName",
    "phone": "phone",
    "state": "state",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
COUNTED_BY = {name: CUSTOMER_FIELDS[name] for name in ("id", "created_at", "updated_at")}
ORDER_FIELDS = {
    "id": "legacyResourceId",
    "name": "name",
    "email": "email",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "processed_at": "processedAt",
}
KNOWN = {"customers": CUSTOMER_FIELDS, "customersCount": COUNTED_BY}
WHOLE_DAYS = frozenset(
    {("customers", "updated_at"), ("customersCount", "updated_at")}
)  # "matching a whole day", says the schema


def connection(
    records: Iterable[Record], root: str, warn: Callable[[dict[str, Any]], None], asked: Mapping[str, Any]
) -> Record:
    """
    The part of `records`, which come in the order of their ids, that was asked for, as a connection.

    `asked` is a field's arguments, with `whole` for all records and `deepest` for how far a cursor leads.
    """
    found = search(records, root, asked.get("query"), warn)
    whole = bool(asked.get("whole"))
    size = max(1, len(found)) if whole else _size(asked)
    by = asked.get("sortKey") or "ID"
    if by != "ID":
        found.sort(key=partial(_place, by=by))
    backward = not whole and asked.get("first") is None
    descending = bool(asked.get("reverse")) != backward
    start = asked.get("before" if backward else "after")
    if start:
        edge, there = _read_cursor(start, by), len(found)
        if descending:
            found = found[: bisect_left(found, edge, key=partial(_place, by=by))]
        else:
            found = found[bisect_right(found, edge, key=partial(_place, by=by)) :]
        if there - len(found) + size > asked.get("deepest", there + size):
            raise refused("Pagination is limited to 25000 objects.")
    page, more = found[-size:][::-1] if descending else found[:size], len(found) > size
    if backward:
        page.reverse()
    cursors = [_cursor(record, by) for record in page]
    return {
        "nodes": page,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, page, strict=True)],
        "pageInfo": {
            "hasNextPage": bool(start) if backward else more,
            "hasPreviousPage": more if backward else bool(start),
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def search(
    records: Iterable[Record], root: str, query: str | None, warn: Callable[[dict[str, Any]], None]
) -> list[Record]:
    """The records, which come in the order of their ids, that match every term of the query that is understood."""
    kept = list(records)
    known = KNOWN.get(root, ORDER_FIELDS)
    if query and TERM.sub("", query).strip():
        raise refused("The sandbox understands a search of `field:value` terms only.")
    for negated, field, sign, quoted in TERM.findall(query or ""):
        value = quoted.strip("\"'")
        if field not in known:
            warning = {"field": field, "message": "Invalid search field for this query.", "code": "invalid_field"}
            parsed = {"field": field, "match_all": value}
            warn({"path": [root], "query": query, "parsed": parsed, "warnings": [warning]})
            continue
        if field == "id" and not negated and value.isdecimal():
            kept = _with_ids(kept, sign, int(value))
            continue
        days = (root, field) in WHOLE_DAYS
        kept = [r for r in kept if _matches(r.get(known[field]), sign, value, days) != bool(negated)]
    return kept


def _with_ids(records: list[Record], sign: str, number: int) -> list[Record]:
    """Those whose id is on that side of a number, found without looking at all of them."""
    first, end = (cut(records, number, key=_number) for cut in (bisect_left, bisect_right))
    match sign:
        case "<":
            return records[:first]
        case "<=":
            return records[:end]
        case ">":
            return records[end:]
        case ">=":
            return records[first:]
        case _:
            return records[first:end]


def refused(message: str, code: str = "BAD_REQUEST") -> GraphQLError:
    """A top-level error of the field that is asked for."""
    return GraphQLError(message, extensions={"code": code})


def _matches(held: Any, sign: str, value: str, whole_days: bool) -> bool:
    if held is None:
        return False
    left: Any = str(held).casefold()
    right: Any = value.casefold()
    if left.isdecimal() and right.isdecimal():
        left, right = int(left), int(right)
    if whole_days:
        left, right = left[:10], right[:10]
    match sign:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case _:
            return str(left).startswith(str(right)[:-1]) if str(right).endswith("*") else bool(left == right)


def _size(asked: Mapping[str, Any]) -> int:
    first, last = asked.get("first"), asked.get("last")
    if first is not None and last is not None:
        raise refused("providing both first and last is not supported")
    size = first if first is not None else last
    if size is None:
        raise refused("you must provide one of first or last")
    if not 0 < size <= MOST:
        raise refused(f"{'first' if last is None else 'last'} must be between 1 and {MOST}")
    return int(size)


def _place(record: Record, by: str) -> tuple[str, int]:
    return (record[SORT_FIELDS[by]] if by in SORT_FIELDS else ""), _number(record)


def _number(record: Record) -> int:
    return int(record["legacyResourceId"])


def _cursor(record: Record, by: str) -> str:
    value, number = _place(record, by)
    told = {"last_id": number, "last_value": value or str(number)}
    return base64.b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()


def _read_cursor(text: str, by: str) -> tuple[str, int]:
    try:
        told = json.loads(base64.b64decode(text, validate=True))
        return (str(told["last_value"]) if by in SORT_FIELDS else ""), int(told["last_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise GraphQLError("Invalid cursor for current pagination sort.", extensions={"code": "BAD_REQUEST"}) from error
