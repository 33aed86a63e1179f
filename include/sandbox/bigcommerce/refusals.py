"""What the sandbox's BigCommerce answers when it says no: an object in V3, a list in V2."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


class Refused(Exception):
    """A refusal: its status, its sentence, and V3's sentences by path."""

    def __init__(self, status: int, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors or {}

    def answer(self, request: Request) -> Response:
        """The refusal in the form of the API that was asked."""
        if "/v2/" in request.url.path:
            return JSONResponse([{"status": self.status, "message": self.message}], self.status)
        body = {"status": self.status, "title": self.message, "type": TYPE, "errors": self.errors}
        return JSONResponse(body, self.status)


async def body_of(request: Request) -> Any:
    """The JSON that was sent, or None where it is none: each API refuses that in its own words."""
    try:
        return await request.json()
    except ValueError:
        return None
