"""BigCommerce's quota: one window for all apps of a store, so that our share of it varies."""

from __future__ import annotations

from include.pace import MAIN, Answered, Left, Window, number


def quotas() -> dict[str, Window]:
    """The store's quota. Its size is the smallest plan's, until an answer says better."""
    return {MAIN: Window(150, 30.0, left)}


def left(answer: Answered) -> Left:
    """What an answer's headers say of the window."""
    names = ("Requests-Quota", "Time-Window-Ms", "Requests-Left")
    limit, span, remaining = (number(answer.headers.get(f"X-Rate-Limit-{name}")) for name in names)
    return Left(limit, span and span / 1000, remaining)
