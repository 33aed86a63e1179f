"""A platform's `api` that has given pages to give, for tests of what a pull makes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from include import stages
from include.errors import RollcallError
from include.platforms import Lane, Page, Platform, Pulled
from include.store.snapshots import Snapshot

CLOCK = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Answers(Pulled):
    """One lane with these pages, and how often it was begun; its clock shows `now`."""

    def __init__(self, pages: Iterable[Page | RollcallError], now: datetime = CLOCK) -> None:
        self.asked, self._pages, self._now = 0, list(pages), now

    def account(self) -> str:
        return "the-account"

    def clock(self) -> datetime:
        return self._now

    def lanes(self) -> list[Lane]:
        return [Lane("everything")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        self.asked += 1
        for page in self._pages:
            if isinstance(page, RollcallError):
                raise page
            yield dataclasses.replace(page, after=None)


def saying(platform: Platform, *pages: Page | RollcallError, now: datetime = CLOCK) -> Platform:
    """`platform`, with nothing to say but these pages."""
    return dataclasses.replace(platform, api=Answers(pages, now), at_once=1)


def pulled(platform: Platform, snapshot: Snapshot, *pages: Page | RollcallError) -> dict[str, list[Any]]:
    """Pull these pages into a snapshot. Returns what it then holds of each stream."""
    stages.pull(saying(platform, *pages), snapshot)
    return {stream: list(bodies) for stream, bodies in snapshot.raw(platform.name).bodies().items()}
