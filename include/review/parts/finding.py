"""One finding: its page, the same as JSON, and the decision that a person takes on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from include.errors import FindingChanged
from include.model import Verdict
from include.review import changed, deciding, waits, words
from include.review.desk import Desk
from include.review.filtering import Wanted
from include.review.refusals import as_json, conflict
from include.review.shown import detail
from include.store import apart, consents, dossiers, findings, listing, reviewing, undone
from include.store.findings import FindingRow
from include.store.listing import Filters

ID = re.compile("[0-9a-f]{16}")


class Given(BaseModel):
    """A client's consent as the page sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    target: str = Field(max_length=300)
    kind: str = Field(max_length=20)
    reference: str = Field(max_length=200)
    taken_by: str = Field(max_length=200)
    given_on: str = Field(max_length=10)


class Asked(BaseModel):
    """A decision as the page sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    verdict: Verdict
    version: int = Field(ge=1, lt=2**31)
    option_hash: str | None = Field(None, max_length=64)
    reason: str | None = Field(None, max_length=2000)
    until: str | None = Field(None, max_length=10)
    withdraw: bool = False
    consents: list[Given] = Field(default_factory=list, max_length=50)


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
        ledger, row, today = desk.ledger(), found(finding), datetime.now(UTC).date()
        wanted = Wanted.asked(request) if request.query_params else Wanted(rule=row.rule)
        before, after = listing.neighbours(ledger, wanted.filters(today), finding)
        equal = listing.number(ledger, Filters(row.state, shape=row.shape)) - 1 if row.shape else 0
        facts: dict[str, Any] = {"wanted": wanted, "before": before, "after": after, "equal": equal}
        facts |= {"today": today.isoformat(), "kinds": consents.KINDS, "apart": apart.REASON}
        facts["finding"] = detail(row, today, dossiers.read(ledger, [finding]).get(finding))
        facts["first"] = row.state == "half_approved" and reviewing.person(
            row.decisions[-1].reviewer
        ) == reviewing.person(user)
        facts["undoable"] = row.state != "approved" and undone.applied(ledger, finding) != []
        facts["undone_by"] = undone.undoes(ledger, finding)
        facts["undo_waits"] = undone.waits(ledger, finding) is not None
        facts["quick"] = reviewing.quick(ledger, row.decisions)
        facts["waits"] = waits.told(ledger, row, user, datetime.now(UTC))
        return desk.html(request, "finding.html", user=user, **facts)

    @router.get("/api/findings/{finding}")
    def api_finding(finding: str) -> Response:
        row = found(finding)
        return as_json(detail(row, datetime.now(UTC).date(), dossiers.read(desk.ledger(), [finding]).get(finding)))

    @router.post("/api/findings/{finding}/decision")
    def decide(finding: str, user: str = Depends(desk.writer), asked: Asked = asked_for) -> Response:
        found(finding)
        try:
            state = deciding.decide(
                desk.ledger(),
                finding,
                verdict=asked.verdict,
                reviewer=user,
                version=asked.version,
                option_hash=asked.option_hash,
                reason=asked.reason,
                until=asked.until,
                withdraw=asked.withdraw,
                consents=[consents.Consent(**one.model_dump()) for one in asked.consents],
            )
        except FindingChanged as error:
            row = found(finding)
            now = detail(row, datetime.now(UTC).date())
            told = {"changed": changed.since(desk.ledger(), row, asked.version), "now": now}
            return conflict(error, **words.plainly(told))
        return as_json({"state": state})

    return router
