"""
Whose an order is, told from both ends: the order names its customer, and that customer's orders hold it. A search
for it is asked first; where that does not find it the whole list is, for a search may lag.

Counters are never asked: they lag behind for a while after an order changed hands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.shopify.api import Api
from include.platforms.shopify.rows import number


def owner(api: Api, order: Mapping[str, Any]) -> str | None:
    """The customer whose order it is. Where only the order says so, the answer is nobody's reference, and tells it."""
    if not order["customer"]:
        return None
    customer = number(order["customer"]["id"], "Customer")
    said = f"shopify:customer:{customer}"
    return said if api.has_order(customer, number(order["id"], "Order")) else f"{said}, whose orders do not hold it"
