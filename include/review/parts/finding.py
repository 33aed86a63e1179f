"""One finding: its page, the same as JSON, and the decision that a person takes on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from include.errors import FindingChanged
from include.model import Verdict
from include.review import changed
from include.review.desk import Desk
from include.review.refusals import as_json, conflict
from include.review.shown import detail
from include.store import decisions, findings
from include.store.findings import FindingRow

ID = re.compile("[0-9a-f]{16}")


class Asked(BaseModel):
    """A decision as the page sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    verdict: Verdict
    version: int = Field(ge=1, lt=2**31)
    option_hash: str | None = Field(None, max_length=64)
    reason: str | None = Field(None, max_length=2000)
    until: str | None = Field(None, max_length=10)
    withdraw: bool = False


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    asked_for = Depends(desk.sent(Asked))

    def found(finding: str) -> FindingRow:
        row = findings.get(desk.ledger(), finding) if ID.fullmatch(finding) else None
        if row is None:
            raise HTTPException(404, "There is no such finding. It may have been filed in another ledger.")
        return row

    @router.get("/findings/{finding}", response_class=HTMLResponse)
    def show_finding(request: Request, finding: str, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        shown = detail(found(finding), datetime.now(UTC).date())
        return desk.html(request, "finding.html", user=user, finding=shown)

    @router.get("/api/findings/{finding}")
    def api_finding(finding: str) -> Response:
        return as_json(detail(found(finding), datetime.now(UTC).date()))

    @router.post("/api/findings/{finding}/decision")
    def decide(finding: str, user: str = Depends(desk.writer), asked: Asked = asked_for) -> Response:
        found(finding)
        try:
            state = decisions.decide(
                desk.ledger(),
                finding,
                verdict=asked.verdict,
                reviewer=user,
                version=asked.version,
                option_hash=asked.option_hash,
                reason=asked.reason,
                until=asked.until,
                withdraw=asked.withdraw,
            )
        except FindingChanged as error:
            row = found(finding)
            now = detail(row, datetime.now(UTC).date())
            return conflict(error, changed=changed.since(desk.ledger(), row, asked.version), now=now)
        return as_json({"state": state})

    return router
