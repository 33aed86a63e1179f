"""
The page as a process of its own, which stops for ever at one moment of a decision and says so, to be killed there.

`python -m tests.review.gated LEDGER commit:1`: before its first commit. `... LEDGER answer`: after it, before anybody
is told. It prints its port, and `here` once it has come to that moment.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from include.store.ledger import Ledger
from tests.review.page import ROOT, app_over

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def stop_before_commit(ledger: Ledger, number: int) -> None:
    left = [number]

    def before(connection: Any) -> None:
        if not connection.get_execution_options().get("rollcall_writes"):
            return
        left[0] -= 1
        if left[0] == 0:
            say("here")
            threading.Event().wait()

    sa.event.listen(ledger.engine, "commit", before)


class StopBeforeAnswer:
    """ASGI: no answer to what was sent ever leaves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def held(message: Message) -> None:
            if scope.get("method") == "POST":
                say("here")
                await asyncio.Event().wait()
            await send(message)

        await self.app(scope, receive, held)


def main(url: str, moment: str) -> None:
    ledger = Ledger(url)
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.mount(ROOT, app_over(ledger))
    if moment == "answer":
        outer.add_middleware(StopBeforeAnswer)
    else:
        stop_before_commit(ledger, int(moment.partition(":")[2]))
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen()  # who comes before the page is ready waits for it
    say(bound.getsockname()[1])
    uvicorn.Server(uvicorn.Config(outer, log_level="error")).run(sockets=[bound])


if __name__ == "__main__":
    main(*sys.argv[1:])
