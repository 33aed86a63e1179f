"""
Asks HubSpot which contacts changed, and how many there are: by search, which nothing else here uses.

The list cannot be asked for changes. Search can, but gives no more than 10,000 of one question: so each page is a
question of its own, for the contacts that changed since and whose ids come after the last one that was given. However
many changed at one moment, none is left out and no offset is used. A key that may not search is asked for everything
every night.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, NotPermitted, UnexpectedAnswer
from include.platforms import Lane, Page
from include.platforms.hubspot.quotas import SEARCH
from include.platforms.hubspot.spans import Span, ids_of, rising

if TYPE_CHECKING:
    from include.transport import Answer, Http

logger = logging.getLogger(__name__)

PAGE = 200  # the most a search gives at once
FEW = 10 * PAGE  # contacts that one lane asks for faster than several: five searches a second is all there is
CHANGED, ID = "lastmodifieddate", "hs_object_id"


class Changes:
    """The searching of one HubSpot account's contacts."""

    def __init__(self, http: Http, headers: Mapping[str, str], path: str) -> None:
        self._http = http
        self._headers = dict(headers)
        self._path = path

    def lanes(self, since: datetime) -> list[Lane] | None:
        """One lane of what changed since; None when this key may not search."""
        if not self._searchable:
            return None
        return [Lane("changes", {"since": int(since.timestamp() * 1000)} | Span().bounds())]

    def has(self, lane: Lane) -> bool:
        """Whether it is a lane of changes."""
        return "since" in lane.bounds

    def walk(self, lane: Lane, after: str | None, properties: Sequence[str]) -> Iterator[Page]:
        """A lane's pages in the order of ids. `after`: the last id that was given."""
        span = Span.of(lane.bounds)
        last = int(after) if after else max(span.first - 1, 0)
        while True:
            filters = [(CHANGED, "GTE", lane.bounds["since"]), (ID, "GT", last)]
            filters += [(ID, "LTE", span.last)] if span.last is not None else []
            answer = self._search(PAGE, properties, filters)
            ids, total = ids_of(answer.body), _total(answer.body)
            if not rising(ids) or any(not span.holds(id) or id <= last for id in ids[:1] + ids[-1:]):
                raise UnexpectedAnswer("hubspot search: the contacts are not in the order of ids that was asked for")
            if total and not ids:
                raise UnexpectedAnswer("hubspot search: it counts contacts that it does not give")
            goes_on = str(ids[-1]) if total > len(ids) else None
            yield Page("contacts", answer.body, goes_on, answer.raw)
            if goes_on is None:
                return
            last = ids[-1]

    def cut(self, lane: Lane, page: Page) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """What a lane has left in two; None when that is little."""
        ids = ids_of(page.body)
        halves = Span.of(lane.bounds).halves(ids, ids[-1]) if _total(page.body) - len(ids) > FEW else None
        if not halves:
            return None
        since = {"since": lane.bounds["since"]}
        return since | halves[0].bounds(), since | halves[1].bounds()

    def totals(self) -> dict[str, int]:
        """How many contacts there are; nothing when this key may not search."""
        return {"contacts": self._count()} if self._searchable else {}

    @cached_property
    def _searchable(self) -> bool:
        try:
            self._count()
        except (NotPermitted, NotFound):
            logger.warning("hubspot: this key may not search contacts; without that everything is pulled every night")
            return False
        return True

    def _count(self) -> int:
        return _total(self._search(1, [ID], []).body)

    def _search(self, limit: int, properties: Sequence[str], filters: Sequence[tuple[str, str, Any]]) -> Answer:
        asked = [{"propertyName": name, "operator": how, "value": str(value)} for name, how, value in filters]
        said = {
            "filterGroups": [{"filters": asked}] if asked else [],
            "sorts": [{"propertyName": ID, "direction": "ASCENDING"}],
            "properties": list(properties),
            "limit": limit,
            "after": "0",
        }
        return self._http.read("POST", self._path, quota=SEARCH, json=said, headers=self._headers)


def _total(body: Any) -> int:
    total = body.get("total") if isinstance(body, dict) else None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise UnexpectedAnswer("hubspot search: total is not a number")
    return total
