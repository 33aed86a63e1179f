"""
The sandbox's shop: its customers and orders, kept in memory as Shopify words them.

It holds and finds records; what may be changed, and with which refusals, is `mutations`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.sandbox.desk import Desk
    from include.sandbox.world import Account, Purchase, World

Record = dict[str, Any]

STATES = {"activated": "ENABLED", "invited": "INVITED", "declined": "DECLINED"}
DOMAIN = "sandbox.myshopify.com"


class Shop:
    """Customers and orders by their global id."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.desk = desk
        self.customers = {(c := _customer(account))["id"]: c for account in world.of("shopify")}
        self.orders = {(o := _order(purchase))["id"]: o for purchase in world.purchases_of("shopify")}
        self.jobs: dict[str, Record] = {}  # merges by their job's id
        self.operations: dict[str, Record] = {}  # bulk operations by their global id
        self._order: dict[str, tuple[int, str | None, list[str]]] = {}
        self._counted = Counter(order["customerId"] for order in self.orders.values())

    def in_order(self, kind: str) -> list[Record]:
        """All `customers` or `orders` by their ids. That order is worked out anew only when there are others."""
        records: dict[str, Record] = getattr(self, kind)
        there = (len(records), next(reversed(records), None))
        *known, ids = self._order.get(kind, (None, None, []))
        if tuple(known) != there:
            ids = sorted(records, key=lambda id: int(records[id]["legacyResourceId"]))
            self._order[kind] = (*there, ids)
        return [records[id] for id in ids]

    def holder(self, field: str, value: str) -> Record | None:
        """The customer with this email or phone, whatever its case."""
        wanted = plain(value)
        return next((c for c in self.customers.values() if c[field] and plain(c[field]) == wanted), None)

    def orders_of(self, customer: str) -> list[Record]:
        """A customer's orders, in the order of their ids."""
        return [order for order in self.in_order("orders") if order["customerId"] == customer]

    def number_of_orders(self, customer: str) -> str:
        """How many orders a customer had when the counter was last brought up to date, which may be long ago."""
        if self.desk.switches["shopify_counters_lag"]:
            return str(self._counted[customer])
        return str(len(self.orders_of(customer)))

    def recent_orders(self) -> Iterable[Record]:
        """What an app without `read_all_orders` is shown: the 60 days up to the newest order."""
        newest = max((order["processedAt"] for order in self.orders.values()), default=None)
        if newest is None:
            return []
        limit = datetime.fromisoformat(newest).timestamp() - 60 * 86400
        return [
            order
            for order in self.in_order("orders")
            if datetime.fromisoformat(order["processedAt"]).timestamp() >= limit
        ]

    def touch(self, record: Record) -> None:
        """The record was changed just now."""
        record["updatedAt"] = stamp(self.desk.tick())


def plain(value: str) -> str:
    """A value as it is compared: without spaces, whatever its case."""
    return re.sub(r"\s", "", value).casefold()


def stamp(moment: datetime) -> str:
    """A time as Shopify writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ref(record: Record | None) -> str | None:
    """The record's reference, as the truth and the write log name it."""
    if record is None:
        return None
    kind = "order" if "/Order/" in record["id"] else "customer"
    return f"shopify:{kind}:{record['legacyResourceId']}"


def _customer(account: Account) -> Record:
    return {
        "__typename": "Customer",
        "id": f"gid://shopify/Customer/{account.id}",
        "legacyResourceId": account.id,
        "email": account.email,
        "phone": account.phone or None,
        "firstName": account.first_name or None,
        "lastName": account.last_name or None,
        "state": STATES.get(account.state or "", "DISABLED"),
        "verifiedEmail": True,  # so every recorded customer, account or not
        "locale": "en",
        "note": None,
        "tags": [],
        "createdAt": stamp(account.created_at),
        "updatedAt": stamp(account.updated_at),
        "defaultAddress": _address(account, account.company, account.id) if account.street else None,
    }


def _order(purchase: Purchase) -> Record:
    status = (purchase.status or "paid").upper().replace(" ", "_")
    cancelled = status in {"CANCELLED", "CANCELED"}
    address = _address(purchase, None, purchase.id) if purchase.street or purchase.last_name else None
    return {
        "__typename": "Order",
        "id": f"gid://shopify/Order/{purchase.id}",
        "legacyResourceId": purchase.id,
        "name": f"#{str(purchase.number).removeprefix('#')}",
        "email": purchase.email,
        "phone": purchase.phone or None,
        "customerId": f"gid://shopify/Customer/{purchase.account}" if purchase.account else None,
        "note": None,
        "tags": [],
        "test": False,
        "sourceName": purchase.channel or "web",
        "displayFinancialStatus": "VOIDED" if cancelled else status,
        "createdAt": stamp(purchase.placed_at),
        "processedAt": stamp(purchase.placed_at),
        "updatedAt": stamp(purchase.updated_at),
        "cancelledAt": stamp(purchase.updated_at) if cancelled else None,
        "closedAt": None,
        "billingAddress": address,
        "shippingAddress": address,
    }


def _address(of: Account | Purchase, company: str | None, number: str) -> Record:
    return {
        "__typename": "MailingAddress",
        "id": f"gid://shopify/MailingAddress/{number}?model_name=CustomerAddress",
        "firstName": of.first_name or None,
        "lastName": of.last_name or None,
        "company": company,
        "address1": of.street or None,
        "address2": None,
        "city": of.city or None,
        "provinceCode": None,
        "zip": of.postcode or None,
        "countryCodeV2": of.country or None,
        "phone": of.phone or None,
    }
