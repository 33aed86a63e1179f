"""
When a request to a platform may be sent: at the quota and no faster, for every task that uses the same connection.

Each platform's `quotas.py` names its quotas, as a `Window` of requests or a `Bucket` of points. A request takes its
turn before it is sent and ends it when its answer is whole; what the answer says of the quota corrects what is kept.
Tasks of one machine share that through a file (see `kept`); across machines each learns from what the platform says is
left. It sends nothing, and knows no platform and no HTTP.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from include.errors import RateLimited, SettingsWrong
from include.pace.answers import Answered, number
from include.pace.bucket import Bucket, Points
from include.pace.kept import File, Kept, Memory, usual_folder
from include.pace.window import Left, Window

__all__ = [
    "MAIN",
    "Answered",
    "Bucket",
    "File",
    "Kept",
    "Left",
    "Memory",
    "Pace",
    "Patience",
    "Points",
    "Turn",
    "Window",
    "number",
    "usual_folder",
]

LONGEST_PAUSE = 60.0  # seconds; a platform that asks for more is left to Airflow's retry, which frees the worker
LONGEST_KEPT = 3600.0  # seconds a pause is kept for the other tasks; after that one of them asks again
UNSAID = 1.0  # seconds all wait after a refusal that does not say how long
LOOK = 0.05  # seconds between two looks when nobody can say when a turn becomes free
UNLIMITED = 1_000_000
MAIN = ""  # the quota of every request that names no other


class Quota(Protocol):
    """What a window and a bucket have in common. `state` is JSON, theirs alone; `now` is seconds."""

    def asks(self, how: Mapping[str, Any]) -> str:
        """A name for what a request asks, as far as its price depends on that."""

    def delay(self, state: dict[str, Any], now: float, what: str) -> float | None:
        """Seconds until `what` may be sent; None when that depends on answers still to come."""

    def take(self, state: dict[str, Any], now: float, turn: str, what: str, seconds: float) -> None:
        """Count a request that is about to be sent and takes at most `seconds`."""

    def end(self, state: dict[str, Any], now: float, turn: str, answer: Answered | None) -> None:
        """Its answer is here, or will not come."""


@dataclass
class Turn:
    """A request that may be sent. `answer` is what came, `pause` the seconds that the platform asks all to wait."""

    id: str
    answer: Answered | None = None
    pause: float | None = None

    def refused(self, seconds: float | None) -> None:
        """The platform refused for too many requests."""
        self.pause = UNSAID if seconds is None else seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How a request waits: `most` seconds for its turn, which lapses when `request` seconds did not bring its answer.

    All who share a quota's state need a `clock` that agrees: the machine's own since it started.
    """

    request: float
    most: float = math.inf
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Pace:
    """One connection's quotas, by name. Without any it only keeps the pauses that the platform asks for."""

    platform: str = ""
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    kept: Kept = field(default_factory=Memory)

    def __post_init__(self) -> None:
        self.quotas = self.quotas or {MAIN: Window(UNLIMITED, 0)}
        self._queues = {name: threading.Lock() for name in self.quotas}
        self._ended = threading.Condition()
        self._endings = 0

    @contextmanager
    def turn(self, quota: str, how: Mapping[str, Any], patience: Patience) -> Iterator[Turn]:
        """
        Wait until a request may be sent; it is, inside.

        Raises RateLimited, and nothing was sent, when it would have to wait longer than its patience, or for a pause
        so long that the task had better end.
        """
        quota = quota if quota in self.quotas else MAIN
        turn = Turn(uuid.uuid4().hex)
        until = patience.clock() + patience.most
        if not self._queues[quota].acquire(timeout=min(patience.most, threading.TIMEOUT_MAX)):
            raise self._too_long(None)
        try:
            self._wait(turn, quota, self.quotas[quota].asks(how), patience, until)
        finally:
            self._queues[quota].release()
        try:
            yield turn
        finally:
            with suppress(
                OSError, SettingsWrong
            ):  # a turn that cannot be ended lapses; what came of the request matters more
                self._end(turn, quota, patience.clock)

    def _wait(self, turn: Turn, quota: str, what: str, patience: Patience, until: float) -> None:
        """Take the turn, as the only one of this process and quota who waits for one."""
        measured = self.quotas[quota]
        woken = -math.inf  # a sleep that ends a moment early has ended all the same
        while True:
            endings = self._endings
            with self._state(patience.clock) as (state, clock):
                now = max(clock, woken)
                pause = max(state["pauses"].get(name, 0.0) for name in (MAIN, quota)) - now
                delay = measured.delay(_part(state, quota), now, what)
                if pause <= 0 and delay == 0:
                    measured.take(_part(state, quota), now, turn.id, what, patience.request)
                    return
            longest = max(pause, delay or 0.0)
            if pause > LONGEST_PAUSE or now + longest > until:
                raise self._too_long(longest)
            if longest > 0:
                patience.sleep(longest)
                woken = now + longest
            else:
                with self._ended:
                    if self._endings == endings:
                        self._ended.wait(LOOK)

    def _end(self, turn: Turn, quota: str, clock: Callable[[], float]) -> None:
        with self._state(clock) as (state, now):
            self.quotas[quota].end(_part(state, quota), now, turn.id, turn.answer)
            if turn.pause is not None:
                until = now + min(turn.pause, LONGEST_KEPT)
                state["pauses"][quota] = max(until, state["pauses"].get(quota, 0.0))
        with self._ended:
            self._endings += 1
            self._ended.notify_all()

    @contextmanager
    def _state(self, clock: Callable[[], float]) -> Iterator[tuple[dict[str, Any], float]]:
        """What is kept, and the time. What was written at a later time is from before this machine started."""
        with self.kept.open() as state:
            now = clock()
            if state.get("at", 0.0) > now:
                state.clear()
            state["at"] = now
            state.setdefault("pauses", {})
            state.setdefault("quotas", {})
            yield state, now

    def _too_long(self, seconds: float | None) -> RateLimited:
        when = "" if seconds is None else f" for another {math.ceil(seconds)} s"
        return RateLimited(f"{self.platform} permits no further request{when}; nothing was sent.", seconds)


def _part(state: dict[str, Any], quota: str) -> dict[str, Any]:
    part: dict[str, Any] = state["quotas"].setdefault(quota, {})
    return part
