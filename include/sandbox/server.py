"""
The sandbox on one port: every twin below its own path, and the `_sandbox` endpoints that tests and the demo ask.

It serves the loopback interface unless told otherwise, keeps everything in memory, and forgets it when it stops.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, Router

from include.sandbox.dated import Dated
from include.sandbox.desk import Desk
from include.sandbox.faults import Faults
from include.sandbox.quota import Quota
from include.sandbox.world import World, make_world

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

BASES = {"bigcommerce": "/bigcommerce/stores/sandbox"}  # where a twin is mounted, if not under its own name


@dataclass
class Sandbox:
    """The world and its twins; `reset` begins anew with the same world."""

    people: int
    seed: int
    plan: str = "unlimited"
    latency: float = 0.0
    mail: dict[str, Any] = field(default_factory=dict)
    mark: str = ""
    world: World = field(init=False)
    desk: Desk = field(init=False)
    faults: Faults = field(init=False)
    dated: Dated = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Make the world, the twins and an empty write log."""
        self.world = make_world(self.people, self.seed, self.mark)
        self.desk = Desk(self.world)
        twins = Router(
            [
                Mount(base, routes=import_module(f"include.sandbox.{name}").routes(self.world, self.desk))
                for name, base in bases().items()
            ]
        )
        self.faults = Faults(Quota(twins, self.desk, self.plan), self.latency)
        self.dated = Dated(self.faults, self.desk)

    def arm(self, faults: list[dict[str, Any]]) -> None:
        """Replace what is armed. Raises ValueError or TypeError, also for a platform that is not here."""
        wanted = {fault["platform"] for fault in faults if isinstance(fault, dict) and "platform" in fault}
        if unknown := wanted - set(bases()):
            raise ValueError(f"there is no {', '.join(sorted(map(repr, unknown)))}; there are {', '.join(bases())}")
        self.faults.arm(faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.dated(scope, receive, send)


def bases() -> dict[str, str]:
    """Every twin and the path it is mounted at: the folder is the list."""
    here = Path(__file__).parent
    names = sorted(entry.name for entry in here.iterdir() if (entry / "__init__.py").is_file())
    return {name: BASES.get(name, f"/{name}") for name in names}


def build(people: int, seed: int, **options: Any) -> Starlette:
    """The whole sandbox as an ASGI app. `options`: `plan`, `latency` (seconds), `mail` (host and port), `mark`."""
    sandbox = Sandbox(people, seed, **options)

    async def truth(request: Request) -> JSONResponse:
        return JSONResponse(sandbox.world.truth())

    async def writes(request: Request) -> JSONResponse:
        return JSONResponse({"writes": sandbox.desk.writes})

    async def quota(request: Request) -> JSONResponse:
        return JSONResponse({"platforms": sandbox.desk.quota})

    async def connections(request: Request) -> JSONResponse:
        return JSONResponse(connections_to(f"{request.url.scheme}://{request.url.netloc}", sandbox.mail))

    async def faults(request: Request) -> JSONResponse:
        try:
            sandbox.arm(await request.json())
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"error": f"that is no list of faults: {wrong}"}, 400)
        return JSONResponse({"armed": len(sandbox.faults.armed)})

    async def switches(request: Request) -> JSONResponse:
        try:
            asked = await request.json()
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            return JSONResponse({"error": "switches come as a JSON object"}, 400)
        if unknown := sorted(set(asked) - set(sandbox.desk.switches)):
            known = ", ".join(sorted(sandbox.desk.switches))
            return JSONResponse({"error": f"no such switch: {', '.join(unknown)}; there are {known}"}, 400)
        sandbox.desk.switches.update(asked)
        return JSONResponse(sandbox.desk.switches)

    async def reset(request: Request) -> JSONResponse:
        sandbox.reset()
        return JSONResponse({"humans": len(sandbox.world.humans)})

    own = [
        Route("/truth", truth),
        Route("/writes", writes),
        Route("/quota", quota),
        Route("/connections", connections),
        Route("/faults", faults, methods=["POST"]),
        Route("/switches", switches, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]
    app = Starlette(routes=[Mount("/_sandbox", routes=own), Mount("/", app=sandbox)])
    app.state.sandbox = sandbox
    return app


def connections_to(origin: str, mail: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The Airflow connections that reach this sandbox, in Airflow's JSON form."""
    extras = {
        "whmcs": {"whois_blank": "_"},
        "shopify": {"api_version": "2026-10", "storefront_token": "sandbox"},
        "hubspot": {"version": "v3"},
    }
    found: dict[str, dict[str, Any]] = {
        name: {
            "conn_type": "http",
            "host": origin + base,
            "login": "" if name == "shopify" else "sandbox",  # with one, its app asks for a token of a day
            "password": "sandbox",
            "extra": extras.get(name, {}),
        }
        for name, base in bases().items()
    }
    if mail:
        plain = {"disable_tls": True, "disable_ssl": True}
        found["smtp_default"] = {"conn_type": "smtp", **mail, "extra": plain}
    return found


@dataclass
class Served:
    """A sandbox that serves in a thread."""

    url: str
    app: Any
    _server: uvicorn.Server
    _thread: threading.Thread

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)


def serve_in_thread(app: Any, port: int = 0) -> Served:
    """Serve `app` on the loopback interface, on a free port unless told which."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off", date_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise OSError(f"port {port} cannot be served")
        time.sleep(0.005)
    bound = server.servers[0].sockets[0].getsockname()[1]
    return Served(f"http://127.0.0.1:{bound}", app, server, thread)
