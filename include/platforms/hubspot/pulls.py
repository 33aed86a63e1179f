"""
Pulls HubSpot's contacts: everything by the list, side by side in spans of ids, and what changed by search.

HubSpot calls the list's cursor opaque. In practice the list is in the order of ids and a cursor is an id, the last
record's or the next one's. That is tried once before anything is cut, and every page of a span is held against it: a
list in another order, or with other cursors, is walked from end to end by one cursor. It hands on what HubSpot said as
it came, page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, Refusal, UnexpectedAnswer
from include.platforms import Lane, Page, Pulled
from include.platforms.hubspot.changes import Changes
from include.platforms.hubspot.rows import LINKS, PROPERTIES
from include.platforms.hubspot.spans import Span, ids_of, is_id, rising

if TYPE_CHECKING:
    from include.transport import Answer, Http

PAGE = 100  # the most a list or a batch gives at once
TRIED = 10  # contacts that are asked for to see what a cursor is
ONE_CURSOR = 'put {"one_cursor": true} into the extra of the connection hubspot'


class Pulls(Pulled):
    """The reading of one HubSpot account. `one_cursor`: the list is never cut."""

    def __init__(
        self, http: Http, headers: Mapping[str, str], objects: str, properties: str, one_cursor: bool = False
    ) -> None:
        self._http = http
        self._headers = dict(headers)
        self._objects = objects
        self._properties = properties
        self._cursors_are_ids = False if one_cursor else None
        self._changes = Changes(http, self._headers, f"{objects}/contacts/search")

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        return [Lane("contacts", Span().bounds())]

    def changes(self, since: datetime) -> list[Lane] | None:
        return self._changes.lanes(since)

    def totals(self) -> dict[str, int]:
        return self._changes.totals()

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        if self._changes.has(lane):
            return self._changes.walk(lane, after, self.wanted)
        return self._listed(Span.of(lane.bounds), after)

    def cut(self, lane: Lane, page: Page) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        if self._changes.has(lane):
            return self._changes.cut(lane, page)
        ids, after = ids_of(page.body), str(page.after)
        if not ids or not self._may_cut(ids, after):
            return None
        halves = Span.of(lane.bounds).halves(ids, int(after))
        return (halves[0].bounds(), halves[1].bounds()) if halves else None

    def properties(self) -> dict[str, dict[str, Any]]:
        """Every property of contacts in this account, by its name."""
        found = self._ask("GET", self._properties).get("results")
        if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
            raise UnexpectedAnswer("hubspot properties: there is no list of named properties")
        return {str(one["name"]): one for one in found}

    @cached_property
    def wanted(self) -> list[str]:
        """The properties we ask for: all that we need, and those that name records elsewhere, where they exist."""
        known = self.properties()
        if missing := [name for name in PROPERTIES if name not in known]:
            raise UnexpectedAnswer(f"hubspot properties: {', '.join(missing)} is missing; may the key see it?")
        return [*PROPERTIES, *(name for name in LINKS if name in known)]

    def _listed(self, span: Span, after: str | None) -> Iterator[Page]:
        """The pages of a span. One that begins in the middle asks from just before it, whatever a cursor is."""
        after = after or (str(span.first - 1) if span.first else None)
        seen = {after}
        while True:
            asked, answer = after, self._page(after, PAGE)
            after = following(answer.body)
            if after is not None and after in seen:
                raise UnexpectedAnswer("hubspot contacts: a page names a next page that was already given")
            if span.everything:
                page = Page("contacts", answer.body, after, answer.raw)
            else:
                page = _of_span(span, asked, answer)
            yield page
            if (after := page.after) is None:
                return
            seen.add(after)

    def _may_cut(self, ids: Sequence[int], after: str) -> bool:
        """Whether the list can be asked from any id on, as far as this page and one look into its middle tell."""
        if self._cursors_are_ids is not False and not (rising(ids) and is_id(after) and int(after) >= ids[-1]):
            self._cursors_are_ids = False
        if self._cursors_are_ids is None:
            self._cursors_are_ids = self._leads_to(ids)
        return self._cursors_are_ids

    def _leads_to(self, ids: Sequence[int]) -> bool:
        """Whether the list, asked from just before an id of a page that it gave, goes on as that page did."""
        gaps = [place for place in range(1, len(ids)) if ids[place] - ids[place - 1] > 1]
        place = gaps[len(gaps) // 2] if gaps else len(ids) // 2
        asked = ids[place] - 1
        try:
            found = ids_of(self._page(str(asked), TRIED).body)
        except Refusal as refusal:
            if type(refusal) not in {Refusal, NotFound}:
                raise
            return False  # it takes no cursor but its own
        found = found[1:] if found[:1] == [asked] else found
        both = min(len(found), len(ids) - place)
        return both > 0 and found[:both] == list(ids[place : place + both])

    def _page(self, after: str | None, limit: int) -> Answer:
        asked = {"limit": limit, "properties": ",".join(self.wanted), "archived": "false"}
        return self._answer("GET", f"{self._objects}/contacts", params=asked | ({"after": after} if after else {}))

    def _ask(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._answer(method, path, **how).body
        return body

    def _answer(self, method: str, path: str, **how: Any) -> Answer:
        answer = self._http.read(method, path, headers=self._headers, **how)
        if not isinstance(answer.body, dict):
            raise UnexpectedAnswer("hubspot: the answer is not a JSON object")
        return answer


def _of_span(span: Span, after: str | None, answer: Answer) -> Page:
    """A page without what lies outside its span. Raises UnexpectedAnswer when it is not in the order of ids."""
    ids, goes_on = ids_of(answer.body), following(answer.body)
    in_order = rising([int(after or 0) - 1, *ids]) and (
        goes_on is None or (ids != [] and is_id(goes_on) and int(goes_on) >= ids[-1])
    )
    if not in_order:
        raise UnexpectedAnswer(f"hubspot contacts: the list turns out not to be in the order of ids; {ONE_CURSOR}")
    if goes_on is not None and (span.passed(int(goes_on)) or ids[-1] == span.last):
        goes_on = None
    kept = [record for record, id in zip(answer.body["results"], ids, strict=True) if span.holds(id)]
    if len(kept) == len(ids):
        return Page("contacts", answer.body, goes_on, answer.raw)
    return Page("contacts", answer.body | {"results": kept}, goes_on)


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
