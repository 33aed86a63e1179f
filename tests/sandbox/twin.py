"""One of the sandbox's platforms on its own, over real HTTP: a server for all tests, a fresh platform for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Router

from include.key import Key
from include.platforms import Platform, open_platform
from include.sandbox.dated import Dated
from include.sandbox.desk import Desk
from include.sandbox.faults import Faults
from include.sandbox.server import bases
from include.sandbox.world import World

Routes = Callable[[World, Desk], list[BaseRoute]]


class Twin:
    """The platform `name` of `world` at `base`, with its switches set, and `ours`: Rollcall's side of it."""

    def __init__(
        self,
        name: str,
        server: tuple[Starlette, str],
        routes: Routes,
        world: World,
        signed: dict[str, str],
        **switches: Any,
    ) -> None:
        app, url = server
        self.name = name
        self.base = url + bases()[name]
        self.asked = 0
        self.largest = 0
        self.signed = signed
        self.waited: list[float] = []
        self.desk = Desk(world)
        self.desk.switches.update(switches)
        self.faults = Faults(Router([Mount(bases()[name], routes=routes(world, self.desk))]))
        self.dated = Dated(self.faults, self.desk)
        app.router.routes[:] = [Mount("/", app=self.count)]

    async def count(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI: count every request in `asked`, and answer it, in pages of `largest` records where that is set."""
        self.asked += 1
        if self.largest:
            scope["query_string"] = re.sub(rb"limit=\d+", b"limit=%d" % self.largest, scope["query_string"])
        await self.dated(scope, receive, send)

    def ours(self, secret: str = "sandbox", **options: Any) -> Platform:
        """The platform as Rollcall opens it. It does not wait, but writes the seconds down in `waited`."""
        key = Key("sandbox", secret, options)
        return open_platform(self.name, requests.Session(), self.base, key, sleep=self.waited.append)

    def call(self, method: str, path: str, signed: dict[str, str] | None = None, **how: Any) -> requests.Response:
        headers = self.signed if signed is None else signed
        return requests.request(method, self.base + path, headers=headers, timeout=5, **how)

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, params=params).json()

    def trouble(self, match: str, fault: str, **more: Any) -> None:
        """Arm one fault."""
        self.faults.arm([{"platform": self.name, "match": match, "fault": fault, **more}])

    def changes(self) -> list[tuple[str, str, dict[str, list[Any]], str]]:
        """The write log: record, action, changed, effect."""
        return [(w["record"], w["action"], w["changed"], w["effect"]) for w in self.desk.writes]


OpenTwin = Callable[..., Twin]
