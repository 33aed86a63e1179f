"""WHMCS publishes no quota, and registrars count in silence: what it asks of them, it asks two at a time."""

from __future__ import annotations

from include.pace import MAIN, Window


def quotas() -> dict[str, Window]:
    """How many calls may be on their way at once."""
    return {MAIN: Window(2, 0)}
