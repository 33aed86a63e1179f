"""The sandbox's BigCommerce on its own, with the people of `people_world`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from include.sandbox.bigcommerce import routes
from include.sandbox.server import serve_in_thread
from tests.sandbox.people_world import people_world
from tests.sandbox.twin import OpenTwin, Twin

SIGNED = {"X-Auth-Token": "sandbox"}


@pytest.fixture(scope="session")
def bigcommerce_server() -> Iterator[tuple[Starlette, str]]:
    app = Starlette()
    served = serve_in_thread(app)
    yield app, served.url
    served.stop()


@pytest.fixture
def bigcommerce_with(bigcommerce_server: tuple[Starlette, str]) -> OpenTwin:
    return lambda world=None, **switches: Twin(
        "bigcommerce", bigcommerce_server, routes, world or people_world(), SIGNED, **switches
    )


@pytest.fixture
def bigcommerce(bigcommerce_with: OpenTwin) -> Twin:
    return bigcommerce_with()
