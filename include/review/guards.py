"""
What stands between a request and a decision, besides Airflow's login: same origin, a CSRF token, and headers that let
the page run its own script and no other. Sources: OWASP CSRF and CSP cheat sheets, as read 2026-11.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSRF = "X-Rollcall-CSRF"
LARGEST_BODY = 64 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SafeHeaders:
    """ASGI: the headers above on every answer, 413 for a body larger than any decision is, 500 for our own errors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        received = 0

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise HTTPException(413, "This is longer than any decision.")
            return message

        try:
            await self.app(scope, bounded, with_headers)
        except Exception:
            # Starlette would answer too, but outside of us and therefore without our headers.
            if not started:
                said = "Something went wrong here. Reload the page to see whether your decision arrived."
                await JSONResponse({"detail": said}, 500)(scope, receive, with_headers)
            raise


def csrf_token(secret: str, user: str, day: date | None = None) -> str:
    """The token of one user on one day (UTC)."""
    said = f"rollcall review\n{user}\n{(day or datetime.now(UTC).date()).isoformat()}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def same_origin(request: Request) -> bool:
    """Whether our own page sent this, as a browser tells it; what is no browser needs the token all the same."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("Host")


def token_holds(request: Request, secret: str, user: str) -> bool:
    """Whether the request carries the user's token of today, or of yesterday for a page left open over midnight."""
    given = request.headers.get(CSRF, "")
    today = datetime.now(UTC).date()
    days = (today, today - timedelta(days=1))
    return any(hmac.compare_digest(given.encode(), csrf_token(secret, user, day).encode()) for day in days)
