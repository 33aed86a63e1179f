"""A Shopify to ask, fresh for each test; or one with switches of the test's own."""

from tests.sandbox.shopify.serving import shop_server, shopify, shopify_with

__all__ = ["shop_server", "shopify", "shopify_with"]
