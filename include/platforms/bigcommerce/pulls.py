"""
Pulls BigCommerce's customers (V3, by cursor) and orders (V2, by id).

It hands on what BigCommerce said as it came, page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.record import Record, records

if TYPE_CHECKING:
    from include.transport import Http

PAGE = 250  # the most both APIs give at once
CUSTOMERS = "/v3/customers"
ORDERS = "/v2/orders"


class Pulls(Pulled):
    """The reading of one store."""

    def __init__(self, http: Http, headers: Mapping[str, str]) -> None:
        self._http = http
        self._headers = dict(headers)

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        return [Lane("customers"), Lane("orders")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        return self._customers(after) if lane.name == "customers" else self._orders(after)

    def _customers(self, after: str | None) -> Iterator[Page]:
        seen: set[str] = set()
        while True:
            asked = {"limit": PAGE, "include": "addresses"} | ({"after": after} if after else {})
            answer = self._http.read("GET", CUSTOMERS, params=asked, headers=self._headers)
            after = following(answer.body)
            yield Page("customers", answer.body, after, answer.raw)
            if after is None:
                return
            if after in seen:
                raise UnexpectedAnswer("bigcommerce customers: a page names a next page that was already given")
            seen.add(after)

    def _orders(self, after: str | None) -> Iterator[Page]:
        """By the smallest id still to come: page numbers shift when somebody orders meanwhile."""
        first = int(after or 0)
        while True:
            asked = {"min_id": first, "sort": "id:asc", "limit": PAGE}
            answer = self._http.read("GET", ORDERS, params=asked, headers=self._headers)
            found = answer.body or []
            ids = [order.number("id") for order in records("bigcommerce orders", found)]
            if any(id < first for id in ids):
                raise UnexpectedAnswer("bigcommerce orders: a page holds an order that was not asked for")
            if not ids:
                if not first:
                    yield Page("orders", [])
                return
            first = max(ids) + 1
            yield Page("orders", found, str(first), answer.raw)


def following(body: Any) -> str | None:
    """The cursor of the next page, if there may be one. The address BigCommerce gives beside it is never followed."""
    page = Record("bigcommerce customers", body if isinstance(body, dict) else {})
    told = page.field("data", list)
    cursors = page.part("meta").part("cursor_pagination")
    more = "next" in cursors.fields.get("links", {}) or len(told) >= cursors.number("per_page")
    if not told or not more:
        return None
    return str(cursors.field("end_cursor", str))
