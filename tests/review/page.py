"""
The review page without Airflow: mounted as the plugin mounts it, and asked over ASGI by people who say who they are.

The stand-in for Airflow's login is a header. The ledger, the page and its guards are the real ones.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from httpx import Response

from include.review.app import review_page
from include.review.guards import CSRF, csrf_token
from include.store.findings import FindingRow
from include.store.ledger import Ledger

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette asks for httpx2, which is not out in the release we pin (seen 2026-11)
    from fastapi.testclient import TestClient

SECRET = "a secret of the tests"
HOST = "http://airflow.test"
ROOT = "/review"
USER = "X-Test-User"
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def signed_in(request: Request) -> str:
    """Whoever the header names; nobody without it."""
    user = request.headers.get(USER)
    if not user:
        raise HTTPException(401, "Not authenticated")
    return user


def app_over(ledger: Ledger | Callable[[], Ledger]) -> FastAPI:
    """The page over a ledger."""
    return review_page(signed_in, (lambda: ledger) if isinstance(ledger, Ledger) else ledger, secret=SECRET)


class Reader:
    """One person (or nobody) with the page open."""

    def __init__(self, page: Ledger | FastAPI, user: str | None = "ann") -> None:
        outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        outer.mount(ROOT, page if isinstance(page, FastAPI) else app_over(page))
        self.user = user
        self.client = TestClient(outer, base_url=HOST, raise_server_exceptions=False, follow_redirects=False)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
        who = {USER: self.user} if self.user else {}
        answer: Response = self.client.request(method, ROOT + path, headers=who | (headers or {}), **more)
        return answer

    def get(self, path: str, accept: str = "text/html") -> Response:
        return self.ask("GET", path, {"Accept": accept})

    def signature(self) -> dict[str, str]:
        """The headers that a browser and our script put on a decision."""
        token = csrf_token(SECRET, self.user or "nobody")
        return {"Origin": HOST, "Sec-Fetch-Site": "same-origin", CSRF: token}

    def decide(self, row: FindingRow, verdict: str = "approved", option: int = 0, **said: Any) -> Response:
        """Decide on what was read as `row`."""
        body = {"verdict": verdict, "version": row.version}
        if verdict == "approved":
            body["option_hash"] = row.options[option].hash
        return self.ask("POST", decision_of(row), self.signature(), json=body | said)


def decision_of(row: FindingRow) -> str:
    return f"/api/findings/{row.id}/decision"


class Seen(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and the texts of elements by class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("class") or f"<{tag}>", []))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, kind, text = self._open.pop()
            self.texts.append((kind, "".join(text)))
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def all(self, kind: str) -> list[str]:
        """The texts of the elements of this class (`<tag>` for those without one)."""
        return [text for one, text in self.texts if one == kind]

    def links(self) -> list[str]:
        """Every address that the page names."""
        named = ("href", "src", "action", "formaction", "data-finding", "data-root")
        return [value for _, attrs in self.tags for name, value in attrs.items() if name in named and value]
