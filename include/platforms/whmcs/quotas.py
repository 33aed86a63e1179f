"""WHMCS publishes no quota. Every call starts its whole application, so two at once are enough."""

from __future__ import annotations

from include.pace import MAIN, Window


def quotas() -> dict[str, Window]:
    """How many calls may be on their way at once."""
    return {MAIN: Window(2, 0)}
