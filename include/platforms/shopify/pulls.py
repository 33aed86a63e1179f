"""
Asks Shopify: queries whose answers are whole or nothing, and pulls of customers and orders.

    cursor     every record of a small shop, page after page
    bulk       every record of a large one, from a file that Shopify writes (`bulk`)
    windows    every record of a large one where that fails, and what changed: by ranges of ids (`windows`)

It hands on what Shopify said as it came, and changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotPermitted, Unauthorized, UnclearOutcome, UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.platforms.shopify import documents, windows
from include.platforms.shopify.bulk import Bulk, NotInBulk, begun_in_bulk
from include.platforms.shopify.refusals import incomplete
from include.platforms.shopify.rows import ids

if TYPE_CHECKING:
    from include.platforms.shopify.access import Access
    from include.transport import Answer, Http

logger = logging.getLogger(__name__)

PAGE = 250  # the most a connection gives at once

# Fewer records than this are pulled by pages: they take 40 of 25 points each, half a bucket of the smallest plan, and
# so some seconds. A bulk operation takes longer to begin; beyond 25,000 no cursor leads.
SMALL = 10_000
MOST_COUNTED = 25_001  # what Shopify may say of more than 25,000, for which it then has no number

# Reading orders without `read_all_orders` leaves out those older than 60 days, in silence.
SCOPES = ("read_customers", "read_orders", "read_all_orders")
STREAMS = {"customers": documents.CUSTOMERS, "orders": documents.ORDERS}
SOME = {"customers": documents.SOME_CUSTOMERS, "orders": documents.SOME_ORDERS}


class Pulls(Pulled):
    """The reading of one shop. `small`: with fewer records than this no bulk operation is run."""

    def __init__(self, http: Http, version: str, access: Access, small: int = SMALL) -> None:
        self._http = http
        self._version = version
        self._path = f"/admin/api/{version}/graphql.json"
        self._access = access
        self._small = small
        self._bulk = Bulk(http, self._ask, self._run)

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        self._insist_on_scopes()
        counts = {stream: int(said["count"]) for stream, said in self._counts().items()}
        if sum(counts.values()) < self._small:
            return [Lane(stream, {"way": "cursor"}) for stream in STREAMS]
        newest = self._ask(documents.NEWEST, {})
        return [
            Lane(stream, {"way": "bulk", "records": counts[stream], "newest": max(_numbers(stream, newest), default=0)})
            for stream in STREAMS
        ]

    def changes(self, since: datetime) -> list[Lane]:
        return [Lane(s, {"way": "windows", "changed": windows.changed_since(s, since)}) for s in STREAMS]

    def totals(self) -> dict[str, int]:
        said = self._counts().items()
        return {s: c["count"] for s, c in said if c["precision"] == "EXACT" and c["count"] != MOST_COUNTED}

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        way = lane.bounds.get("way", "cursor")
        if way == "bulk" and (after is None or begun_in_bulk(after)):
            try:
                yield from self._in_bulk(lane, after)
            except NotInBulk as why:
                logger.warning("shopify %s: %s; it is asked for by pages", lane.name, why)
                yield from self._in_windows(lane, None)
        elif way == "cursor":
            yield from self._by_cursor(lane.name, after)
        else:
            yield from self._in_windows(lane, after)

    def cut(self, lane: Lane, page: Page) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        if lane.bounds.get("way") == "cursor" or begun_in_bulk(page.after):
            return None
        return windows.halves(lane.bounds, _numbers(page.stream, page.body["data"]))

    def _in_bulk(self, lane: Lane, after: str | None) -> Iterator[Page]:
        if after is None:
            # A file has no place for the errors that stand beside redacted fields: a page shows whether there are any.
            self._answer(STREAMS[lane.name], {"first": PAGE, "after": None})
        yield from self._bulk.pages(lane.name, int(lane.bounds["records"]), after)

    def _by_cursor(self, stream: str, after: str | None) -> Iterator[Page]:
        seen = set()
        while True:
            answer = self._answer(STREAMS[stream], {"first": PAGE, "after": after})
            info = part(answer.body["data"], stream, "pageInfo")
            more = bool(info.get("hasNextPage"))
            after = info.get("endCursor") if more else None
            yield Page(stream, answer.body, after, answer.raw)
            if not more:
                return
            if not isinstance(after, str) or after in seen:
                raise UnexpectedAnswer(f"shopify {stream}: there is a next page but no new cursor to it")
            seen.add(after)

    def _in_windows(self, lane: Lane, after: str | None) -> Iterator[Page]:
        stream, more = lane.name.partition(".")[0], True
        while more:
            answer = self._answer(SOME[stream], {"first": PAGE, "query": windows.terms(lane.bounds, after)})
            found = _numbers(stream, answer.body["data"])
            windows.insist(stream, lane.bounds, after, found)
            more = bool(part(answer.body["data"], stream, "pageInfo").get("hasNextPage"))
            if more and not found:
                raise UnexpectedAnswer(f"shopify {stream}: there is a next page after an empty one")
            after = str(found[-1]) if more else None
            yield Page(stream, answer.body, after, answer.raw)

    def _counts(self) -> dict[str, dict[str, Any]]:
        told = self._ask(documents.COUNTS, {})
        found = {stream: part(told, f"{stream}Count") for stream in STREAMS}
        if not all(isinstance(said.get("count"), int) for said in found.values()):
            raise UnexpectedAnswer("shopify: a count is not a number")
        return found

    def _run(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Send a mutation of no record, once. Returns its payload."""
        answer = self._sent(document, variables)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        payload = next(iter(data.values()), None) if isinstance(data, dict) else None
        if not isinstance(payload, dict) or answer.body.get("errors"):
            raise UnclearOutcome("shopify gave no clear answer to a mutation")
        return payload

    def _insist_on_scopes(self) -> None:
        granted = self._ask(documents.SHOP, {})["currentAppInstallation"]["accessScopes"]
        handles = {scope["handle"] for scope in granted}
        handles |= {handle.replace("write_", "read_", 1) for handle in handles if handle.startswith("write_")}
        if missing := [scope for scope in SCOPES if scope not in handles]:
            raise NotPermitted(f"shopify: the app lacks the scope {', '.join(missing)}; grant it and reinstall")

    def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._answer(document, variables).body["data"])

    def _answer(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a query, in which nothing is missing, redacted, guessed or of another version."""
        answer = self._read(document, variables)
        body = answer.body
        if not isinstance(body, dict):
            raise UnexpectedAnswer("shopify: the answer is not a JSON object")
        if errors := body.get("errors"):
            raise incomplete(errors)
        if not isinstance(body.get("data"), dict):
            raise UnexpectedAnswer("shopify: the answer holds neither data nor errors")
        answered = answer.headers.get("X-Shopify-API-Version", self._version)
        if answered != self._version:
            raise UnexpectedAnswer(f"shopify: {self._version} was asked and {answered} answered; update api_version")
        extensions = body.get("extensions") or {}
        for search in extensions.get("search") or ():
            if search.get("warnings"):
                raise UnexpectedAnswer("shopify: a search field was not understood, so the answer holds everything")
        return answer

    def _read(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a query; where a token of a day was not accepted, to the same query with a new one."""
        signed, question = self._access.headers(), asked(document, variables)
        try:
            return self._http.read("POST", self._path, json=question, headers=signed)
        except Unauthorized:
            if not self._access.refused(signed):
                raise
        signed = self._access.headers()
        try:
            return self._http.read("POST", self._path, json=question, headers=signed)
        except Unauthorized as refused:
            self._access.refused(signed)
            raise Unauthorized(
                "shopify does not accept the access token that it has just given out; is the app still installed, and "
                "does the connection's password hold its newest secret?"
            ) from refused

    def _sent(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a mutation, sent once. The next one is signed anew where this one's token was not accepted."""
        signed = self._access.headers()
        try:
            return self._http.write("POST", self._path, json=asked(document, variables), headers=signed)
        except Unauthorized as refused:
            if not self._access.refused(signed):
                raise
            raise Unauthorized(
                "shopify did not accept the access token of the day, and so nothing was changed; try again: the next "
                "request asks for a new one"
            ) from refused


def asked(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": document, "variables": dict(variables)}


def _numbers(stream: str, data: Any) -> list[int]:
    """The ids of a page's records as numbers."""
    return [int(id) for id in ids(Page(stream, {"data": data}))]


def part(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"shopify: {'.'.join(names)} is missing")
    return value
