"""The nights: what each pulled, found, left out and could not compare, its gates, how long it took; and the trend."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from include.review import nightly
from include.review.desk import Desk, Place
from include.store import nights

MENU = Place("Nights", "/nights", 60)
SHOWN = 30
ATTEMPT = re.compile(r"\d{4}-\d\d-\d\d\.\d{1,6}")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/nights", response_class=HTMLResponse)
    def list_nights(request: Request, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        ledger, now = desk.ledger(), datetime.now(UTC)
        trend = nights.trend(ledger, SHOWN)
        return desk.html(
            request,
            "nights.html",
            user=user,
            nights=[nightly.listed(night, now) for night in nights.recent(ledger, SHOWN)],
            trend=[nightly.listed(night, now) for night in trend],
            waiting=nightly.waiting(trend),
            rules=nightly.by_rule(trend),
        )

    @router.get("/nights/{attempt}", response_class=HTMLResponse)
    def show_night(request: Request, attempt: str, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        night = nights.get(desk.ledger(), attempt) if ATTEMPT.fullmatch(attempt) else None
        if night is None:
            raise HTTPException(404, "There is no such night.")
        return desk.html(request, "night.html", user=user, night=nightly.detail(night, datetime.now(UTC)))

    return router
