"""
Windows of ids: how Shopify's records are asked for by a filter, page after page and side by side.

A cursor leads at most 25,000 records deep, and one lane with a cursor waits for each page. A page that is asked for by
the ids after the last one is as cheap, has no such end, and its lane can be cut in two. What the search index has
not yet is caught by what changed meanwhile. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from include.errors import UnexpectedAnswer

WORTH = 10  # pages: what is left of a lane is not cut when there seem to be fewer, for each cut ends in a page not full

Bounds = Mapping[str, Any]


def changed_since(stream: str, since: datetime) -> str:
    """
    The term for records that changed since.

    Customers are matched by whole days, of a time zone that is not told: asked for is from the day before.
    """
    moment = since.astimezone(UTC)
    if stream == "customers":
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return f"updated_at:>='{moment:%Y-%m-%dT%H:%M:%SZ}'"


def terms(bounds: Bounds, after: str | None) -> str:
    """The search for the next records of a lane: its ids after `after`, or from its beginning."""
    above = int(after) if after else int(bounds.get("above", 0))
    found = [str(bounds["changed"])] if "changed" in bounds else []
    found.append(f"id:>={above + 1}")
    if "to" in bounds:
        found.append(f"id:<={bounds['to']}")
    return " ".join(found)


def insist(stream: str, bounds: Bounds, after: str | None, ids: Sequence[int]) -> None:
    """Raise UnexpectedAnswer unless the ids of a page ascend, and are all in the window that was asked for."""
    above = int(after) if after else int(bounds.get("above", 0))
    for id in ids:
        if id <= above or id > int(bounds.get("to", id)):
            raise UnexpectedAnswer(f"shopify {stream}: records came that were not asked for, or not in order")
        above = id


def halves(bounds: Bounds, ids: Sequence[int]) -> tuple[Bounds, Bounds] | None:
    """What a lane has left after the page with `ids`, in two windows; None when that is not worth it."""
    end = bounds.get("to", bounds.get("newest"))
    if end is None or len(ids) < 2:
        return None
    left = int(end) - ids[-1]
    if left < WORTH * (ids[-1] - ids[0]):
        return None
    middle = ids[-1] + left // 2
    near: dict[str, Any] = {"way": "windows", "to": middle}
    return near, {"way": "windows", "above": middle} | {k: v for k, v in bounds.items() if k in {"to", "newest"}}
