"""How the pages of nights and caps look: to small screens, in the dark, to assistive technology."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_looks import WIDER
from tests.review import nights
from tests.review.nights import BEGAN

pytestmark = pytest.mark.browser

WHY = "pulls: expected that every platform holds at least as many as " + "on the last good night " * 20


@pytest.fixture
def fortnight(book):
    """Twelve nights, of which one stopped, one left a platform out, and one found a great many."""
    for day in range(12):
        at, told = BEGAN + timedelta(days=day), {}
        name = f"{at:%Y-%m-%d}.1"
        if day == 5:
            nights.stopped(book, name, WHY, at)
            continue
        if day == 7:
            told = {"left_out": ["hubspot", "whois"]}
        if day == 9:
            told = {"new": 48_000, "waiting": {"email_mismatch": 50_000}}
        nights.filed(book, name, at, **told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/nights", "/nights/2026-11-27.1", "/nights/2026-11-25.1", "/caps"])
def test_nights_and_caps_can_be_read_on_any_screen_by_anybody(visit, fortnight, path, width, scheme):
    page = visit(width=width, scheme=scheme).open(path)
    assert page.evaluate(WIDER) <= 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_bars_fill_their_box_and_say_their_numbers(visit, fortnight):
    page = visit().open("/nights")
    drawn = page.locator("svg.bars").first
    box = drawn.bounding_box()
    assert box is not None
    assert (box["width"] > 1000, box["height"] > 100) == (True, True)
    assert drawn.locator("title").nth(8).text_content() == "2026-11-29: 50000 waited, 48002 of them new"
    tallest = drawn.locator("rect.bar").nth(8).bounding_box()
    assert tallest is not None
    assert tallest["height"] > 100


def test_a_night_is_reached_from_the_list_by_keyboard(visit, fortnight):
    page = visit().open("/nights")
    page.get_by_role("link", name="2026-11-27").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/nights/2026-11-27.1")
    assert page.get_by_text("Left out: HubSpot, WHOIS.").is_visible()
