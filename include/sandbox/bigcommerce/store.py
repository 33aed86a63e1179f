"""
The sandbox's store: its customers and orders, kept in memory as BigCommerce words them.

It holds and finds records; what may be changed, and with which refusals, is for the other files here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request

    from include.sandbox.desk import Desk
    from include.sandbox.world import Account, Purchase, World

Record = dict[str, Any]

STATUSES = (
    "Incomplete",
    "Pending",
    "Shipped",
    "Partially Shipped",
    "Refunded",
    "Cancelled",
    "Declined",
    "Awaiting Payment",
    "Awaiting Pickup",
    "Awaiting Shipment",
    "Completed",
    "Awaiting Fulfillment",
    "Manual Verification Required",
    "Disputed",
    "Partially Refunded",
)

INFORMATION = {  # with what a store says of its owner, as the real one does
    "id": "sandbox",
    "account_uuid": "8d4d492f-17a1-4d95-b396-e1c5720815a5",
    "domain": "sandbox.example",
    "secure_url": "https://sandbox.example",
    "status": "live",
    "name": "Sandbox",
    "first_name": "Jane",
    "last_name": "Doe",
    "phone": "555-0100",
    "admin_email": "jane.doe@sandbox.example",
    "plan_name": "Standard",
    "plan_level": "Standard",
}


class Store:
    """Customers and orders by id."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.desk = desk
        self.customers = {int(account.id): _customer(account) for account in world.of("bigcommerce", "customer")}
        self.shifted: dict[tuple[int, str], Record] = {}  # fields of an order's lines or addresses that were changed
        self.orders = {int(purchase.id): _order(purchase) for purchase in world.purchases_of("bigcommerce")}

    def holder(self, email: str, but: Record) -> Record | None:
        """Another customer with this address on a channel that `but` may use too: addresses are unique per channel."""
        for customer in self.customers.values():
            if customer["id"] != but["id"] and customer["email"].casefold() == email.casefold() and meet(customer, but):
                return customer
        return None

    def changed(
        self, request: Request, kind: str, record: Record, wanted: Record, secret: dict[str, list[Any]] | None = None
    ) -> None:
        """Make the change, and write down which fields of which record moved; `secret`: what the record never shows."""
        moved = {name: [record.get(name), value] for name, value in wanted.items() if record.get(name) != value}
        moved |= secret or {}
        record.update(wanted)
        self.wrote(request, kind, record["id"], moved, "applied" if moved else "none")
        if moved:
            now = self.desk.tick()
            record["date_modified"] = rfc2822(now) if kind == "order" else iso(now)

    def wrote(self, request: Request, kind: str, id: int, moved: dict[str, list[Any]], effect: str) -> None:
        """Write down what a request did to a record."""
        action = "attach" if kind == "order" and "customer_id" in moved else "update"
        if set(moved) in ({"notes"}, {"staff_notes"}):
            action = "note"
        self.desk.wrote("bigcommerce", request, f"bigcommerce:{kind}:{id}", action, moved, effect)


def meet(one: Record, other: Record) -> bool:
    """Whether two customers may use a channel both."""
    mine, theirs = one["channel_ids"], other["channel_ids"]
    return mine is None or theirs is None or bool(set(mine) & set(theirs))


def iso(moment: datetime) -> str:
    """A time as V3 writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc2822(moment: datetime) -> str:
    """A time as V2 writes it."""
    return format_datetime(moment.astimezone(UTC))


def _customer(account: Account) -> Record:
    address = {
        "id": int(account.id),
        "customer_id": int(account.id),
        "first_name": account.first_name or "",
        "last_name": account.last_name or "",
        "company": account.company or "",
        "address1": account.street,
        "address2": "",
        "city": account.city or "",
        "state_or_province": "",
        "postal_code": account.postcode or "",
        "country": "United States",
        "country_code": account.country or "",
        "phone": account.phone or "",
        "address_type": "residential",
    }
    channels = [int(channel) for channel in account.channels]
    return {
        "id": int(account.id),
        "authentication": {"force_password_reset": False},
        "company": account.company or "",
        "customer_group_id": 0,
        "email": account.email or "",
        "first_name": account.first_name or "",
        "last_name": account.last_name or "",
        "notes": "",
        "phone": account.phone or "",
        "registration_ip_address": "",
        "tax_exempt_category": "",
        "date_created": iso(account.created_at),
        "date_modified": iso(account.updated_at),
        "accepts_product_review_abandoned_cart_emails": False,
        "origin_channel_id": channels[0] if channels else 1,
        "channel_ids": channels or None,
        "addresses": [address] if account.street else [],
    }


def _order(purchase: Purchase) -> Record:
    id, total = int(purchase.id), f"{20 + int(purchase.id) * 7 % 400}.8400"
    url = f"https://api.bigcommerce.com/stores/sandbox/v2/orders/{id}"
    status = next(n for n, name in enumerate(STATUSES) if name.casefold() == purchase.status.casefold())
    return {
        "id": id,
        "customer_id": int(purchase.account or 0),
        "date_created": rfc2822(purchase.placed_at),
        "date_modified": rfc2822(purchase.updated_at),
        "date_shipped": "",
        "status_id": status,
        "status": STATUSES[status],
        "custom_status": STATUSES[status],
        "channel_id": int(purchase.channel),
        "is_deleted": False,
        "subtotal_inc_tax": total,
        "total_inc_tax": total,
        "discount_amount": "5.0000",
        "items_total": 1,
        "items_shipped": 0,
        "payment_method": "Manual",
        "payment_status": "captured",
        "order_source": "www",
        "external_source": None,
        "external_id": None,
        "staff_notes": "",
        "customer_message": "",
        "fees": [{"id": id, "type": "custom_fee", "display_name_customer": "Gift wrap", "cost_inc_tax": "2.0000"}],
        "billing_address": _address(purchase),
        "products": {"url": f"{url}/products", "resource": f"/orders/{id}/products"},
        "shipping_addresses": {"url": f"{url}/shipping_addresses", "resource": f"/orders/{id}/shipping_addresses"},
        "coupons": {"url": f"{url}/coupons", "resource": f"/orders/{id}/coupons"},
    }


def _address(purchase: Purchase) -> Record:
    return {
        "first_name": purchase.first_name or "",
        "last_name": purchase.last_name or "",
        "company": "",
        "street_1": purchase.street or "",
        "street_2": "",
        "city": purchase.city or "",
        "state": "",
        "zip": purchase.postcode or "",
        "country": "United States",
        "country_iso2": purchase.country or "",
        "phone": purchase.phone or "",
        "email": purchase.email or "",
        "form_fields": [],
    }
