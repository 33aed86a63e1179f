"""A Shopify to ask, fresh for each test, and our own side of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from include.platforms import Key, Platform, open_platform
from tests.sandbox.shopify.serving import Shopify, shop_server, shopify, shopify_with

__all__ = ["ours", "shop_server", "shopify", "shopify_with"]


@pytest.fixture
def ours() -> Callable[..., Platform]:
    """The platform as Rollcall opens it, at a sandbox."""

    def open_at(there: Shopify, secret: str = "sandbox", **options: Any) -> Platform:
        key = Key("sandbox", secret, options)
        return open_platform("shopify", requests.Session(), there.base, key, sleep=lambda _: None)

    return open_at
