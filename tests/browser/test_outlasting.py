"""What a reviewer typed outlasts a login that ends and a ledger that is away: it stays, and is sent afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from include.model import Option
from include.store.schema import decision
from tests.browser.test_access import TODAY, of_a_domain, pick_all
from tests.store.cases import a_finding, again, by_hand, filed, rows, set_email

pytestmark = pytest.mark.browser


def consent(page: Page) -> None:
    page.get_by_label("change the registrant too").check()
    page.get_by_role("checkbox", name="shop.example").check()
    page.get_by_label("Reference").fill("T-1")
    page.get_by_label("On", exact=True).fill(page.evaluate(TODAY))
    page.get_by_label("Reason").fill("she wrote to us")


def typed(page: Page) -> list[Any]:
    told = (
        "form => [...form.querySelectorAll('input, textarea, select')].map((one) => [one.name, one.value, one.checked])"
    )
    return list(page.locator("#decision").evaluate(told))


@pytest.mark.parametrize("ended", ["login", "ledger"])
def test_what_was_typed_outlasts_a_login_that_ends_and_a_ledger_that_is_away(visit, book, ended):
    row = filed(book, of_a_domain())
    ann = visit()
    page = ann.open(f"/findings/{row.id}")
    consent(page)
    before = typed(page)
    if ended == "login":
        ann.log_out()
    else:
        by_hand(book, "ALTER TABLE finding RENAME TO away")
    page.get_by_role("button", name="Approve").click()
    said = "Your login has ended" if ended == "login" else "The ledger cannot be reached"
    expect(page.locator("#said")).to_contain_text(said)
    assert typed(page) == before
    assert rows(book, decision) == []
    ann.log_in()
    if ended == "ledger":
        by_hand(book, "ALTER TABLE away RENAME TO finding")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#said")).to_have_text("Approved. It will be applied with the next run.")
    (told,) = again(book, row).decisions
    assert (told.reason, told.consents[0]["reference"]) == ("she wrote to us", "T-1")


@pytest.mark.parametrize("ended", ["login", "ledger"])
def test_a_selection_and_its_reason_outlast_them_too(visit, book, ended):
    refs = [f"hubspot:contact:{at}" for at in range(3)]
    filed(book, *(a_finding(Option("use it", (set_email(ref),)), subject=ref, others=()) for ref in refs))
    ann = visit()
    page = ann.open()
    pick_all(page)
    page.get_by_label("Reason").fill("asked them")
    if ended == "login":
        ann.log_out()
    else:
        by_hand(book, "ALTER TABLE finding RENAME TO away")
    page.get_by_role("button", name="Reject").click()
    said = "Your login has ended" if ended == "login" else "The ledger cannot be reached"
    expect(page.locator("#done")).to_contain_text(said)
    expect(page.get_by_label("Reason")).to_have_value("asked them")
    expect(page.locator(".pick input:checked")).to_have_count(3)
    ann.log_in()
    if ended == "ledger":
        by_hand(book, "ALTER TABLE away RENAME TO finding")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#done")).to_have_text("Rejected: 3 findings.")
    assert len(rows(book, decision)) == 3
