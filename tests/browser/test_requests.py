"""Support takes requests down in a real browser: by keyboard, with mistakes, as a table; on any screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from include.store import requests
from include.store.ledger import Ledger
from include.store.schema import request
from tests.planning.desk import SupportDesk
from tests.requests.tables import line, table

pytestmark = pytest.mark.browser

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "marguerite.featherstonehaugh-cholmondeley@department.of.very.long.example"
CANDIDATES = [
    {"ref": f"whmcs:client:{number}", "name": "Ann O'Brien", "company": "A & B", "email": LONG, "status": "Active"}
    for number in (11, 13)
]
STATES: dict[str, dict[str, Any]] = {
    requests.WAITING: {"found": {"problem": "whm kept no answer ready."}},
    requests.CHOOSE: {"found": {"candidates": CANDIDATES, "more": 3}},
    requests.TROUBLE: {"found": {"troubles": ["whmcs login 6 signs in with it.", "The client has no domain."]}},
    requests.DONE: {"found": {"remarks": ["The client did not agree to a change in cPanel."]}},
    requests.WITHDRAWN: {},
}


def ask(book: Ledger, **said: Any) -> int:
    (id,) = requests.add(book, [SupportDesk.read(**said).as_json()], "ann")
    return id


def violations(page: Page) -> list[str]:
    told = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in told for node in one["nodes"]]


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids=lambda p: f"{p[0]} {p[1]}")
def window(request: pytest.FixtureRequest, visit: Any) -> Any:
    width, scheme = request.param
    return visit(width=width, scheme=scheme)


def test_nothing_of_requests_is_cut_unreadable_or_out_of_reach(window: Any, book: Ledger) -> None:
    for number, (state, told) in enumerate(STATES.items(), 1):
        ask(book, client=f"{LONG}{number}", new_address=f"{number}{LONG}")
        with book.write() as connection:
            connection.execute(sa.update(request).where(request.c.id == number).values(state=state, **told))
    paths = ["/requests", "/requests/new", *(f"/requests/{number}" for number in range(1, len(STATES) + 1))]
    for path in paths:
        page = window.open(path)
        assert (path, violations(page)) == (path, [])
        assert (path, page.evaluate(WIDER)) == (path, 0)


def test_a_request_is_taken_down_with_the_keyboard_alone(visit: Any, book: Ledger) -> None:
    page = visit().open("/requests")
    page.get_by_role("link", name="Take a request down").press("Enter")
    page.get_by_label("Name, current address or id").press_sequentially("ann@example.com")
    for label, text in (
        ("Why the client wants", "her provider closes down"),
        ("New address, once more", "ann@new.example"),
        ("Where it is written down", "ticket 4711"),
        ("Domains whose registrant", "a.example"),
    ):
        page.get_by_label(label).press_sequentially(text)
    page.get_by_label("New address", exact=False).first.press_sequentially("ann@new.example")
    page.get_by_label("Kind").select_option("call_back")
    page.get_by_label("The address of the cPanel accounts").press(" ")
    page.get_by_role("button", name="Take it down").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Request 1: ann@example.com")
    row = requests.get(book, 1)
    assert row is not None
    assert (row.asked["new_address"], row.asked["cpanel"], row.asked["domains"]) == (
        "ann@new.example", True, ["a.example"],
    )  # fmt: skip
    assert (row.requester, row.asked["proof"]["seen_by"]) == ("ann", "ann")


def test_what_is_wrong_stands_at_its_field_and_the_keyboard_is_there(visit: Any, book: Ledger) -> None:
    page = visit().open("/requests/new")
    page.get_by_text("A new person takes the account over").click()
    page.get_by_role("button", name="Take it down").click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing was taken down")
    expect(page.get_by_label("Name, current address or id")).to_be_focused()
    expect(page.get_by_text("Say whom it is about.")).to_be_visible()
    expect(page.get_by_text("Say the new person's first and last name.")).to_have_count(2)
    assert violations(page) == []
    assert requests.page(book) == []


def test_the_names_of_a_new_person_are_asked_for_only_then(visit: Any) -> None:
    page = visit().open("/requests/new")
    expect(page.get_by_label("First name")).to_be_hidden()
    page.get_by_text("A new person takes the account over").click()
    expect(page.get_by_label("First name")).to_be_visible()


def send(page: Page, csv: bytes) -> None:
    page.get_by_label("The table").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": csv})
    page.get_by_role("button", name="Take all of them down").click()


def test_a_table_is_refused_line_by_line_and_taken_once_it_is_right(visit: Any, book: Ledger) -> None:
    page = visit().open("/requests/new")
    wrong = table(line(11), line(12, new_address_again="x@x.example", cpanel="maybe"))
    send(page, wrong.encode())
    expect(page.locator(".line-problems tbody tr")).to_have_count(2)
    expect(page.locator(".line-problems tbody tr").first).to_contain_text("cpanel")
    assert requests.page(book) == []
    send(page, table(line(11), line(12)).encode())
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
    expect(page.locator("a.request")).to_have_count(2)


def test_a_table_in_another_encoding_is_not_guessed_at(visit: Any, book: Ledger) -> None:
    page = visit().open("/requests/new")
    send(page, table(line(11, reason="Größe")).encode("latin-1"))
    expect(page.get_by_role("status").nth(1)).to_contain_text("not written in UTF-8")
    assert requests.page(book) == []


def test_who_heard_the_client_chooses_and_others_cannot(visit: Any, book: Ledger) -> None:
    ask(book)
    with book.write() as connection:
        connection.execute(sa.update(request).values(state=requests.CHOOSE, found={"candidates": CANDIDATES}))
    other = visit("bob").open("/requests/1")
    expect(other.get_by_role("button", name="This is the client")).to_have_count(0)
    expect(other.get_by_role("radio").first).to_be_disabled()
    page = visit("ann").open("/requests/1")
    page.get_by_role("button", name="This is the client").click()
    expect(page.get_by_role("status")).to_have_text("Choose a client first.")
    page.get_by_text("WHMCS client 13").click()
    page.get_by_role("button", name="This is the client").click()
    expect(page.get_by_text("It is being looked up")).to_be_visible()
    row = requests.get(book, 1)
    assert row is not None
    assert row.client == "whmcs:client:13"


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")
@pytest.mark.parametrize("width", [1280, 390])
def test_strings_made_to_break_pages_are_text_here_too(visit: Any, book: Ledger, width: int) -> None:
    strings = json.loads((CORPORA / "blns" / "blns.json").read_text())
    strings += (CORPORA / "xss" / "xss-payload-list.txt").read_text(errors="replace").splitlines()
    ask(book)
    found = {"troubles": strings, "client": {"ref": "whmcs:client:11", "name": strings[-1], "email": strings[-2]}}
    with book.write() as connection:
        connection.execute(sa.update(request).values(state=requests.TROUBLE, found=found))
    for path in ("/requests/1", "/requests"):
        page = visit(width=width).open(path)
        assert page.evaluate(WIDER) <= 0
        assert page.evaluate("document.querySelectorAll('main img, main iframe, main svg').length") == 0
        assert page.evaluate("document.querySelectorAll('main script:not([src])').length") == 0
    expect(visit(width=width).open("/requests/1").locator(".troubles li")).to_have_count(len(strings))
