"""A merge of two customers of the small shop, as a reviewer would have seen it."""

from __future__ import annotations

from typing import Any

from include.model import Action, Fix, Ref
from tests.sandbox.shopify.serving import Shopify
from tests.sandbox.shopify.worlds import BO, STUB, STUBS_ORDER

BOS, STUBS = "Bo.Wang@example.com", "bo.wnag@example.com"


def customer(id: str) -> str:
    return f"shopify:customer:{id}"


def merge(survivor: str = BO, duplicate: str = STUB, email: str = BOS, other: str = STUBS, **orders: str) -> Fix:
    """A merge as a reviewer sees it: `orders` are the duplicate's, each with its address."""
    moved = {f"shopify:order:{id[1:]}": address for id, address in (orders or {f"_{STUBS_ORDER}": STUBS}).items()}
    return Fix(
        Ref.parse(customer(survivor)),
        Action.MERGE,
        {
            "duplicate": customer(duplicate),
            "email": email,
            "duplicate_email": other,
            "orders": {name: {"contact": customer(duplicate), "email": old} for name, old in moved.items()},
        },
        {
            "duplicate": None,
            "email": email,
            "duplicate_email": None,
            "orders": {name: {"contact": customer(survivor), "email": email} for name in moved},
        },
    )


def sent(shopify: Shopify) -> list[Any]:
    return [change for change in shopify.changes() if change[1] == "merge"]
