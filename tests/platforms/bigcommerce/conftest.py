"""A BigCommerce to ask, fresh for each test; or one with switches or a world of the test's own."""

from tests.sandbox.bigcommerce.serving import bigcommerce, bigcommerce_server, bigcommerce_with

__all__ = ["bigcommerce", "bigcommerce_server", "bigcommerce_with"]
