"""
Walks WHMCS's lists so that a pull that was killed goes on in their middle, for `whmcs` and `whois`.

A list is asked for whole and held against its totals, which costs little; what each of its records is then asked for
costs much, and is what a pull need not ask twice. Offsets shift when records come and go: where to go on is told by the
last id that was kept. A list that does not come sorted by id has no such place, and is walked again from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.errors import Refusal
from include.whmcs_shapes import number, rows

if TYPE_CHECKING:
    from include.whmcs_endpoint import Endpoint

Row = dict[str, Any]
Told = tuple[str, Row, str | None]  # of a page: its stream, its body, and where to go on after it


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its stream, which is what WHMCS calls its container, the action that asks for it, and in which order."""

    stream: str
    action: str
    singular: str
    order: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"whmcs {self.action}"

    def rows(self, page: Row) -> list[Row]:
        return rows(page.get(self.stream), self.singular, self.where)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pull goes on: beyond the id `done` of `stream`, whose records up to `owed` were not asked for apart."""

    stream: str
    done: int = 0
    owed: int = 0

    @classmethod
    def of(cls, after: str) -> Place:
        stream, *ids = after.split(":")
        return cls(stream, *map(int, ids))

    def __str__(self) -> str:
        return f"{self.stream}:{self.done}:{self.owed}"


def walked(whmcs: Endpoint, listed: Listed, place: Place) -> Iterator[Told]:
    """The pages of a list beyond a place."""
    for page, last in _beyond(whmcs, listed, place.done):
        yield listed.stream, page, None if last is None else str(Place(listed.stream, last))


def with_details(
    whmcs: Endpoint, listed: Listed, place: Place, stream: str, ask: Callable[[list[Row]], Row]
) -> Iterator[Told]:
    """The same, and after each page one of `stream` with what its records are asked for apart."""
    done = place.done
    if place.owed:
        found = [row for page, _ in _beyond(whmcs, listed, done) for row in listed.rows(page)]
        done = place.owed
        owed = [row for row in found if number(row, "id", listed.where) <= done]
        yield stream, ask(owed), str(Place(listed.stream, done))
    for page, last in _beyond(whmcs, listed, done):
        yield listed.stream, page, None if last is None else str(Place(listed.stream, done, last))
        yield stream, ask(listed.rows(page)), None if last is None else str(Place(listed.stream, last))
        done = last or 0


def _beyond(whmcs: Endpoint, listed: Listed, done: int) -> list[tuple[Row, int | None]]:
    """A list's pages with the records beyond an id, and each page's last one: None where they do not go by id."""
    found = whmcs.listing(listed.action, listed.stream, listed.singular, **listed.order)
    ids = [[number(row, "id", listed.where) for row in listed.rows(page)] for page in found]
    every = [id for page in ids for id in page]
    if every != sorted(every):
        if done:
            raise Refusal(f"{listed.where}: the list is not sorted by id any more, so the pull begins anew.")
        return [(page, None) for page in found]
    if not done:
        return [(page, here[-1] if here else 0) for page, here in zip(found, ids, strict=True)]
    left = [(page, here[-1]) for page, here in zip(found, ids, strict=True) if here and here[-1] > done]
    return [(_without(listed, page, done), last) for page, last in left]


def _without(listed: Listed, page: Row, done: int) -> Row:
    """A page without the records up to an id."""
    kept = [row for row in listed.rows(page) if number(row, "id", listed.where) > done]
    return page | {listed.stream: {listed.singular: kept}}
