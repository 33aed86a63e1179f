"""
The page as a FastAPI app, to be mounted behind a login that it does not know.

Reading is server-rendered and works without a script; a decision is one JSON request that carries a CSRF token, the
version of the finding and the hash of the option the reviewer saw. No personal data is in any URL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError

from include.errors import AlreadyDecided, FindingChanged, NotAllowed
from include.model import Verdict
from include.review import guards, words
from include.review.shown import detail, listed
from include.store import decisions, findings

if TYPE_CHECKING:
    from include.store.ledger import Ledger

HERE = Path(__file__).parent
STATIC = {"page.css": "text/css", "page.js": "text/javascript"}
PAGE_SIZE = 50
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Asked(BaseModel):
    """A decision as the page sends it."""

    model_config = ConfigDict(extra="forbid")
    verdict: Verdict
    version: int
    option_hash: str | None = Field(None, max_length=64)
    reason: str | None = Field(None, max_length=2000)
    until: str | None = Field(None, max_length=10)


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
    pages = Environment(loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined)
    pages.filters |= {"record": words.record, "title": words.title}

    def html(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        return HTMLResponse(pages.get_template(template).render(root=root, words=words, **facts), status)

    @app.get("/", response_class=HTMLResponse)
    def list_findings(
        request: Request, state: str = "open", rule: str | None = None, after: str | None = None, user: str = who
    ) -> HTMLResponse:
        if state not in words.STATES or (rule is not None and rule not in words.rules()):
            raise HTTPException(404, "There is no such list.")
        rows = findings.page(ledger(), state=state, rule=rule, after=after, limit=PAGE_SIZE + 1)
        today = datetime.now(UTC).date()
        return html(
            request,
            "findings.html",
            user=user,
            state=state,
            rule=rule,
            counts=findings.counts(ledger()),
            rows=[listed(row, today) for row in rows[:PAGE_SIZE]],
            following=findings.cursor(rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else None,
        )

    @app.get("/findings/{finding}", response_class=HTMLResponse)
    def show_finding(request: Request, finding: str, user: str = who) -> HTMLResponse:
        row = findings.get(ledger(), finding)
        if row is None:
            return html(request, "missing.html", 404, user=user)
        return html(request, "finding.html", user=user, finding=detail(row, datetime.now(UTC).date()))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404, "There is no such file.")
        return Response((HERE / "static" / name).read_bytes(), media_type=STATIC[name])

    @app.get("/api/session")
    def session(user: str = who) -> dict[str, str]:
        return {"reviewer": user, "csrf": guards.csrf_token(secret, user)}

    @app.get("/api/findings")
    def api_findings(
        state: str = "open", rule: str | None = None, after: str | None = None, limit: int = PAGE_SIZE
    ) -> dict[str, Any]:
        size = max(1, min(limit, 500))
        rows = findings.page(ledger(), state=state, rule=rule, after=after, limit=size + 1)
        today = datetime.now(UTC).date()
        following = findings.cursor(rows[size - 1]) if len(rows) > size else None
        return {"findings": [listed(row, today) for row in rows[:size]], "next": following}

    @app.get("/api/findings/{finding}")
    def api_finding(finding: str) -> dict[str, Any]:
        row = findings.get(ledger(), finding)
        if row is None:
            raise HTTPException(404, "There is no such finding.")
        return detail(row, datetime.now(UTC).date())

    @app.post("/api/findings/{finding}/decision")
    def decide(request: Request, finding: str, asked: Asked, user: str = who) -> dict[str, str]:
        if not guards.same_origin(request):
            raise HTTPException(403, "A decision must come from the review page itself.")
        if not guards.token_holds(request, secret, user):
            raise HTTPException(403, "The page's token has expired. Reload the page; nothing was decided.")
        if findings.get(ledger(), finding) is None:
            raise HTTPException(404, "There is no such finding.")
        state = decisions.decide(
            ledger(),
            finding,
            verdict=asked.verdict,
            reviewer=user,
            version=asked.version,
            option_hash=asked.option_hash,
            reason=asked.reason,
            until=asked.until,
        )
        return {"state": state}

    @app.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
    def nothing_here(path: str) -> Response:
        raise HTTPException(404, "There is no such page.")

    @app.exception_handler(AlreadyDecided)
    @app.exception_handler(FindingChanged)
    @app.exception_handler(NotAllowed)
    def conflict(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error), "kind": type(error).__name__}, 409)

    @app.exception_handler(RequestValidationError)
    def unusable(request: Request, error: RequestValidationError) -> JSONResponse:
        where = sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()})
        return JSONResponse({"detail": f"This cannot be read: {', '.join(where)}."}, 422)

    @app.exception_handler(DBAPIError)
    def no_ledger(request: Request, error: DBAPIError) -> JSONResponse:
        return JSONResponse({"detail": "The ledger cannot be reached. Nothing was decided; try again."}, 503)

    return app
