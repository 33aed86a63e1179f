"""A pace whose time is the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.pace import MAIN, Bucket, Left, Pace, Patience, Points, Window
from include.pace.window import GRAIN

REQUEST = 30.0  # seconds a request may take


@dataclass
class Time:
    """A clock that moves when somebody sleeps, and when a test says so."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Said:
    """An answer that says of the quota what its body does."""

    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Paced:
    """A pace and its time."""

    def __init__(self, *quota: Any, **more: Any) -> None:
        self.time = Time()
        quotas = {MAIN: quota[0]} if quota else {}
        self.pace = Pace("acme", quotas | more.pop("quotas", {}), **more)

    @contextmanager
    def turn(self, quota: str = MAIN, most: float = float("inf"), **how: Any) -> Iterator[Any]:
        with self.pace.turn(quota, how, Patience(REQUEST, most, self.time, self.time.sleep)) as turn:
            yield turn

    def send(self, times: int = 1, takes: float = 0.0, says: Any = None, quota: str = MAIN, **how: Any) -> float:
        """Send so many, one after the other; the seconds that were waited for their turns."""
        before = len(self.time.slept)
        for _ in range(times):
            with self.turn(quota, **how) as turn:
                self.time.now += takes
                turn.answer = Said(says)
        return sum(self.time.slept[before:])

    def refused(self, seconds: float | None, quota: str = MAIN) -> None:
        with self.turn(quota) as turn:
            turn.refused(seconds)


def window(limit: int = 5, seconds: float = 10.0) -> Window:
    return Window(limit, seconds, lambda answer: Left(**(answer.body or {})))


def soon(seconds: float, span: float = 10.0) -> Any:
    """`seconds`, or at most so much longer as turns are kept together."""
    return pytest.approx(seconds + span / GRAIN / 2, abs=span / GRAIN / 2 + 1e-6)


def shop(**sizes: float) -> Bucket:
    asked = {"size": 100, "rate": 10, "guess": 20} | sizes
    return Bucket(**asked, asks=lambda how: str(how.get("document")), says=lambda answer: Points(**(answer.body or {})))
