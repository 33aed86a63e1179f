"""
The page as a FastAPI app, to be mounted behind a login that it does not know.

Reading is server-rendered and works without a script; what is written is one JSON request that carries a CSRF token.
No personal data is in any URL. What there is to read and to write is in `parts`, each found by its name.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import Response

from include.review import guards, parts
from include.review.desk import Desk
from include.review.refusals import answer_refusals

if TYPE_CHECKING:
    from include.store.ledger import Ledger

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


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
    modules = every_part()
    places = sorted((part.MENU for part in modules if hasattr(part, "MENU")), key=lambda place: place.order)
    desk = Desk(reviewer, ledger, secret, tuple(places))
    answer_refusals(app, desk.html)
    for part in modules:
        app.include_router(part.routes(desk))

    @app.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
    def nothing_here(path: str) -> Response:
        raise HTTPException(404, "There is no such page.")

    return app


def every_part() -> list[ModuleType]:
    """The parts of the page, by name."""
    found = sorted(one.name for one in pkgutil.iter_modules(parts.__path__))
    return [import_module(f"{parts.__name__}.{name}") for name in found]
