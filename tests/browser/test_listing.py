"""The list as people use it: searched, filtered, walked through with the keyboard, and decided on together."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from include.model import Finding, Option
from include.store import findings
from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.store.cases import NIGHT, a_finding, decide, merge, rows, set_email

pytestmark = pytest.mark.browser

SECRET = "grace.hopper@navy.example"


def three(book: Ledger) -> list[Finding]:
    """Two equal findings and one that differs, each with a person's record."""
    told = [
        a_finding(Option("use it", (set_email("hubspot:contact:1"),)), subject="hubspot:contact:1"),
        a_finding(Option("use it", (set_email("hubspot:contact:2"),)), subject="hubspot:contact:2"),
        a_finding(Option("merge", (merge("hubspot:contact:3"),)), subject="hubspot:contact:3"),
    ]
    names = ("Ada Lovelace", "Grace Hopper", "Mary Shaw")
    shown = {
        one.key: Dossier(
            [
                {
                    "ref": str(one.subject),
                    "first_name": first,
                    "last_name": last,
                    "email": email,
                    "other_emails": ["x@b.example"],
                }
            ]
        )
        for one, (first, last), email in zip(
            told, (name.split() for name in names), ("ada@a.example", SECRET, "mary@c.example"), strict=True
        )
    }
    findings.file(book, told, NIGHT, shown=shown)
    return told


def names(page: Page) -> Any:
    return expect(page.locator("a.finding .records"))


def decided(book: Ledger) -> list[tuple[Any, ...]]:
    return sorted(rows(book, decision, "verdict", "reviewer", "reason"))


@pytest.mark.parametrize("words", ["hopper", "GRACE hop", SECRET, "hubspot contact:2"])
def test_somebody_is_found_and_no_address_of_a_page_names_them(visit, book, words):
    three(book)
    visitor = visit()
    page = visitor.open()
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    names(page).to_have_count(1)
    names(page).to_contain_text(["Grace Hopper"])
    expect(page.locator("#number")).to_have_text("1 finding found")
    page.locator("a.finding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Grace Hopper")
    page.go_back()
    names(page).to_contain_text(["Grace Hopper"])
    assert not [
        url for url in visitor.asked if words.split()[0].casefold() in url.casefold() and "hubspot" not in words
    ]


def test_a_filter_is_a_word_in_the_address_and_narrows_the_list(visit, book):
    three(book)
    page = visit().open()
    page.get_by_label("Strength").select_option(label="likely")
    page.wait_for_url("**/?strength=likely")
    names(page).to_have_count(3)
    page.get_by_label("Platform").select_option(label="WHMCS")
    page.wait_for_url("**strength=likely&platform=whmcs")
    expect(page.get_by_text("No finding is so.")).to_be_visible()
    page.get_by_role("link", name="All of them").click()
    names(page).to_have_count(3)


def test_equal_findings_are_approved_together_with_the_keyboard_and_one_that_another_took_is_named(visit, book):
    told = three(book)
    page = visit().open()
    for _ in told:
        page.keyboard.press("j")
        if "Mary" not in page.evaluate("document.activeElement.textContent"):
            page.keyboard.press("x")
    expect(page.locator("#selected")).to_contain_text("2 findings selected.")
    grace = next(row for row in findings.page(book) if row.subject == "hubspot:contact:2")
    decide(book, grace, "rejected", reviewer="bob", reason="no")
    page.get_by_role("button", name="Approve what is recommended").click()
    expect(page.locator("#done")).to_have_text("Approved: 1 finding. Not decided: 1.")
    expect(page.locator("#undone")).to_contain_text("Grace Hopper: The finding")
    expect(page.locator("#undone")).to_contain_text("is rejected already")
    assert decided(book) == [("approved", "ann", None), ("rejected", "bob", "no")]


def test_findings_that_differ_cannot_be_decided_on_together(visit, book):
    three(book)
    page = visit().open()
    for tick in page.locator(".pick input").all():
        tick.check()
    expect(page.locator("#selected")).to_contain_text("They differ in what would be done")
    expect(page.get_by_role("button", name="Approve what is recommended")).to_be_disabled()
    expect(page.get_by_role("button", name="Reject")).to_be_disabled()


def test_equals_are_selected_and_rejected_with_one_reason(visit, book):
    three(book)
    page = visit().open()
    page.get_by_role("checkbox", name="Ada Lovelace").check()
    page.get_by_role("button", name="Select its equals").click()
    expect(page.locator("#selected")).to_contain_text("2 findings selected.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#done")).to_have_text("Say why: the reason is kept with each rejection.")
    page.get_by_label("Reason").fill("asked them")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#done")).to_have_text("Rejected: 2 findings.")
    assert decided(book) == [("rejected", "ann", "asked them")] * 2


def test_the_keys_are_told_of_and_walk_from_finding_to_finding(visit, book):
    three(book)
    page = visit().open()
    expect(page.get_by_role("button", name="Keys")).to_be_visible()  # the script that hears keys has come
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/**")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    first = page.get_by_role("heading", level=1).text_content()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first or "")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(first or "")


def test_not_the_same_person_is_one_press_and_is_remembered_as_that(visit, book):
    three(book)
    row = findings.page(book)[0]
    page = visit().open(f"/findings/{row.id}")
    page.get_by_role("button", name="Not the same person").click()
    expect(page.locator("#said")).to_have_text("Rejected. It stays so until its evidence changes.")
    assert decided(book) == [("rejected", "ann", "Not the same person")]


def test_equals_that_a_search_found_are_deferred_together_by_keyboard(visit, book):
    three(book)
    page = visit().open()
    page.keyboard.press("/")
    page.keyboard.type("example")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_have_text("3 findings found")
    expect(page.locator("a.finding").first).to_be_focused()
    for _ in range(3):
        if "Mary" not in page.evaluate("document.activeElement.textContent"):
            page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("#selected")).to_have_text("2 findings selected.")
    page.get_by_role("button", name="Defer").click()
    expect(page.locator("#done")).to_have_text("Choose the day on which they should come back.")
    expect(page.get_by_label("Until")).to_be_focused()
    page.keyboard.type("12312999")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Defer").press("Enter")
    expect(page.locator("#done")).to_have_text("Deferred: 2 findings.")
    assert rows(book, decision, "verdict", "reviewer", "until") == [("deferred", "ann", "2999-12-31")] * 2
    expect(page.locator("li.done .age")).to_have_text(["deferred"] * 2)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_day_that_has_passed_is_said_once_for_all_of_them(visit, book):
    three(book)
    page = visit().open()
    page.get_by_role("checkbox", name="Ada Lovelace").check()
    page.get_by_role("button", name="Select its equals").click()
    page.get_by_label("Until").fill("2001-01-01")
    page.get_by_role("button", name="Defer").click()
    expect(page.locator("#done")).to_have_text("To defer, say a date in the future.")
    expect(page.locator("#undone li")).to_have_count(0)
    assert decided(book) == []


def test_of_several_that_differ_the_equals_of_the_first_can_be_kept(visit, book):
    three(book)
    page = visit().open()
    for tick in page.locator(".pick input").all():
        tick.check()
    expect(page.get_by_role("button", name="Defer")).to_be_disabled()
    page.get_by_role("button", name="Select its equals").click()
    kept = page.locator("#selected").text_content()
    assert kept in ("2 findings selected.", "1 finding selected.")
    expect(page.get_by_role("button", name="Defer")).to_be_enabled()
