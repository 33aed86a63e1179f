"""
Clients' requests for another address: the form, many at once as a table, the list, and what became of each.

They are taken down in the ledger and nowhere else; `plan_email_changes` looks up those that wait. What is wrong with a
request is said field by field, or line by line, and none of a table is taken while any of it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from include import requests as asking
from include.errors import AlreadyAsked, RequestWrong, TableWrong
from include.review import asked as wording
from include.review import deciding, waits
from include.review.desk import Desk, Place
from include.review.refusals import as_json, conflict
from include.settings import settings
from include.store import findings, objections, outbox, requests
from include.store.requests import RequestRow

MENU = Place("Requests", "/requests", 30)
PAGE_SIZE = 50
LARGEST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Text = Annotated[str, Field(max_length=1000)]


class Form(BaseModel):
    """A request as the form sends it. What it says is read, and refused, by `include.requests`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    client: Text = ""
    new_address: Text = ""
    new_address_again: Text = ""
    person: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    mailbox_lost: bool = False
    proof_kind: Text = ""
    proof_reference: Text = ""
    proof_seen_by: Text = ""
    proof_seen_on: Text = ""
    reason: Text = ""
    contacts: bool = False
    cpanel: bool = False
    domains: str = Field("", max_length=20_000)


class Table(BaseModel):
    """A table of requests, as text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    csv: str = Field(max_length=60_000)


class Choice(BaseModel):
    """Which of several clients it is."""

    model_config = ConfigDict(extra="forbid", strict=True)
    client: str = Field(max_length=200)


class Nothing(BaseModel):
    """What needs no more to be said."""

    model_config = ConfigDict(extra="forbid")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    form, table = Depends(desk.sent(Form)), Depends(desk.sent(Table))
    choice, nothing = Depends(desk.sent(Choice)), Depends(desk.sent(Nothing))

    def found(number: int) -> RequestRow:
        row = requests.get(desk.ledger(), number)
        if row is None:
            raise HTTPException(404, "There is no such request.")
        return row

    def refused(error: Exception, problems: Iterable[tuple[int, str, str]]) -> Response:
        told = [{"line": line, "field": field, "says": says} for line, field, says in problems]
        return as_json({"detail": str(error), "problems": told}, 422)

    @router.get("/requests", response_class=HTMLResponse)
    def list_requests(request: Request, before: int | None = None, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        if before is not None and not 0 < before <= LARGEST:
            raise HTTPException(404, "There is no such list.")
        rows = requests.page(desk.ledger(), before=before, limit=PAGE_SIZE + 1)
        following = rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None
        lines = [wording.line(row) for row in rows[:PAGE_SIZE]]
        return desk.html(request, "requests.html", user=user, rows=lines, following=following)

    @router.get("/requests/new", response_class=HTMLResponse)
    def new_request(request: Request, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        facts: dict[str, Any] = {
            "today": datetime.now(UTC).date().isoformat(),
            "proofs": asking.PROOFS,
            "columns": asking.COLUMNS,
            "proven_days": settings().proof_days,
        }
        return desk.html(request, "request_new.html", user=user, **facts)

    @router.get("/requests/table.csv")
    def empty_table(user: str = Depends(desk.reviewer)) -> Response:
        """The heading of a table, to be filled in."""
        named = {"Content-Disposition": 'attachment; filename="requests.csv"'}
        return Response(",".join(asking.COLUMNS) + "\r\n", media_type="text/csv", headers=named)

    @router.get("/requests/{number}", response_class=HTMLResponse)
    def show_request(request: Request, number: Number, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        row = found(number)
        ledger, finding = desk.ledger(), findings.get(desk.ledger(), row.finding_id) if row.finding_id else None
        if finding is None:
            return desk.html(request, "request.html", user=user, one=wording.whole(row, [], user))
        until = waits.cooling(finding, datetime.now(UTC))
        objected = bool(objections.against(ledger, finding.id))
        told = outbox.told(ledger, finding.id)
        one = wording.whole(row, told, user, waits.moment(until) if until else None, objected)
        return desk.html(request, "request.html", user=user, one=one)

    @router.post("/api/requests")
    def ask(user: str = Depends(desk.writer), said: Form = form) -> Response:
        try:
            one = asking.read(said.model_dump(), datetime.now(UTC).date())
            (number,) = requests.add(desk.ledger(), [one.as_json()], user)
        except RequestWrong as wrong:
            problems = [{"field": field, "says": says} for field, says in wrong.problems]
            return as_json({"detail": str(wrong), "problems": problems}, 422)
        except AlreadyAsked as again:
            return conflict(again, number=again.known[0])
        return as_json({"number": number})

    @router.post("/api/requests/table")
    def ask_many(user: str = Depends(desk.writer), said: Table = table) -> Response:
        try:
            many = asking.read_csv(said.csv, datetime.now(UTC).date())
        except TableWrong as wrong:
            return refused(wrong, wrong.problems)
        try:
            numbers = requests.add(desk.ledger(), [one.as_json() for _, one in many], user)
        except AlreadyAsked as again:
            says = "Request {} asks for the same and is not over."
            return refused(again, [(many[at][0], "client", says.format(one)) for at, one in again.known.items()])
        return as_json({"numbers": numbers})

    @router.post("/api/requests/{number}/choose")
    def choose(number: Number, user: str = Depends(desk.writer), said: Choice = choice) -> Response:
        requests.choose(desk.ledger(), number, said.client, user)
        return as_json({"state": requests.WAITING})

    @router.post("/api/requests/{number}/again")
    def look_again(number: Number, user: str = Depends(desk.writer), said: Nothing = nothing) -> Response:
        requests.again(desk.ledger(), number, user)
        return as_json({"state": requests.WAITING})

    @router.post("/api/requests/{number}/withdraw")
    def take_back(number: Number, user: str = Depends(desk.writer), said: Nothing = nothing) -> Response:
        deciding.withdraw(desk.ledger(), number, user)
        return as_json({"state": requests.WITHDRAWN})

    return router
