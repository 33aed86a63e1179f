"""Dates every answer by the world's clock: the same by which a twin dates what is written on its records."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from include.sandbox.desk import Desk

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Dated:
    """ASGI: what `app` answers, with the header `Date`."""

    app: ASGIApp
    desk: Desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Date"] = format_datetime(self.desk.now, usegmt=True)
            await send(message)

        await self.app(scope, receive, dated)
