"""
The page as a FastAPI app, to be mounted behind a login that it does not know.

Reading is server-rendered and works without a script; a decision is one JSON request that carries a CSRF token, the
version of the finding and the hash of the option the reviewer saw. No personal data is in any URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from include.errors import FindingChanged
from include.model import Verdict
from include.review import changed, guards, words
from include.review.refusals import answer_refusals, as_json, conflict
from include.review.shown import detail, listed
from include.store import decisions, findings

if TYPE_CHECKING:
    from include.store.findings import FindingRow
    from include.store.ledger import Ledger

HERE = Path(__file__).parent
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
PAGE_SIZE = 50
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
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


def review_page(
    reviewer: Callable[..., Any],
    ledger: Callable[[], Ledger],
    *,
    secret: str,
    guarded_by: Sequence[Any] = (),
) -> FastAPI:
    """
    The app. `reviewer` is a dependency that names who asks (or raises 401), `guarded_by` further dependencies of every
    route, `secret` what CSRF tokens are made from.
    """
    everywhere = [*guarded_by, Depends(reviewer)]
    app = FastAPI(dependencies=everywhere, docs_url=None, redoc_url=None, openapi_url=None, title="Rollcall review")
    app.add_middleware(guards.SafeHeaders)
    who = Depends(reviewer)  # a default and not an annotation: those are text here, and `reviewer` is not a global
    pages = Environment(
        loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined, finalize=words.plain
    )
    pages.filters |= {"record": words.record, "title": words.title, "foldable": words.foldable}

    def html(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        return HTMLResponse(pages.get_template(template).render(root=root, words=words, **facts), status)

    answer_refusals(app, html)

    def listing(state: str, rule: str | None, after: str | None, size: int) -> tuple[list[dict[str, Any]], str | None]:
        """One page of the findings in a state, and the cursor of the next page."""
        known = state in words.STATES and (rule is None or rule in words.rules())
        if not known or (after is not None and not ID.fullmatch(after)):
            raise HTTPException(404, "There is no such list.")
        rows = findings.page(ledger(), state=state, rule=rule, after=after, limit=size + 1)
        today = datetime.now(UTC).date()
        following = findings.cursor(rows[size - 1]) if len(rows) > size else None
        return [listed(row, today) for row in rows[:size]], following

    def found(finding: str) -> FindingRow:
        row = findings.get(ledger(), finding) if ID.fullmatch(finding) else None
        if row is None:
            raise HTTPException(404, "There is no such finding. It may have been filed in another ledger.")
        return row

    def from_the_page(request: Request, user: str = who) -> str:
        """Who decides, once it is sure that our own page asks for it."""
        if not guards.same_origin(request):
            raise HTTPException(403, "A decision must come from the review page itself.")
        if not guards.token_holds(request, secret, user):
            raise HTTPException(403, "The page's token has expired. Reload the page; nothing was decided.")
        return user

    async def decision(request: Request, user: str = Depends(from_the_page)) -> Asked:
        """What is asked for. A parameter of the route would be read before anybody has asked who is there."""
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "A decision is sent as JSON.")
        try:
            return Asked.model_validate_json(await request.body())
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in problems]) from None

    @app.get("/", response_class=HTMLResponse)
    def list_findings(
        request: Request, state: str = "open", rule: str | None = None, after: str | None = None, user: str = who
    ) -> HTMLResponse:
        rows, following = listing(state, rule, after, PAGE_SIZE)
        counts = findings.counts(ledger())
        return html(
            request, "findings.html", user=user, state=state, rule=rule, counts=counts, rows=rows, following=following
        )

    @app.get("/findings/{finding}", response_class=HTMLResponse)
    def show_finding(request: Request, finding: str, user: str = who) -> HTMLResponse:
        return html(request, "finding.html", user=user, finding=detail(found(finding), datetime.now(UTC).date()))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404, "There is no such file.")
        return Response((HERE / "static" / name).read_bytes(), media_type=STATIC[name])

    @app.get("/api/session")
    def session(user: str = who) -> Response:
        return as_json({"reviewer": user, "csrf": guards.csrf_token(secret, user)})

    @app.get("/api/findings")
    def api_findings(
        state: str = "open", rule: str | None = None, after: str | None = None, limit: int = PAGE_SIZE
    ) -> Response:
        rows, following = listing(state, rule, after, max(1, min(limit, 500)))
        return as_json({"findings": rows, "next": following})

    @app.get("/api/findings/{finding}")
    def api_finding(finding: str) -> Response:
        return as_json(detail(found(finding), datetime.now(UTC).date()))

    @app.post("/api/findings/{finding}/decision")
    def decide(finding: str, user: str = Depends(from_the_page), asked: Asked = Depends(decision)) -> Response:
        found(finding)
        try:
            state = decisions.decide(
                ledger(),
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
            return conflict(error, changed=changed.since(ledger(), row, asked.version), now=now)
        return as_json({"state": state})

    @app.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
    def nothing_here(path: str) -> Response:
        raise HTTPException(404, "There is no such page.")

    return app
