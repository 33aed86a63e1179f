"""
Pulls BigCommerce's customers (V3, by cursor) and orders (V2, by id).

It hands on what BigCommerce said as it came, page by page. A cursor cannot be entered in its middle: many customers are
pulled by several cursors, each through those that were created in a span of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from include.errors import Refusal, UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.platforms.bigcommerce.spans import Span, between, created
from include.record import Record, records

if TYPE_CHECKING:
    from include.transport import Answer, Http

PAGE = 250  # the most both APIs give at once
CUSTOMERS = "/v3/customers"
ORDERS = "/v2/orders"
WORTH = 10  # pages: fewer are not cut, for each cut ends in a page that is not full
MODIFIED = "date_modified:min"
SINCE = "since"  # from when on what changed counts, whatever the store takes a filter's time to be
EARLIER = timedelta(days=1)  # no place's time is further from UTC
SIDE_BY_SIDE = 8  # cursors through the customers of a large store
BEYOND = 2**31  # no order has an id as large


class Pulls(Pulled):
    """The reading of one store. `one_cursor`: its customers are pulled by one, however many they are."""

    def __init__(self, http: Http, headers: Mapping[str, str], one_cursor: bool = False) -> None:
        self._http = http
        self._headers = dict(headers)
        self._side_by_side = 1 if one_cursor else SIDE_BY_SIDE

    def clock(self) -> datetime | None:
        """As any answer tells it: `/v2/time` would need a scope that nothing else does."""
        if self._http.date() is None:
            self._http.read("GET", CUSTOMERS, params={"limit": 1}, headers=self._headers)
        return self._http.date()

    def lanes(self) -> list[Lane]:
        """Customers by when they were created; orders to the newest there is, and those that come after it."""
        newest = self._ask_orders({"sort": "id:desc", "limit": 1})
        top = max((order.number("id") for order in records("bigcommerce orders", listed(newest))), default=0)
        upwards = {"from": top + 1, "to": BEYOND}
        spans = between(self._moments())
        customers = [
            Lane(f"customers.{number}" if number else "customers", span.bounds()) for number, span in enumerate(spans)
        ]
        return [*customers, Lane("orders", {"from": 0, "to": top + 1}), Lane("newest", upwards)]

    def changes(self, since: datetime) -> list[Lane]:
        """
        What changed, orders that were deleted included: those are told only when they are asked for.

        A store may read a filter's time as one of its own place: asked is from a day earlier, and what did not change
        since is left out here.
        """
        whole = since.astimezone(UTC).replace(microsecond=0)
        moment, counts = (whole - EARLIER).strftime("%Y-%m-%dT%H:%M:%SZ"), {SINCE: whole.isoformat()}
        changed = {"from": 0, "to": BEYOND, "min_date_modified": moment, **counts}
        return [
            Lane("customers", {MODIFIED: moment, **counts}),
            Lane("orders", changed),
            Lane("deleted", changed | {"is_deleted": "true"}),
        ]

    def totals(self) -> dict[str, int]:
        """Of customers alone: whether a count of orders holds those that were deleted is not documented."""
        answer = self._http.read("GET", CUSTOMERS, params={"limit": 1}, headers=self._headers)
        page = Record("bigcommerce customers", answer.body if isinstance(answer.body, dict) else {})
        return {"customers": page.part("meta").part("pagination").number("total")}

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        return self._customers(lane, after) if lane.name.startswith("customers") else self._orders(lane, after)

    def cut(self, lane: Lane, page: Page) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Halve the ids that are left, unless a few more pages will do."""
        if page.stream != "orders" or "min_date_modified" in lane.bounds or not page.body:
            return None
        first, to = int(page.after or 0), int(lane.bounds["to"])
        span = first - int(page.body[0]["id"])
        if to - first <= WORTH * span:
            return None
        middle = first + (to - first) // 2
        return {"from": lane.bounds["from"], "to": middle}, {"from": middle, "to": to}

    def _moments(self) -> list[datetime]:
        """When those customers were created that divide all into equal parts; none where one cursor is enough."""
        total = self.totals()["customers"] if self._side_by_side > 1 else 0
        parts = min(self._side_by_side, total // (WORTH * PAGE))
        moments = []
        for number in range(1, parts):
            asked = {"limit": 1, "page": number * total // parts + 1, "sort": "date_created:asc"}
            try:
                body = self._ask_customers_page(asked).body
            except Refusal as refusal:
                if type(refusal) is not Refusal:
                    raise
                return []  # a store that does not sort them has one cursor go through all
            found = Record("bigcommerce customers", body if isinstance(body, dict) else {}).field("data", list)
            moments += [created(one) for one in found]
        return moments

    def _customers(self, lane: Lane, after: str | None) -> Iterator[Page]:
        span = Span.of(lane.bounds)
        filters = span.filters() | ({MODIFIED: lane.bounds[MODIFIED]} if MODIFIED in lane.bounds else {})
        seen: set[str] = set()
        while True:
            asked = {"limit": PAGE, "include": "addresses"} | filters | ({"after": after} if after else {})
            answer = self._ask_customers_page(asked)
            after = following(answer.body)
            held = _changed(lane, span.within(answer.body["data"]), datetime.fromisoformat)
            if len(held) == len(answer.body["data"]):
                yield Page("customers", answer.body, after, answer.raw)
            else:
                yield Page("customers", answer.body | {"data": held}, after)
            if after is None:
                return
            if after in seen:
                raise UnexpectedAnswer("bigcommerce customers: a page names a next page that was already given")
            seen.add(after)

    def _orders(self, lane: Lane, after: str | None) -> Iterator[Page]:
        """By the smallest id still to come: page numbers shift when somebody orders meanwhile."""
        first, to = int(after or lane.bounds["from"]), int(lane.bounds["to"])
        filters = {name: value for name, value in lane.bounds.items() if name not in ("from", "to", SINCE)}
        while first < to:
            asked = {"min_id": first, "max_id": to - 1, "sort": "id:asc", "limit": PAGE} | filters
            try:
                answer = self._ask_orders(asked)
            except Refusal as refusal:
                if type(refusal) is not Refusal or "is_deleted" not in filters:
                    raise
                return  # this store does not tell what was deleted: a full pull misses it
            found = listed(answer)
            ids = [order.number("id") for order in records("bigcommerce orders", found)]
            if ids != sorted(ids) or any(not first <= id < to for id in ids):
                raise UnexpectedAnswer("bigcommerce orders: a page holds an order not asked for, or out of order")
            first = max(ids) + 1 if ids else to  # a page that is not full need not be the last
            held = _changed(lane, found, parsedate_to_datetime)
            yield Page("orders", held, str(first), (answer.raw or b"[]") if len(held) == len(found) else None)

    def _ask_customers_page(self, asked: Mapping[str, Any]) -> Answer:
        return self._asked(CUSTOMERS, asked)

    def _ask_orders(self, asked: Mapping[str, Any]) -> Answer:
        return self._asked(ORDERS, asked)

    def _asked(self, path: str, asked: Mapping[str, Any]) -> Answer:
        """The colons of times stay: encoded, they are said to be misunderstood (bigcommerce/docs 620, read 2026-11)."""
        return self._http.read("GET", path, params=urlencode(asked, safe=":"), headers=self._headers)


def _changed(lane: Lane, found: list[Any], read: Callable[[str], datetime]) -> list[Any]:
    """Those of a page's records that count for the lane: all but those that tell of a change before its `SINCE`."""
    if SINCE not in lane.bounds:
        return found
    since = datetime.fromisoformat(lane.bounds[SINCE])
    return [one for one in found if not _before(since, one.get("date_modified"), read)]


def _before(since: datetime, said: Any, read: Callable[[str], datetime]) -> bool:
    """Whether a time is surely earlier. What is no time stays: the rows say what is wrong with it."""
    try:
        moment = read(said)
    except (TypeError, ValueError, OverflowError):
        return False
    return moment.tzinfo is not None and moment < since


def listed(answer: Answer) -> Any:
    """What an answer of V2 lists, which is a 204 without a body when there is nothing to list."""
    return [] if answer.status == 204 else answer.body


def following(body: Any) -> str | None:
    """The cursor of the next page, if there may be one. The address BigCommerce gives beside it is never followed."""
    page = Record("bigcommerce customers", body if isinstance(body, dict) else {})
    told = page.field("data", list)
    cursors = page.part("meta").part("cursor_pagination")
    links = cursors.fields.get("links")
    more = (isinstance(links, dict) and bool(links.get("next"))) or len(told) >= cursors.number("per_page")
    if not told or not more:
        return None
    return str(cursors.field("end_cursor", str))
