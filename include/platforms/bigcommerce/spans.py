"""
Spans of time in which BigCommerce's customers are pulled side by side, by when they were created. Pure: no network.

A cursor cannot be entered in its middle, but when a customer was created never changes. Whether a filter's ends are
among what it gives is not documented: a span asks for a second more on either side, and leaves that out itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from include.errors import UnexpectedAnswer
from include.record import records

BESIDE = timedelta(seconds=1)  # BigCommerce tells whole seconds
ONE_CURSOR = 'put {"one_cursor": true} into the extra of the connection bigcommerce'


@dataclass(frozen=True, slots=True)
class Span:
    """Customers created from `first` on and before `end`; None: without an end."""

    first: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, bounds: Mapping[str, Any]) -> Span:
        first, end = (bounds.get(name) for name in ("created_from", "created_before"))
        return cls(first and datetime.fromisoformat(first), end and datetime.fromisoformat(end))

    def bounds(self) -> dict[str, Any]:
        """As a lane's bounds."""
        ends = {"created_from": self.first, "created_before": self.end}
        return {name: moment.isoformat() for name, moment in ends.items() if moment}

    def filters(self) -> dict[str, str]:
        """As BigCommerce is asked for it."""
        asked = {}
        if self.first:
            asked["date_created:min"] = _said(self.first - BESIDE)
        if self.end:
            asked["date_created:max"] = _said(self.end + BESIDE)
        return asked

    def within(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """
        Those of a page's customers that the span holds.

        Raises UnexpectedAnswer where one has no creation time, or was not asked for: then the filters mean something
        else to this store (another time zone, whole days, nothing), and what they leave out would be missed.
        """
        if self.first is None and self.end is None:
            return found
        moments = [created(one) for one in found]
        if not all(self._holds(moment, 2 * BESIDE) for moment in moments):
            raise UnexpectedAnswer(
                f"bigcommerce customers: some were created outside the span of time that was asked for; {ONE_CURSOR}"
            )
        return [one for one, moment in zip(found, moments, strict=True) if self._holds(moment)]

    def _holds(self, moment: datetime, beside: timedelta = timedelta()) -> bool:
        after = self.first is None or self.first - beside <= moment
        return after and (self.end is None or moment < self.end + beside)


def between(moments: Iterable[datetime]) -> list[Span]:
    """The spans that begin or end at these moments: every moment there is lies in one of them."""
    return [Span(first, end) for first, end in pairwise([None, *sorted(set(moments)), None])]


def created(customer: Mapping[str, Any]) -> datetime:
    """When a customer was created. Raises UnexpectedAnswer where that is missing."""
    (told,) = records("bigcommerce customers", [customer])
    if (moment := told.time("date_created")) is None:
        raise UnexpectedAnswer(f"bigcommerce customers: a date_created is empty; {ONE_CURSOR}")
    return moment


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
