"""
So many points, which come back at a steady rate: a request costs what its answer says it did.

What is kept is never more than there is. Alone at a bucket, our own account of it is exact: points are taken before the
platform takes them, and given back after it gave them back. When an answer shows that there are fewer, others use it
too, and then only answers count: less everything that the platform may not have seen by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.pace.answers import Answered

MOST_PRICES = 200  # prices that are kept; the oldest is forgotten
OTHERS = 60.0  # seconds after which others are no longer expected to use it too


@dataclass(frozen=True, slots=True)
class Points:
    """What an answer says: the points its request was held to cost, those it did, those there are, and the bucket."""

    cost: float | None = None
    used: float | None = None
    available: float | None = None
    size: float | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """
    `size` points, `rate` of which come back each second, and `guess` for a request whose price is not known: all three
    until an answer says better. `asks` names what a request asks, and `says` reads an answer.
    """

    size: float
    rate: float
    guess: float
    asks: Callable[[Mapping[str, Any]], str]
    says: Callable[[Answered], Points]

    def delay(self, state: dict[str, Any], now: float, what: str) -> float | None:
        """Seconds until the bucket holds what it costs (or is full: then only the platform can say)."""
        self._fill(state, now)
        short = min(self._price(state, what), state["size"]) - state["held"]
        return float(short / state["rate"]) if short > 1e-6 else 0.0

    def take(self, state: dict[str, Any], now: float, turn: str, what: str, seconds: float) -> None:
        """Reserve the points of a request that is about to be sent."""
        price = self._price(state, what)
        state["held"] -= price
        state["sent"][turn] = [now, now + seconds, price, what]

    def end(self, state: dict[str, Any], now: float, turn: str, answer: Answered | None) -> None:
        """Its answer is here, and says what there is and what it cost; or will not come, and the points are spent."""
        self._fill(state, now)
        said = self.says(answer) if answer else Points()
        state["size"] = said.size or state["size"]
        state["rate"] = said.rate or state["rate"]
        if turn not in state["sent"]:  # it lapsed: its points count as spent
            return
        since, _, price, what = state["sent"].pop(turn)
        if said.cost is not None:
            state["prices"].pop(what, None)
            state["prices"][what] = said.cost
            for oldest in list(state["prices"])[:-MOST_PRICES]:
                del state["prices"][oldest]
        if said.used is not None:
            state["held"] += price - said.used
        if said.available is not None:
            self._correct(state, now, since, said.available)
        state["ended"].append([now, price])

    def _correct(self, state: dict[str, Any], now: float, since: float, available: float) -> None:
        """Hold our account against what an answer says of the bucket at some moment between `since` and `now`."""
        unseen = sum(kept[2] for kept in state["sent"].values())
        unseen += sum(points for ended, points in state["ended"] if ended > since)
        if state["held"] > available + (now - since) * state["rate"] + 1:
            state["others"] = now + OTHERS
        certain = min(available, state["size"]) - unseen
        state["held"] = certain if now < state.get("others", 0.0) else max(certain, state["held"])

    def _price(self, state: dict[str, Any], what: str) -> float:
        return float(state["prices"].get(what, self.guess))

    def _fill(self, state: dict[str, Any], now: float) -> None:
        """What has come back since, and what no longer matters."""
        state.setdefault("size", self.size)
        state.setdefault("rate", self.rate)
        state.setdefault("held", state["size"])
        state.setdefault("prices", {})
        state["sent"] = {turn: kept for turn, kept in state.get("sent", {}).items() if kept[1] > now}
        most = state["size"] - sum(kept[2] for kept in state["sent"].values())
        passed = max(0.0, now - state.get("filled", now))
        state["held"] = min(max(most, state["held"]), state["held"] + passed * state["rate"])
        state["filled"] = now
        oldest = min([now, *(kept[0] for kept in state["sent"].values())])
        state["ended"] = [kept for kept in state.get("ended", []) if kept[0] > oldest]
