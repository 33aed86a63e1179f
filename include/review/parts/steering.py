"""Stop every write, let them go on, undo what was applied, and say what became of a change that no platform shows."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from include import undo
from include.review.desk import Desk
from include.review.parts.finding import ID
from include.review.refusals import as_json
from include.store import receipts, reviewing, switch

Number = Path(ge=1, lt=2**31)


class Why(BaseModel):
    """A reason, which is kept."""

    model_config = ConfigDict(extra="forbid", strict=True)
    why: str = Field(min_length=1, max_length=2000)


class Throw(Why):
    """How the stop switch should stand."""

    stop: bool


class Seen(Why):
    """What a person saw of a change."""

    took: bool


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    throw_asked, undo_asked, seen_asked = (Depends(desk.sent(kind)) for kind in (Throw, Why, Seen))

    @router.post("/api/switch")
    def throw_switch(asked: Throw = throw_asked, user: str = Depends(desk.writer)) -> Response:
        if not asked.stop:
            reviewing.require_reviewer(user)  # whoever sees the page may stop everything; not everybody may go on
        thrown = switch.throw(desk.ledger(), user, asked.why, datetime.now(UTC), stop=asked.stop)
        return as_json({"stopped": thrown.stopped})

    @router.post("/api/findings/{finding}/undo")
    def undo_finding(finding: str, asked: Why = undo_asked, user: str = Depends(desk.writer)) -> Response:
        if not ID.fullmatch(finding):
            raise HTTPException(404, "There is no such finding. It may have been filed in another ledger.")
        return as_json({"finding": undo.propose(desk.ledger(), finding, user, asked.why)})

    @router.post("/api/fixes/{fix}/outcome")
    def tell_outcome(fix: int = Number, asked: Seen = seen_asked, user: str = Depends(desk.writer)) -> Response:
        now, ledger = datetime.now(UTC), desk.ledger()
        outcome = receipts.close(ledger, fix, took=asked.took, reviewer=user, reason=asked.why, now=now)
        return as_json({"outcome": str(outcome)})

    return router
