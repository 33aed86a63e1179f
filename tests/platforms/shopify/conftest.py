"""A Shopify to ask, fresh for each test, and our own side of it; or one that says what the test wrote out for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.key import Key
from include.platforms import Platform, open_platform
from include.platforms.shopify.api import Api
from tests.platforms.shopify.nights import Nights
from tests.sandbox.shopify.serving import Shopify, shop_server, shopify, shopify_with

__all__ = ["nights", "ours", "saying", "saying_storefront", "shop_server", "shopify", "shopify_with", "waited"]


@pytest.fixture
def waited() -> list[float]:
    """The seconds our side has waited: it does not, it writes them down here."""
    return []


@pytest.fixture
def ours(waited: list[float]) -> Callable[..., Platform]:
    """The platform as Rollcall opens it, at a sandbox."""

    def open_at(there: Shopify, secret: str = "sandbox", login: str = "", **options: Any) -> Platform:
        key = Key(login, secret, options)
        return open_platform("shopify", requests.Session(), there.base, key, sleep=waited.append)

    return open_at


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Callable[..., Nights]]:
    """Nights of a shop, each call's in a folder of their own."""
    opened: list[Nights] = []

    def of(there: Shopify, **how: Any) -> Nights:
        opened.append(Nights(tmp_path / str(len(opened)), there, **how))
        return opened[-1]

    yield of
    for one in opened:
        one.close()


@pytest.fixture
def saying(shop_server: tuple[Starlette, str], waited: list[float]) -> Callable[..., Api]:
    """Our side of a Shopify that gives these bodies as its answers, one after the other."""
    app, base = shop_server

    def open_one(*bodies: Any) -> Api:
        left = iter(bodies)

        async def answer(_: Any) -> Response:
            body = next(left)
            return Response() if body is None else JSONResponse(body)

        app.router.routes[:] = [Route("/admin/api/2026-10/graphql.json", answer, methods=["POST"])]
        key = Key("", "sandbox")
        api: Api = open_platform("shopify", requests.Session(), base, key, sleep=waited.append).api
        return api

    return open_one


@pytest.fixture
def saying_storefront(shop_server: tuple[Starlette, str]) -> Callable[[Any], Api]:
    """Our side of a Shopify whose Storefront gives this body as its answer."""
    app, base = shop_server

    def open_one(body: Any) -> Api:
        async def answer(_: Any) -> Response:
            return JSONResponse(body)

        app.router.routes[:] = [Route("/api/2026-10/graphql.json", answer, methods=["POST"])]
        key = Key("", "sandbox", {"storefront_token": "storefront-secret"})
        api: Api = open_platform("shopify", requests.Session(), base, key).api
        return api

    return open_one
