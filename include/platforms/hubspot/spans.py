"""
Spans of ids, in which HubSpot's contacts are pulled side by side. Pure: no network.

A span whose end is open is cut at twice the id it has come to, so that the greatest id is found on the way. Any other
is cut in the middle, unless what is left of it would fit into a few pages as full of ids as the last one was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from include.errors import UnexpectedAnswer

PAGES = 10  # a span that would fit into so many is not cut: each cut ends in a page that is not full

DIGITS = 20  # of an id


@dataclass(frozen=True, slots=True)
class Span:
    """The ids from `first` to `last`, both among them; None: without an end."""

    first: int = 0
    last: int | None = None

    @classmethod
    def of(cls, bounds: Mapping[str, Any]) -> Span:
        return cls(int(bounds.get("from", 0)), bounds.get("to"))

    def bounds(self) -> dict[str, Any]:
        return {"from": self.first, "to": self.last}

    @property
    def everything(self) -> bool:
        return self.first == 0 and self.last is None

    def holds(self, id: int) -> bool:
        return self.first <= id and not self.passed(id)

    def passed(self, id: int) -> bool:
        """Whether an id is behind the end."""
        return self.last is not None and id > self.last

    def halves(self, ids: Sequence[int], start: int) -> tuple[Span, Span] | None:
        """What is left from `start` on after a page of these ids, in two; None where that is not worth it."""
        if self.last is None:
            middle = 2 * start
        elif self.last - start <= PAGES * (ids[-1] - ids[0] + 1):
            return None
        else:
            middle = (start + self.last) // 2
        return Span(self.first, middle), Span(middle + 1, self.last)


def ids_of(body: Mapping[str, Any]) -> list[int]:
    """The ids of a page's contacts."""
    found = body.get("results")
    told = [one.get("id") if isinstance(one, dict) else None for one in found] if isinstance(found, list) else [None]
    if not all(is_id(id) for id in told):
        raise UnexpectedAnswer("hubspot contacts: results is not a list of records whose id is a number in text")
    return [int(str(id)) for id in told]


def is_id(said: Any) -> bool:
    """Whether it is a number in text, and not one too long to be counted with."""
    return isinstance(said, str) and said.isdecimal() and len(said) <= DIGITS


def rising(ids: Sequence[int]) -> bool:
    """Whether every id is greater than the one before it."""
    return all(before < after for before, after in pairwise(ids))
