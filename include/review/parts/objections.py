"""
A client's objection, recorded at a finding by whoever heard it, and lifted by a reviewer who did not ask for the
change.

Clients reach neither route: they have no login here, and object to a person. Whoever sees the page may freeze; not
everybody may go on.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from include import notices
from include.review.desk import Desk
from include.review.parts.finding import ID
from include.review.refusals import as_json
from include.settings import settings
from include.store import findings, objections


class Said(BaseModel):
    """What a client said, or why the objection no longer stands."""

    model_config = ConfigDict(extra="forbid", strict=True)
    why: str = Field(min_length=1, max_length=2000)
    stands: bool


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    said = Depends(desk.sent(Said))

    @router.post("/api/findings/{finding}/objection")
    def object_to(finding: str, asked: Said = said, user: str = Depends(desk.writer)) -> Response:
        ledger = desk.ledger()
        if not ID.fullmatch(finding) or findings.get(ledger, finding) is None:
            raise HTTPException(404, "There is no such finding. It may have been filed in another ledger.")
        now = datetime.now(UTC)
        if asked.stands:
            told = [notices.objected(finding, settings(), now)]
            objections.record(ledger, finding, user, asked.why, now, told)
        else:
            objections.lift(ledger, finding, user, asked.why, now)
        return as_json({"stands": asked.stands})

    return router
