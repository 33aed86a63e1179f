"""The list of findings, as a page and as JSON, and the search, whose words are in no URL."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from include.review import filtering, words
from include.review.desk import Desk, Place
from include.review.filtering import Wanted
from include.review.refusals import as_json
from include.review.shown import listed
from include.store import dossiers, findings
from include.store import listing as lists

MENU = Place("Findings", "/", 10)
PAGE_SIZE = 50
ID = re.compile("[0-9a-f]{16}")
NAMES = ("state", "rule", "strength", "platform", "age", "equal")


class Sought(BaseModel):
    """What is searched for, within which list, and from where on."""

    model_config = ConfigDict(extra="forbid", strict=True)
    sought: str = Field(min_length=1, max_length=lists.LONGEST_SEARCH)
    within: dict[str, str] = Field(default_factory=dict, max_length=len(NAMES))
    after: str | None = Field(None, max_length=16)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    sought_for = Depends(desk.sent(Sought))

    def listing(
        wanted: Wanted, after: str | None, size: int, today: date, sought: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """One page of a list, and the cursor of the next page."""
        if after is not None and not ID.fullmatch(after):
            raise HTTPException(404, "There is no such list.")
        ledger = desk.ledger()
        rows = findings.page(ledger, filters=wanted.filters(today, sought), after=after, limit=size + 1)
        known = dossiers.read(ledger, [row.id for row in rows])
        following = findings.cursor(rows[size - 1]) if len(rows) > size else None
        return [listed(row, today, known.get(row.id)) for row in rows[:size]], following

    @router.get("/", response_class=HTMLResponse)
    def list_findings(request: Request, after: str | None = None, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        wanted, today = Wanted.asked(request), datetime.now(UTC).date()
        rows, following = listing(wanted, after, PAGE_SIZE, today)
        ledger = desk.ledger()
        oldest = lists.oldest(ledger, wanted.state)
        facts: dict[str, Any] = {
            "wanted": wanted,
            "filtering": filtering,
            "counts": findings.counts(ledger),
            "oldest": {rule: words.age(night, today) for rule, night in oldest.items()},
            "rows": rows,
            "following": following,
            "number": lists.number(ledger, wanted.filters(today)) if wanted.narrowed else None,
        }
        return desk.html(request, "findings.html", user=user, **facts)

    @router.get("/api/findings")
    def api_findings(request: Request, after: str | None = None, limit: int = PAGE_SIZE) -> Response:
        today = datetime.now(UTC).date()
        rows, following = listing(Wanted.asked(request), after, max(1, min(limit, 500)), today)
        return as_json({"findings": rows, "next": following})

    @router.post("/api/search")
    def search(user: str = Depends(desk.writer), asked: Sought = sought_for) -> Response:
        today = datetime.now(UTC).date()
        wanted = Wanted.of({name: value for name, value in asked.within.items() if name in NAMES})
        rows, following = listing(wanted, asked.after, PAGE_SIZE, today, asked.sought)
        number = lists.number(desk.ledger(), wanted.filters(today, asked.sought))
        titled = [{**row, "title": words.title(row["rule"])} for row in rows]
        return as_json(words.plainly({"findings": titled, "next": following, "number": number}))

    return router
