"""A small shop written out by hand: five customers and three orders, each with a reason to be there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from include.sandbox.world import Account, Purchase, World

BO, NEW_BO, STUB, DAN, INVITED = "1000000000001", "1000000000002", "1000000000003", "1000000000004", "1000000000005"
BOS_ORDER, STUBS_ORDER, NOBODYS_ORDER = "8000000000001", "8000000000002", "8000000000003"

LONG_AGO = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATELY = datetime(2026, 9, 20, 12, tzinfo=UTC)

PLACE = {"street": "12 Mill Lane", "city": "Portland", "postcode": "97201", "country": "US"}


def customer(id: str, email: str | None, first: str, last: str, state: str = "activated", **more: Any) -> Account:
    said: dict[str, Any] = {
        "platform": "shopify",
        "kind": "customer",
        "id": id,
        "human": f"h{id}",
        "email": email,
        "other_emails": [],
        "first_name": first,
        "last_name": last,
        "company": None,
        "phone": None,
        "state": state,
        "channels": [],
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
        "links": [],
        "extra": {},
    }
    return Account(**said | PLACE | more)


def order(id: str, number: str, account: str | None, email: str, placed_at: datetime) -> Purchase:
    return Purchase(
        platform="shopify",
        id=id,
        number=number,
        account=account,
        human="h",
        email=email,
        first_name="Bo",
        last_name="Wang",
        phone=None,
        status="paid",
        channel="web",
        placed_at=placed_at,
        updated_at=placed_at,
        **PLACE,
    )


def shop_world() -> World:
    accounts = [
        customer(BO, "Bo.Wang@example.com", "Bo", "Wang", phone="+15035550100"),
        customer(NEW_BO, "bo@wang.example", "Bo", "Wang", state="disabled"),
        customer(STUB, "bo.wnag@example.com", "", "", state="disabled"),
        customer(DAN, "dan@example.com", "Dan", "Okafor", phone="+15035550104"),
        customer(INVITED, "ivy@example.com", "Ivy", "Lund", state="invited"),
    ]
    purchases = [
        order(BOS_ORDER, "1001", BO, "bo.wang@example.com", LONG_AGO),
        order(STUBS_ORDER, "1002", STUB, "bo.wnag@example.com", LATELY),
        order(NOBODYS_ORDER, "1003", None, "bo.wang@example.com", LATELY),
    ]
    return World(seed=1, humans=[], accounts=accounts, purchases=purchases, planted=[])
