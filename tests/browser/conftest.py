"""
A real Chromium in front of the page, and people who use it.

Whatever happens in a visit that a reviewer should never meet (an error in the console, a dialog, a request to anywhere
else) fails the test at its end. The stand-in for Airflow's login is a header, as in `tests/review`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from include.sandbox.server import Served, serve_in_thread
from include.store.ledger import Ledger, open_ledger
from tests.review.page import ROOT, USER, app_over

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
REFUSED = (
    "status of 401",
    "status of 403",
    "status of 409",
    "status of 422",
    "status of 503",
)  # Chromium logs these answers; our script tells of them


class Visitor:
    """One reviewer in a window of their own."""

    def __init__(self, context: BrowserContext, url: str, user: str) -> None:
        self.context = context
        self.url = url
        self.user = user
        self.troubles: list[str] = []
        self.asked: list[str] = []
        self.log_in()
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("dialog", self._dialog)
        context.on("request", self._request)

    def log_in(self) -> None:
        self.context.set_extra_http_headers({USER: self.user})

    def log_out(self) -> None:
        self.context.set_extra_http_headers({})

    def open(self, path: str = "/") -> Page:
        self.page.goto(self.url + path)
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in REFUSED):
            self.troubles.append(f"console: {message.text[:300]}")

    def _dialog(self, dialog: object) -> None:
        self.troubles.append("a dialog opened")
        dialog.dismiss()  # type: ignore[attr-defined]

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith(self.url):
            self.troubles.append(f"asked elsewhere: {request.url[:100]}")


Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, or else the one that Playwright has downloaded."""
    with sync_playwright() as playwright:
        found = next((path for name in PROGRAMS if (path := shutil.which(name))), playwright.chromium.executable_path)
        if not Path(found).exists():
            pytest.skip("no Chromium is installed (Debian and Ubuntu: apt-get install chromium)")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def book(sqlite_template: Path, tmp_path: Path) -> Ledger:
    """An empty ledger in a SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")


@pytest.fixture
def site(book: Ledger) -> Iterator[Served]:
    """The page over `book`, where the plugin puts it."""
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.mount(ROOT, app_over(book))
    served = serve_in_thread(outer)
    yield served
    served.stop()


@pytest.fixture
def visit(chromium: Browser, site: Served) -> Iterator[Visit]:
    """Opens windows: for `user`, of a width, light or dark, with or without scripts."""
    visitors: list[Visitor] = []

    def come(user: str = "ann", width: int = 1280, scheme: str = "light", scripts: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        visitors.append(Visitor(context, site.url + ROOT, user))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.troubles] == []
