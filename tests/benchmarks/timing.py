"""Times two ways of doing the same work in turns, so that a busy machine slows both of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """Work on `rows` rows, done two ways. `fresh` undoes ours; `agree` raises where they differ."""

    name: str
    rows: int
    ours: Callable[[], object]
    naive: Callable[[], object]
    fresh: Callable[[], None]
    agree: Callable[[], None]


@dataclass(frozen=True)
class Timed:
    """The seconds of every round, in order."""

    work: Work
    ours: list[float]
    naive: list[float]

    def speeds(self) -> tuple[float, float]:
        """Rows per second of the median round: ours, naive."""
        return self.work.rows / statistics.median(self.ours), self.work.rows / statistics.median(self.naive)

    def ratios(self) -> tuple[float, float, float]:
        """How many times as fast as the naive way: the least, the median and the most, round by round."""
        each = [naive / ours for ours, naive in zip(self.ours, self.naive, strict=True)]
        return min(each), statistics.median(each), max(each)


def timed(work: Work, rounds: int, clock: Callable[[], float] = time.perf_counter) -> Timed:
    """Ours, naive, ours, naive … after both have been held against each other once."""
    work.fresh()
    work.ours()
    work.naive()
    work.agree()
    seconds: dict[str, list[float]] = {"ours": [], "naive": []}
    for _ in range(rounds):
        work.fresh()
        for name, way in (("ours", work.ours), ("naive", work.naive)):
            gc.collect()
            begun = clock()
            way()
            seconds[name].append(clock() - begun)
    return Timed(work, **seconds)
