"""
Asks Shopify: queries whose answers are whole or nothing, and pulls of every customer and every order.

It hands on what Shopify said as it came, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotPermitted, UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.platforms.shopify import documents
from include.platforms.shopify.refusals import incomplete

if TYPE_CHECKING:
    from include.transport import Answer, Http

PAGE = 250  # the most a connection gives at once

# Reading orders without `read_all_orders` leaves out those older than 60 days, in silence.
SCOPES = ("read_customers", "read_orders", "read_all_orders")
STREAMS = {"customers": documents.CUSTOMERS, "orders": documents.ORDERS}


class Pulls(Pulled):
    """The reading of one shop."""

    def __init__(self, http: Http, version: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self._version = version
        self._path = f"/admin/api/{version}/graphql.json"
        self._headers = dict(headers)

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        self._insist_on_scopes()
        return [Lane(stream) for stream in STREAMS]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        stream, seen = lane.name, set()
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
        answer = self._http.read("POST", self._path, json=asked(document, variables), headers=self._headers)
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


def asked(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": document, "variables": dict(variables)}


def part(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"shopify: {'.'.join(names)} is missing")
    return value
