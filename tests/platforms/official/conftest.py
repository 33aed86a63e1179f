"""The sandbox's platforms for the vendors' own clients, each client unchanged but for its base URL."""

from tests.sandbox.bigcommerce.serving import bigcommerce_server
from tests.sandbox.hubspot.serving import hubspot, hubspot_server, hubspot_with
from tests.sandbox.shopify.serving import shop_server, shopify, shopify_with

__all__ = [
    "bigcommerce_server",
    "hubspot",
    "hubspot_server",
    "hubspot_with",
    "shop_server",
    "shopify",
    "shopify_with",
]
