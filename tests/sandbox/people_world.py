"""A small HubSpot and a small BigCommerce written out by hand, each record with a reason to be there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from include.sandbox.world import Account, Purchase, World

ANN, ANN_AGAIN, ANN_THIRD, BEN, INFO = "101", "205", "309", "402", "503"  # HubSpot
CARA, CARA_ELSEWHERE, DEE = "11", "12", "13"  # BigCommerce: Cara's two accounts are on different channels
CARAS_ORDER, GUESTS_ORDER, UNFINISHED, GUEST_ON_TWO = "101", "102", "103", "104"

LONG_AGO = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 20, 8, 30, tzinfo=UTC)
PLACE = {"street": "12 Mill Lane", "city": "Portland", "postcode": "97201", "country": "US"}


def account(platform: str, id: str, email: str | None, first: str | None, last: str | None, **more: Any) -> Account:
    said: dict[str, Any] = {
        "platform": platform,
        "kind": "contact" if platform == "hubspot" else "customer",
        "id": id,
        "human": f"h{id}",
        "email": email,
        "other_emails": [],
        "first_name": first,
        "last_name": last,
        "company": None,
        "phone": "(503) 555-0100",
        "state": None,
        "channels": [],
        "created_at": LONG_AGO,
        "updated_at": LATER,
        "links": [],
        "extra": {},
    }
    return Account(**said | PLACE | more)


def order(id: str, of: str | None, email: str, **more: Any) -> Purchase:
    said: dict[str, Any] = {
        "platform": "bigcommerce",
        "id": id,
        "number": id,
        "account": of,
        "human": "h",
        "email": email,
        "first_name": "Cara",
        "last_name": "Diaz",
        "phone": "+15035550100",
        "status": "completed",
        "channel": "1",
        "placed_at": LATER,
        "updated_at": LATER,
    }
    return Purchase(**said | PLACE | more)


def people_world() -> World:
    accounts = [
        account("hubspot", ANN, "ann@example.com", "Ann", "Lee", links=["shopify:customer:7000000000121"]),
        account("hubspot", ANN_AGAIN, "ann.lee@example.com", "Ann", "Lee", created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        account("hubspot", ANN_THIRD, "a.lee@example.org", "Ann", None),
        account("hubspot", BEN, "ben@example.com", "Ben", "Ota", other_emails=["ben@old.example", "otas@example.net"]),
        account("hubspot", INFO, "info@example.com", None, None, company="Example", phone=None, street=None),
        account("bigcommerce", CARA, "cara@example.com", "Cara", "Diaz", channels=["1"]),
        account("bigcommerce", CARA_ELSEWHERE, "cara@example.com", "Cara", "Diaz", channels=["2"]),
        account("bigcommerce", DEE, "dee@example.com", "Dee", "Fox", street=None),
    ]
    purchases = [
        order(CARAS_ORDER, CARA, "cara@example.com"),
        order(GUESTS_ORDER, None, "cara@example.com"),
        order(UNFINISHED, None, "cara@example.com", status="incomplete"),
        order(GUEST_ON_TWO, None, "cara@example.com", channel="2"),
    ]
    return World(seed=1, humans=[], accounts=accounts, purchases=purchases, planted=[])
