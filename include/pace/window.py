"""
So many requests in so many seconds, counted over a window that rolls.

A request's turn becomes free `seconds` after its *answer* came: the platform counts from some moment between the call
and the answer, and whoever counts from the call is refused now and then. Turns are kept as `[free at, how many]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.pace.answers import Answered

GRAIN = 500  # parts of a window within which turns are kept as one: what is kept stays small


@dataclass(frozen=True, slots=True)
class Left:
    """What an answer says of its window, as far as it does: how large it is, and how many requests are left in it."""

    limit: float | None = None
    seconds: float | None = None
    left: float | None = None


def _silent(_: Answered) -> Left:
    return Left()


@dataclass(frozen=True, slots=True)
class Window:
    """
    `limit` requests in `seconds`, until an answer says another size. With 0 seconds, so many at once.

    `says` reads an answer. Where that counts more requests than were sent here, others use the same quota: the
    difference is counted as turns of theirs.
    """

    limit: int
    seconds: float
    says: Callable[[Answered], Left] = _silent

    def asks(self, how: Mapping[str, Any]) -> str:
        """One request is like another."""
        return ""

    def delay(self, state: dict[str, Any], now: float, what: str) -> float | None:
        """Seconds until a turn is free; None when that depends on answers still to come."""
        self._forget(state, now)
        spent = [(free_at, count) for free_at, count in state["spent"] if free_at > now]
        short = len(state["sent"]) + sum(count for _, count in spent) + 1 - state["limit"]
        if short <= 0:
            return 0.0
        for free_at, count in spent:
            short -= count
            if short <= 0:
                return float(free_at - now)
        return None

    def take(self, state: dict[str, Any], now: float, turn: str, what: str, seconds: float) -> None:
        """Count a request that is about to be sent; its turn lapses when its task dies."""
        state["sent"][turn] = [now, now + seconds + state["seconds"]]

    def end(self, state: dict[str, Any], now: float, turn: str, answer: Answered | None) -> None:
        """Its answer is here, or will not come: from now on the window has to pass."""
        self._forget(state, now)
        since, _ = state["sent"].pop(turn, (now, now))
        said = self.says(answer) if answer else Left()
        state["limit"] = said.limit or state["limit"]
        state["seconds"] = said.seconds or state["seconds"]
        if not state["seconds"]:
            return
        others = 0.0
        if said.left is not None:
            # More than the platform can have counted of ours: all that was not free yet when this one was sent.
            ours = 1 + len(state["sent"]) + sum(count for free_at, count in state["spent"] if free_at > since)
            others = max(0.0, state["limit"] - said.left - ours)
        self._spend(state, now + state["seconds"], 1 + int(others))

    def _spend(self, state: dict[str, Any], free_at: float, count: int) -> None:
        grain = state["seconds"] / GRAIN
        free_at = math.ceil(free_at / grain) * grain
        if state["spent"] and state["spent"][-1][0] >= free_at:
            state["spent"][-1][1] += count
        else:
            state["spent"].append([free_at, count])

    def _forget(self, state: dict[str, Any], now: float) -> None:
        """Let go of turns that lapsed, and of those that were free before anything now on its way was sent."""
        state.setdefault("limit", self.limit)
        state.setdefault("seconds", self.seconds)
        state["sent"] = {turn: kept for turn, kept in state.get("sent", {}).items() if kept[1] > now}
        oldest = min([now, *(since for since, _ in state["sent"].values())])
        state["spent"] = [kept for kept in state.get("spent", []) if kept[0] > oldest]
