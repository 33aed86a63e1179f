"""The page for people who do not see it, see it dark or small, or use no mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from include.model import Action, Fix, FixState, Option, Ref
from include.store import findings, switch
from include.store.consents import Consent
from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.browser.test_deciding import press_until
from tests.browser.test_looks import WIDER, violations
from tests.browser.test_steering import applied
from tests.review.people import ANN, ANN_AT_SHOPIFY, ANN_AT_WHMCS, MOVED, people
from tests.store.cases import NIGHT, NOW, a_finding, again, decide, filed, merge, rows, set_email

pytestmark = pytest.mark.browser

DOMAIN = Ref("whois", "domain", "7")
TODAY = "document.querySelector('[name=given_on]').max"


def of_a_domain() -> Any:
    after = {"email": "ann@new.example", "domain": "shop.example", "transfer_lock_days": 60, "verification_days": 15}
    change = Fix(DOMAIN, Action.SET_EMAIL, {"email": "ann@old.example"}, after)
    options = (
        Option("change the contact", (set_email("hubspot:contact:1"),)),
        Option("change the registrant too", (set_email("hubspot:contact:1"), change)),
    )
    return a_finding(*options)


def side_by_side(book: Ledger) -> str:
    records = [ANN, ANN_AT_SHOPIFY, ANN_AT_WHMCS, {"ref": "shopify:order:1", "number": "1001", "email": "x@y.example"}]
    one = a_finding(
        Option("merge", (merge(),)), Option("not", ()), others=tuple(str(each["ref"]) for each in records[1:])
    )
    findings.file(book, [one], NIGHT, shown={one.key: Dossier(records, [MOVED])})
    return f"/findings/{again(book, one).id}"


def asking_consent(book: Ledger) -> str:
    return f"/findings/{filed(book, of_a_domain()).id}"


def with_consent(book: Ledger) -> str:
    row = filed(book, of_a_domain())
    given = Consent(str(DOMAIN), "ticket", "T-1", "ann", "2026-10-30")
    decide(book, row, option=1, consents=[given])
    return f"/findings/{row.id}"


def to_undo(book: Ledger) -> str:
    return f"/findings/{applied(book).id}"


def unclear(book: Ledger) -> str:
    return f"/findings/{applied(book, FixState.UNKNOWN).id}"


def stopped(book: Ledger) -> str:
    switch.throw(book, "ann", "something is odd", NOW, stop=True)
    return "/caps"


def a_list(book: Ledger) -> str:
    people(book)
    return "/"


def a_person(book: Ledger) -> str:
    return f"/people/{people(book)[0].id}"


def look(page: Page) -> None:
    """Nothing has to be done to see it."""


def pick_all(page: Page) -> None:
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    for tick in page.locator(".pick input").all():
        tick.check()
    expect(page.locator("#bulk")).to_be_visible()


def refuse_some(page: Page) -> None:
    pick_all(page)
    page.get_by_role("checkbox", name="Bob").uncheck()
    page.locator(".pick input").nth(0).uncheck()
    page.get_by_label("Reason").fill("no")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#done")).to_contain_text("Rejected")


def search(page: Page) -> None:
    page.get_by_role("searchbox").fill("ann")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_contain_text("found")


def the_keys(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()


def other_option(page: Page) -> None:
    page.get_by_label("change the registrant too").check()


def open_orders(page: Page) -> None:
    page.get_by_text("Newest orders").click()


def found_people(page: Page) -> None:
    page.get_by_label("Who is it").fill("example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("people")


STATES: dict[str, tuple[Callable[[Ledger], str], Callable[[Page], None]]] = {
    "records-side-by-side": (side_by_side, open_orders),
    "a-consent-is-asked": (asking_consent, other_option),
    "a-consent-was-given": (with_consent, look),
    "an-undo-is-offered": (to_undo, look),
    "an-outcome-is-unclear": (unclear, look),
    "everything-is-stopped": (stopped, look),
    "several-are-selected": (a_list, pick_all),
    "some-were-decided-together": (a_list, refuse_some),
    "a-search-found-them": (a_list, search),
    "the-keys-of-the-list": (a_list, the_keys),
    "the-keys-of-a-finding": (side_by_side, the_keys),
    "a-person": (a_person, look),
    "people-were-found": (lambda book: (people(book), "/people")[1], found_people),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_everybody_can_read_and_reach_every_state_of_the_page(visit, book, state, width, scheme):
    arrange, act = STATES[state]
    page = visit(width=width, scheme=scheme).open(arrange(book))
    act(page)
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_of_four_records_side_by_side_none_is_out_of_sight(visit, book, width):
    page = visit(width=width).open(side_by_side(book))
    hidden = "one => one.scrollWidth - one.clientWidth"
    assert page.locator(".scrolls").evaluate(hidden) <= 0
    expect(page.locator(".beside mark", has_text="x@y.example")).to_be_visible()


def test_from_the_list_to_an_approval_with_the_clients_consent_no_mouse_is_needed(visit, book):
    row = filed(book, of_a_domain())
    page = visit().open()
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    press_until(page, "j", "a.finding")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/**")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    page.keyboard.press("2")
    expect(page.get_by_label("change the registrant too")).to_be_checked()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Tick each domain that the client agreed to")
    assert rows(book, decision) == []
    press_until(page, "Shift+Tab", "[name=consent]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "[name=reference]")
    page.keyboard.type("T-1")
    press_until(page, "Tab", "[name=given_on]")
    year, month, day = page.evaluate(TODAY).split("-")
    page.keyboard.type(f"{month}{day}{year}")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Approved. It will be applied with the next run.")
    (told,) = again(book, row).decisions
    assert told.consents == (
        {"target": str(DOMAIN), "kind": "ticket", "reference": "T-1", "taken_by": "ann",
         "given_on": f"{year}-{month}-{day}"},
    )  # fmt: skip
