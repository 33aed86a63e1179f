"""Caps and their use: what waits to be applied, what was sent within a day, and how much of either is allowed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from include.limits import cap_of
from include.model import Action, FixState
from include.review import words
from include.review.desk import Desk, Place
from include.settings import Settings, settings
from include.store import fixes, holding, reviewing, sent, switch

MENU = Place("Caps", "/caps", 70)
DAY = timedelta(days=1)
TO_APPLY = frozenset({FixState.PLANNED, FixState.HELD})


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/caps", response_class=HTMLResponse)
    def show_caps(request: Request, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        ledger, now, by = desk.ledger(), datetime.now(UTC), settings()
        approved, _ = holding.apart(ledger, fixes.approved(ledger), now)
        waiting = Counter(one.fix.action for option in approved for one in option.fixes if one.state in TO_APPLY)
        minute, hour = reviewing.pace(ledger, user, now)
        paces = [
            {"span": "a minute", "used": minute, "most": by.approvals_per_minute},
            {"span": "an hour", "used": hour, "most": by.approvals_per_hour},
        ]
        return desk.html(
            request,
            "caps.html",
            user=user,
            caps=lines(waiting, sent.counted(ledger, now - DAY), by),
            paces=paces,
            may_decide=reviewing.may_decide(user, by),
            everybody_may=not by.approvers or reviewing.EVERYBODY in by.approvers,
            settings=by,
            thrown=switch.thrown(ledger),
        )

    return router


def lines(waiting: Counter[Action], used: Counter[Action], by: Settings) -> list[dict[str, Any]]:
    """One line an action that has a cap."""
    told = []
    for action in Action:
        cap = cap_of(action, by)
        if cap is None:
            continue
        number, before = waiting[action], used[action]
        over = None
        if number > cap.run:
            over = f"{number - cap.run} more than one run may apply"
        elif number and before + number > cap.day:
            over = f"{before + number - cap.day} more than 24 hours allow"
        told.append(
            {
                "action": words.ACTIONS[action],
                "waiting": number,
                "run": cap.run,
                "used": before,
                "day": cap.day,
                "over": over,
            }
        )
    return told
