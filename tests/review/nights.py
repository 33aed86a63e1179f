"""Nights as the ledger keeps them, written out by hand: one that was filed, one that stopped, one that goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include.store import nights
from include.store.ledger import Ledger

BEGAN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HELD = {"pulls": 21, "tables": 33, "people": 5, "findings": 9}
TOOK = {"pulls": 754, "tables": 41, "people": 130, "findings": 62, "filed": 9}  # seconds
PULLED = {
    "bigcommerce": {"rows": 1204, "pages": 6, "whole": False},
    "hubspot": {"rows": 48210, "pages": 483, "whole": True},
}


def filed(ledger: Ledger, attempt: str = "2026-11-20.1", began: datetime = BEGAN, **said: Any) -> None:
    """A night to its end, with what differs from the usual one in `said`."""
    told = {
        "pulled": PULLED,
        "left_out": [],
        "tables": {"contacts": 49414, "orders": 9001, "people": 20117},
        "found": {"duplicate_contact": 31, "email_mismatch": 12},
        "not_compared": {"no_address": 14, "value_shared_by_many": 3},
        "new": 4,
        "known": 37,
        "reopened": 2,
        "gone": 1,
        "waiting": {"duplicate_contact": 20, "email_mismatch": 8},
    }
    at = began
    nights.tell(ledger, attempt, nights.BEGUN, now=at)
    for name, seconds in TOOK.items():
        at += timedelta(seconds=seconds)
        nights.tell(ledger, attempt, name, {"held": HELD[name]} if name in HELD else told | said, now=at)


def stopped(ledger: Ledger, attempt: str, problem: str, began: datetime = BEGAN, gate: str = "pulls") -> None:
    """A night that came no further than a gate."""
    nights.tell(ledger, attempt, nights.BEGUN, now=began)
    nights.tell(ledger, attempt, gate, problem=problem, now=began + timedelta(minutes=9))
