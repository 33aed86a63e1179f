"""
How the page says no: what went wrong in words, as a page to a person who browses and as JSON to everything else.

No answer repeats what was sent, and none tells more than the reviewer may know.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException

from include.errors import AlreadyDecided, LedgerOutdated, NotAllowed, NotReviewer, SettingsWrong, TooFast, Unreachable

HEADINGS = {
    401: "Log in first",
    403: "You may not do this",
    404: "There is no such page",
    503: "The page cannot serve now",
}


def as_json(said: Any, status: int = 200) -> Response:
    """A JSON answer in plain ASCII: nothing that a platform told can break it."""
    return Response(json.dumps(said, separators=(",", ":")), status, media_type="application/json")


def conflict(error: Exception, **more: Any) -> Response:
    """A decision that does not hold, and why."""
    return as_json({"detail": str(error), "kind": type(error).__name__, **more}, 409)


def answer_refusals(app: FastAPI, html: Callable[..., HTMLResponse]) -> None:
    """Teach `app` what to answer when something is refused or fails."""

    def refuse(request: Request, status: int, detail: str) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            heading = HEADINGS.get(status, "This did not work")
            return html(request, "refused.html", status, user=None, heading=heading, detail=detail)
        return as_json({"detail": detail}, status)

    @app.exception_handler(StarletteHTTPException)
    @app.exception_handler(HTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> Response:
        answer = refuse(request, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(AlreadyDecided)
    @app.exception_handler(NotAllowed)
    def does_not_hold(request: Request, error: Exception) -> Response:
        return conflict(error)

    @app.exception_handler(NotReviewer)
    def no_reviewer(request: Request, error: NotReviewer) -> Response:
        return as_json({"detail": str(error), "kind": "NotReviewer"}, 403)

    @app.exception_handler(TooFast)
    def too_fast(request: Request, error: TooFast) -> Response:
        answer = as_json({"detail": str(error), "kind": "TooFast"}, 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        # The place of an unknown field is its name, which is the sender's own text.
        places = {one["loc"][:-1] if one["type"] == "extra_forbidden" else one["loc"] for one in error.errors()}
        where = sorted({".".join(str(part) for part in place) for place in places})
        return refuse(request, 422, f"This cannot be read: {', '.join(where)}.")

    @app.exception_handler(LedgerOutdated)
    @app.exception_handler(SettingsWrong)
    def not_set_up(request: Request, error: Exception) -> Response:
        return refuse(request, 503, str(error))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(Unreachable)
    def no_ledger(request: Request, error: Exception) -> Response:
        return refuse(request, 503, "The ledger cannot be reached. Try again in a while: no decision is taken twice.")
