"""Who is asking, the token that a decision needs, and the files that the page is drawn with."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response

from include.review import guards
from include.review.desk import Desk
from include.review.refusals import as_json

STATIC = Path(__file__).parents[1] / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    files = {path.name: path for path in STATIC.iterdir() if path.suffix in KINDS}

    @router.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in files:
            raise HTTPException(404, "There is no such file.")
        return Response(files[name].read_bytes(), media_type=KINDS[files[name].suffix])

    @router.get("/api/session")
    def session(user: str = Depends(desk.reviewer)) -> Response:
        return as_json({"reviewer": user, "csrf": guards.csrf_token(desk.secret, user)})

    return router
