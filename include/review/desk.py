"""
What every part of the page works with: who asks, the ledger, the templates, and the guard of whatever is written.

A part is a module in `parts` with `routes(desk)`; it adds its routes there and no other module needs to know of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ValidationError

from include.review import guards, words
from include.store import reviewing

if TYPE_CHECKING:
    from include.store.ledger import Ledger

PAGES = Path(__file__).parent / "pages"

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the page's menu: the lower `order`, the further to the left."""

    name: str
    path: str
    order: int = 50


@dataclass(frozen=True)
class Desk:
    """`reviewer` is a dependency that names who asks (or raises 401), `secret` what CSRF tokens are made from."""

    reviewer: Callable[..., Any]
    ledger: Callable[[], Ledger]
    secret: str
    menu: tuple[Place, ...] = ()
    templates: Environment = field(default_factory=lambda: _templates())

    def html(self, request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
        """A page from a template, with what the layout needs."""
        root = request.scope.get("root_path", "").rstrip("/")
        at = request.url.path.removeprefix(root) or "/"
        told = {"root": root, "words": words, "menu": self.menu, "at": at, "closed": None, **facts}
        if facts.get("user") and reviewing.nobody_may():
            told["closed"] = reviewing.UNLISTED
        return HTMLResponse(self.templates.get_template(template).render(**told), status)

    @property
    def writer(self) -> Callable[..., str]:
        """A dependency: who writes, once it is sure that our own page asks for it."""

        def from_the_page(request: Request, user: str = Depends(self.reviewer)) -> str:
            if not guards.same_origin(request):
                raise HTTPException(403, "A decision must come from the review page itself.")
            if not guards.token_holds(request, self.secret, user):
                raise HTTPException(403, "The page's token has expired. Reload the page; nothing was decided.")
            return user

        return from_the_page

    def sent(self, kind: type[Asked]) -> Callable[..., Awaitable[Asked]]:
        """A dependency: the JSON that our page sent. A parameter of the route would be read before anybody has asked
        who is there."""

        async def body(request: Request, user: str = Depends(self.writer)) -> Asked:
            if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
                raise HTTPException(415, "A decision is sent as JSON.")
            try:
                return kind.model_validate_json(await request.body())
            except ValidationError as error:
                problems = error.errors(include_url=False, include_context=False, include_input=False)
                raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in problems]) from None

        return body


def _templates() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, finalize=words.plain
    )
    pages.filters |= {"record": words.record, "title": words.title, "foldable": words.foldable, "few": words.few}
    return pages
