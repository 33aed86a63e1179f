"""
Trouble on demand: what `POST /_sandbox/faults` arms strikes the next requests that match.

A fault: `{"platform": "hubspot", "match": "GET .*/contacts", "fault": "500", "times": 1, "after": 0, "seconds": 2}`.
`match` is a regular expression on the method, the path, and for one-endpoint platforms the operation
(`POST /admin/api/2026-10/graphql.json customerUpdate`, `POST /includes/api.php UpdateClient`); `after` lets that many
matching requests through first. Faults: any status from 400 (`429` in the vendor's form), `delay`, `reset_before` and
`reset_after` the effect, `truncate`, `html`, `empty`, `duplicate_page`, `expired_cursor` (refused with `status`: 400,
404 or 410), `search_lag` (what the very same request was answered last time, whatever was written since), and `edit`,
which sends `request` (method, path, json, form) to the sandbox just before, as somebody else would.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.responses import HTMLResponse, JSONResponse, Response

from include.sandbox.armed import Fault
from include.sandbox.quota import too_many

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REMEMBERED = 1_000  # answers that `search_lag` can give again
LOGIN_PAGE = "<!doctype html><title>Log in</title><form><input name=user><input name=password type=password></form>"
SIGNED = {
    "authorization": "Bearer sandbox",
    "x-auth-token": "sandbox",
    "x-shopify-access-token": "sandbox",
    "content-type": "application/json",
}


class Faults:
    """ASGI: hands requests on, after and before the trouble that is armed for them."""

    def __init__(self, app: ASGIApp, latency: float = 0.0) -> None:
        self.app = app
        self.latency = latency
        self.armed: list[Fault] = []
        self._last: dict[str, list[Message]] = {}
        self._same: dict[tuple[Any, ...], list[Message]] = {}

    def arm(self, faults: list[dict[str, Any]]) -> None:
        """Replace what is armed; an empty list disarms. Raises ValueError or TypeError, having changed nothing."""
        if not isinstance(faults, list):
            raise TypeError("faults come as a list")
        self.armed = [Fault(**fault) for fault in faults]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        platform, _, path = scope["path"].strip("/").partition("/")
        body = await _read(receive)
        label = f"{scope['method']} /{path} {_operation(platform, body)}".strip()
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = next((fault for fault in self.armed if fault.strikes(platform, label)), None)
        again = _replay(body)
        if fault is None:
            answer = await self._answer(scope, again)
            self._last[f"{platform} {scope['method']} {path}"] = answer
            self._remember(_same(scope, body), answer)
            for message in answer:
                await send(message)
            return
        await self._strike(fault, scope, receive, send, body)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        again = _replay(body)
        platform, _, path = scope["path"].strip("/").partition("/")
        match fault.fault:
            case "delay":
                await asyncio.sleep(fault.seconds)
                await self.app(scope, again, send)
            case "edit":
                assert fault.request is not None
                await self._edit(fault.request)
                await self.app(scope, again, send)
            case "reset_before":
                _abort(receive)
            case "reset_after":
                await self._answer(scope, again)
                _abort(receive)
            case "truncate":
                start, *rest = await self._answer(scope, again)
                whole = b"".join(message.get("body", b"") for message in rest)
                await send(start)
                await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
                await asyncio.sleep(0.05)  # let what was sent leave before the connection breaks
                _abort(receive)
            case "html":
                await HTMLResponse(LOGIN_PAGE)(scope, again, send)
            case "empty":
                start, *rest = await self._answer(scope, again)
                said = json.loads(b"".join(message.get("body", b"") for message in rest) or b"null")
                nothing = Response(status_code=204) if isinstance(said, list) else JSONResponse(_emptied(said))
                await nothing(scope, again, send)
            case "duplicate_page":
                before = self._last.get(f"{platform} {scope['method']} {path}")
                for message in before or await self._answer(scope, again):
                    await send(message)
            case "search_lag":
                for message in self._same.get(_same(scope, body)) or await self._answer(scope, again):
                    await send(message)
            case "expired_cursor":
                said = {
                    "status": "error",
                    "message": "The cursor is invalid or has expired.",
                    "category": "VALIDATION_ERROR",
                }
                await JSONResponse(said, fault.status)(scope, again, send)
            case "429":
                status = 200 if platform == "shopify" else 429
                headers = {"X-Rate-Limit-Time-Reset-Ms": "50"} if platform == "bigcommerce" else {}
                await JSONResponse(too_many(platform), status, headers)(scope, again, send)
            case status:
                await JSONResponse({"message": "Something went wrong."}, int(status))(scope, again, send)

    async def _answer(self, scope: Scope, receive: Receive) -> list[Message]:
        """The whole answer, held back."""
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, hold)
        return messages

    def _remember(self, request: tuple[Any, ...], answer: list[Message]) -> None:
        self._same.pop(request, None)
        self._same[request] = answer
        if len(self._same) > REMEMBERED:
            del self._same[next(iter(self._same))]

    async def _edit(self, request: dict[str, Any]) -> None:
        """Somebody else's change, made through the vendor's own API."""
        path, _, query = request["path"].partition("?")
        platform = path.strip("/").partition("/")[0]
        headers = SIGNED | ({"authorization": "whm sandbox:sandbox"} if platform == "whm" else {})
        body = json.dumps(request.get("json")).encode()
        if "form" in request:
            signed = {"identifier": "sandbox", "secret": "sandbox"} if platform == "whmcs" else {}
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(signed | request["form"]).encode()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request["method"],
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 80),
        }
        start, *_ = await self._answer(scope, _replay(body))
        if start["status"] >= 400:
            raise ValueError(f"the armed edit was refused with {start['status']}")


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _operation(platform: str, body: bytes) -> str:
    """What a request to a platform with one endpoint asks for."""
    if platform == "whmcs":
        return parse_qs(body.decode("utf-8", "replace")).get("action", [""])[0]
    if platform == "shopify":
        fields = re.findall(rb"\{\s*(?:\\n|\s)*(\w+)", body)
        return b" ".join(fields[:3]).decode()
    return ""


def _same(scope: Scope, body: bytes) -> tuple[Any, ...]:
    """Equal for two requests that ask the very same."""
    return scope["method"], scope["path"], scope["query_string"], body


def _abort(receive: Receive) -> None:
    """Break the connection without a word. uvicorn's `receive` belongs to the object that holds its transport."""
    receive.__self__.transport.abort()  # type: ignore[attr-defined]


def _emptied(said: Any) -> Any:
    """The same answer with nothing in it, as an account without records would give it."""
    if isinstance(said, list):
        return []
    if not isinstance(said, dict):
        return said
    kept = {key: _emptied(value) for key, value in said.items() if key != "paging"}
    for key in kept.keys() & {"totalresults", "numreturned", "total", "count", "total_pages"}:
        kept[key] = 0
    return kept | ({"hasNextPage": False} if "hasNextPage" in kept else {})
