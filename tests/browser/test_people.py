"""People in a browser: searched by keyboard with nothing of it in any address, and read on any screen by anybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from include.store.dossiers import Dossier
from tests.browser.test_looks import WIDER
from tests.review.people import people
from tests.store.cases import a_finding

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="alert(1)">'
LONG = "marguerite.featherstonehaugh-cholmondeley@department.of.very.long.example"


@pytest.fixture
def rows(book):
    record = {
        "ref": "hubspot:contact:7",
        "first_name": HOSTILE,
        "last_name": "Hostile",
        "email": LONG,
        "company": HOSTILE,
    }
    return people(book, (a_finding(subject="hubspot:contact:7", others=()), Dossier([record])))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_person_and_the_search_can_be_read_on_any_screen_by_anybody(visit, rows, width, scheme):
    visitor = visit(width=width, scheme=scheme)
    for path in (f"/people/{rows[0].id}", f"/people/{rows[3].id}", "/people"):
        page = visitor.open(path)
        assert page.evaluate(WIDER) <= 0
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_somebody_is_found_and_opened_by_keyboard_and_no_address_tells_whom(visit, rows):
    visitor = visit()
    page = visitor.open("/people")
    page.keyboard.type("lovelace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 person.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ann Lovelace")
    assert [url for url in visitor.asked if "lovelace" in url.casefold()] == []


def test_what_a_customer_calls_himself_is_shown_as_text(visit, rows):
    page = visit().open("/people")
    page.get_by_label("Who is it").fill("hostile")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=f"{HOSTILE} Hostile")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('main img').length") == 0


def test_who_finds_nobody_is_told_so(visit, rows):
    page = visit().open("/people")
    page.get_by_label("Who is it").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Nobody is found by that.")
