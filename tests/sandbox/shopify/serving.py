"""The sandbox's Shopify on its own, over real HTTP: one server for all tests, a fresh shop for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from starlette.applications import Starlette

from include.sandbox.desk import Desk
from include.sandbox.server import serve_in_thread
from include.sandbox.shopify import routes
from include.sandbox.shopify.shop import Shop
from include.sandbox.world import World
from tests.sandbox.shopify.worlds import shop_world


class Shopify:
    """A shop of `shop_world`, or of another world, at `base`, with its switches set."""

    def __init__(self, app: Starlette, base: str, world: World | None = None, **switches: Any) -> None:
        world = world or shop_world()
        self.base = base
        self.desk = Desk(world)
        self.desk.switches.update(switches)
        self.shop = Shop(world, self.desk)
        app.router.routes[:] = routes(world, self.desk, self.shop)

    def post(
        self, query: str, /, token: str = "sandbox", version: str = "2026-10", **variables: Any
    ) -> requests.Response:
        url = f"{self.base}/admin/api/{version}/graphql.json"
        signed = {"X-Shopify-Access-Token": token}
        return requests.post(url, json={"query": query, "variables": variables}, headers=signed, timeout=5)

    def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        body: dict[str, Any] = self.post(query, **variables).json()
        return body

    def changes(self) -> list[tuple[str, str, dict[str, list[Any]], str]]:
        """The write log: record, action, changed, effect."""
        return [(w["record"], w["action"], w["changed"], w["effect"]) for w in self.desk.writes]


OpenShop = Callable[..., Shopify]


@pytest.fixture(scope="session")
def shop_server() -> Iterator[tuple[Starlette, str]]:
    app = Starlette()
    served = serve_in_thread(app)
    yield app, served.url
    served.stop()


@pytest.fixture
def shopify_with(shop_server: tuple[Starlette, str]) -> OpenShop:
    return lambda **switches: Shopify(*shop_server, **switches)


@pytest.fixture
def shopify(shopify_with: OpenShop) -> Shopify:
    return shopify_with()
