"""
Searches contacts as HubSpot does: by filters, 200 at a time, never past 10,000, and late.

What it cannot do is refused as HubSpot refuses it; free text (`query`) and tokens are not searched here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.hubspot.portal import PROPERTIES, Portal
from include.sandbox.hubspot.refusals import Refused, body_of

LIMIT, FURTHEST, LONGEST = 200, 10_000, 3_000
GROUPS, FILTERS, IN_ALL = 5, 6, 18
NUMBERS = {"number", "datetime"}

ID = "hs_object_id"

Test = Callable[[Any], bool]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
}


class Search:
    """The search endpoint."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def contacts(self, request: Request) -> Response:
        """The contacts that any of the groups of filters lets through."""
        if not self._portal.desk.switches["hubspot_search"]:
            raise Refused.scope("crm.objects.contacts.read")
        if len(await request.body()) > LONGEST:
            raise _wrong(f"The request body must not be longer than {LONGEST} characters")
        asked = await body_of(request, filterGroups=list, sorts=list, properties=list, limit=int)
        limit, after = asked.get("limit", 10), str(asked.get("after") or "0")
        if not 1 <= limit <= LIMIT:
            raise _wrong(f"Page size must be between 1 and {LIMIT}")
        if not after.isdecimal():
            raise _wrong("after must be an integer")
        if int(after) + limit > FURTHEST:
            raise _wrong(f"Paging past {FURTHEST} results is not possible")
        groups = [[(one["propertyName"], _test(one)) for one in group] for group in _groups(asked)]
        ids = self._indexed()
        found = [id for id in ids if any(self._passes(group, id) for group in groups)] if groups else ids
        by, backwards = _order(asked)
        if by != ID:
            found.sort(key=lambda id: ((value := self._value(id, by)) is None, value))
        if backwards:
            found.reverse()
        page = found[int(after) : int(after) + limit]
        names = asked.get("properties", ())
        body: dict[str, Any] = {"total": len(found), "results": [self._portal.told(id, names) for id in page]}
        if int(after) + limit < len(found):
            body["paging"] = {"next": {"after": str(int(after) + limit)}}
        return JSONResponse(body)

    def _passes(self, group: list[tuple[str, Test]], id: int) -> bool:
        return all(test(self._value(id, name)) for name, test in group)

    def _value(self, id: int, name: str) -> Any:
        """A property's value as it is compared."""
        if name == ID:
            return id
        contact = self._portal.contacts[id]
        return _value(name, contact[name] if name in contact else self._portal.told(id, [name])["properties"][name])

    def _indexed(self) -> list[int]:
        """The contacts that are found by now. Those of the last seconds before the newest change may not be yet."""
        contacts, lag = self._portal.contacts, self._portal.desk.switches["hubspot_search_lag"]
        if not lag:
            return sorted(contacts)
        changed = {id: _moment(str(contact["lastmodifieddate"])) for id, contact in contacts.items()}
        newest = max(changed.values(), default=datetime.now(UTC))
        return sorted(id for id, at in changed.items() if newest - at >= timedelta(seconds=lag))


def _groups(asked: dict[str, Any]) -> list[list[dict[str, Any]]]:
    groups = [group.get("filters") if isinstance(group, dict) else None for group in asked.get("filterGroups", ())]
    sizes = [len(group) if isinstance(group, list) else 0 for group in groups]
    if len(groups) > GROUPS or sum(sizes) > IN_ALL or not all(1 <= size <= FILTERS for size in sizes):
        raise _wrong(f"There may be {GROUPS} filterGroups of 1 to {FILTERS} filters, and {IN_ALL} filters in all")
    for filter in (one for group in groups for one in group or ()):
        if not isinstance(filter, dict) or filter.get("propertyName") not in PROPERTIES:
            raise _wrong("A filter names no property of contacts")
    return [group for group in groups if group]


def _order(asked: dict[str, Any]) -> tuple[str, bool]:
    """The property to sort by, and whether from the greatest. One sort is taken, in either of its forms."""
    sorts = asked.get("sorts", [])
    if len(sorts) > 1:
        raise _wrong("There may be one sort")
    sort = sorts[0] if sorts else "createdate"
    name = sort.get("propertyName") if isinstance(sort, dict) else str(sort).removeprefix("-")
    if name not in PROPERTIES:
        raise _wrong("A sort names no property of contacts")
    return name, sort.get("direction") == "DESCENDING" if isinstance(sort, dict) else str(sort).startswith("-")


def _test(filter: dict[str, Any]) -> Test:
    """What a filter asks of a value."""
    name, how = filter["propertyName"], filter.get("operator")
    if how in {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}:
        return lambda found: bool((found is not None) == (how == "HAS_PROPERTY"))
    if how in {"IN", "NOT_IN"} and isinstance(filter.get("values"), list):
        several = {_value(name, one) for one in filter["values"]}
        return lambda found: bool((found in several) == (how == "IN"))
    wanted, high = _value(name, filter.get("value")), _value(name, filter.get("highValue"))
    if how == "BETWEEN" and wanted is not None and high is not None:
        return lambda found: found is not None and bool(wanted <= found <= high)
    if how not in COMPARED or wanted is None:
        raise _wrong(f"There is no operator {how} with such a value here")
    compare = COMPARED[how]
    return lambda found: found is not None and compare(found, wanted)


@lru_cache(100_000)
def _value(name: str, said: Any) -> Any:
    """A value as it is compared: a number, a time in milliseconds, or text without case."""
    if said is None:
        return None
    if PROPERTIES[name][0] not in NUMBERS:
        return str(said).casefold()
    try:
        return int(said) if str(said).isdecimal() else int(_moment(str(said)).timestamp() * 1000)
    except ValueError:
        raise _wrong(f"A value of {name} is neither a number nor a time") from None


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _wrong(says: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", says)
