"""The list of findings, as a page and as JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from include.review import words
from include.review.desk import Desk, Place
from include.review.refusals import as_json
from include.review.shown import listed
from include.store import findings

MENU = Place("Findings", "/", 10)
PAGE_SIZE = 50
ID = re.compile("[0-9a-f]{16}")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()

    def listing(state: str, rule: str | None, after: str | None, size: int) -> tuple[list[dict[str, Any]], str | None]:
        """One page of the findings in a state, and the cursor of the next page."""
        known = state in words.STATES and (rule is None or rule in words.rules())
        if not known or (after is not None and not ID.fullmatch(after)):
            raise HTTPException(404, "There is no such list.")
        rows = findings.page(desk.ledger(), state=state, rule=rule, after=after, limit=size + 1)
        today = datetime.now(UTC).date()
        following = findings.cursor(rows[size - 1]) if len(rows) > size else None
        return [listed(row, today) for row in rows[:size]], following

    @router.get("/", response_class=HTMLResponse)
    def list_findings(
        request: Request,
        state: str = "open",
        rule: str | None = None,
        after: str | None = None,
        user: str = Depends(desk.reviewer),
    ) -> HTMLResponse:
        rows, following = listing(state, rule, after, PAGE_SIZE)
        counts = findings.counts(desk.ledger())
        facts: dict[str, Any] = {"state": state, "rule": rule, "counts": counts, "rows": rows, "following": following}
        return desk.html(request, "findings.html", user=user, **facts)

    @router.get("/api/findings")
    def api_findings(
        state: str = "open", rule: str | None = None, after: str | None = None, limit: int = PAGE_SIZE
    ) -> Response:
        rows, following = listing(state, rule, after, max(1, min(limit, 500)))
        return as_json({"findings": rows, "next": following})

    return router
