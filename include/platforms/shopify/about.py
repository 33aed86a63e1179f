"""
Which shop the connection opens, and what its app lacks.

Shopify lists the scopes that were granted, but not the approval for protected customer data: a customer is asked for,
and a field that comes back redacted tells. In a shop without customers that cannot be seen. Nor can the scope of the
Storefront's token: whether it is accepted is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from include.errors import NotPermitted, UnexpectedAnswer
from include.platforms import About, fingerprint
from include.platforms.shopify import documents
from include.record import Record

if TYPE_CHECKING:
    from include.platforms.shopify.storefront import Storefront
    from include.transport import Answer

NEEDED = ("write_customers", "write_orders", "read_all_orders")  # writing implies reading
SHOP = re.compile(r"gid://shopify/Shop/(\d+)")
MERGES = "write_customer_merge"
NEW_ACCOUNTS = "NEW_CUSTOMER_ACCOUNTS"  # where nobody has a password that could be reset
PROTECTED = "protected customer data (level 2)"


def about(answer: Callable[[str, Mapping[str, Any]], Answer], storefront: Storefront) -> About:
    """Ask for the shop and the app's scopes, for one customer, of whom nothing is kept, and for the Storefront."""
    told = answer(documents.ABOUT, {})
    data = Record("shopify", told.body["data"])
    shop = data.part("shop")
    scopes = data.part("currentAppInstallation").field("accessScopes", list)
    granted = {str(scope.get("handle")) for scope in scopes if isinstance(scope, dict)}
    missing = [scope for scope in NEEDED if scope not in granted]
    if granted & {"read_customers", "write_customers"}:
        try:
            answer(documents.PROTECTED, {})
        except NotPermitted:
            missing.append(PROTECTED)
    named = f"shop {_number(shop)} ({shop.text('myshopifyDomain')})"
    wanting = [] if MERGES in granted else [f"{MERGES} (to merge customers)"]
    accounts = shop.part("customerAccountsV2").text("customerAccountsVersion")
    if accounts != NEW_ACCOUNTS and (lacking := storefront.lacking()):
        wanting.append(f"{lacking} (to reset access)")
    version = told.headers.get("X-Shopify-API-Version")
    return About(named, version, tuple(missing), _quota(told.body), tuple(wanting))


def account(answer: Callable[[str, Mapping[str, Any]], Answer]) -> str:
    """The fingerprint of the shop."""
    told = Record("shopify", answer(documents.ACCOUNT, {}).body["data"])
    return fingerprint("shopify", _number(told.part("shop")))


def _number(shop: Record) -> str:
    account = SHOP.fullmatch(shop.field("id", str))
    if account is None:
        raise UnexpectedAnswer("shopify: the shop's id is not of the form gid://shopify/Shop/<number>")
    return account[1]


def _quota(body: Mapping[str, Any]) -> str | None:
    bucket = ((body.get("extensions") or {}).get("cost") or {}).get("throttleStatus") or {}
    if not {"currentlyAvailable", "maximumAvailable"} <= bucket.keys():
        return None
    return f"{float(bucket['currentlyAvailable']):,.0f} of {float(bucket['maximumAvailable']):,.0f} points left"
