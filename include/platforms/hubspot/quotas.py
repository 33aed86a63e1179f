"""
HubSpot's quotas: a rolling window for each app, and one of its own for search, whose answers say nothing of it.

The daily quota is no window here: when it is used up HubSpot says so, and that is not asked again.
"""

from __future__ import annotations

from include.pace import MAIN, Answered, Left, Window, number

SEARCH = "search"


def quotas() -> dict[str, Window]:
    """Each quota by its name. The sizes are the smallest plan's, until an answer says better."""
    return {MAIN: Window(100, 10.0, left), SEARCH: Window(5, 1.0)}


def left(answer: Answered) -> Left:
    """What an answer's headers say of the rolling window."""
    told = {name: number(answer.headers.get(f"X-HubSpot-RateLimit-{name}")) for name in ("Max", "Remaining")}
    span = number(answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
    return Left(told["Max"], span and span / 1000, told["Remaining"])
