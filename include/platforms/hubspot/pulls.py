"""
Pulls HubSpot's contacts: everything by the list.

It hands on what HubSpot said as it came, page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.platforms.hubspot.rows import LINKS, PROPERTIES

if TYPE_CHECKING:
    from include.transport import Answer, Http

PAGE = 100  # the most a list or a batch gives at once


class Pulls(Pulled):
    """The reading of one HubSpot account."""

    def __init__(self, http: Http, headers: Mapping[str, str], objects: str, properties: str) -> None:
        self._http = http
        self._headers = dict(headers)
        self._objects = objects
        self._properties = properties

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        return [Lane("contacts")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        seen: set[str] = set()
        while True:
            asked = {"limit": PAGE, "properties": self._wanted, "archived": "false"}
            answer = self._answer(
                "GET", f"{self._objects}/contacts", params=asked | ({"after": after} if after else {})
            )
            after = following(answer.body)
            yield Page("contacts", answer.body, after, answer.raw)
            if after is None:
                return
            if after in seen:
                raise UnexpectedAnswer("hubspot contacts: a page names a next page that was already given")
            seen.add(after)

    def properties(self) -> dict[str, dict[str, Any]]:
        """Every property of contacts in this account, by its name."""
        found = self._ask("GET", self._properties).get("results")
        if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
            raise UnexpectedAnswer("hubspot properties: there is no list of named properties")
        return {str(one["name"]): one for one in found}

    @cached_property
    def _wanted(self) -> str:
        """The properties we ask for: all that we need, and those that name records elsewhere, where they exist."""
        known = self.properties()
        if missing := [name for name in PROPERTIES if name not in known]:
            raise UnexpectedAnswer(f"hubspot properties: {', '.join(missing)} is missing; may the key see it?")
        return ",".join([*PROPERTIES, *(name for name in LINKS if name in known)])

    def _ask(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._answer(method, path, **how).body
        return body

    def _answer(self, method: str, path: str, **how: Any) -> Answer:
        answer = self._http.read(method, path, headers=self._headers, **how)
        if not isinstance(answer.body, dict):
            raise UnexpectedAnswer("hubspot: the answer is not a JSON object")
        return answer


def following(body: Mapping[str, Any]) -> str | None:
    """The cursor of the next page. The address HubSpot gives beside it is never followed."""
    paging = body.get("paging")
    after = paging.get("next") if isinstance(paging, dict) else None
    if after is None:
        return None
    after = after.get("after") if isinstance(after, dict) else None
    if not isinstance(after, str) or not after:
        raise UnexpectedAnswer("hubspot: there is a next page but no cursor to it")
    return after
