"""A reviewer decides in a real browser: with the keyboard, with reasons, too late, and without a login."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, Route, expect

from include.model import Option
from include.review import words
from include.store import findings
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.store.cases import NEXT_NIGHT, a_finding, again, claim, decide, filed, fix_ids, merge, rows, set_email

pytestmark = pytest.mark.browser

ONE_MERGE = Option("merge 2 into 1", (merge(),))
OTHER_MERGE = Option("merge 1 into 2", (merge("hubspot:contact:2", "1"),))


def decided(ledger: Ledger) -> list[tuple[Any, ...]]:
    return rows(ledger, decision, "verdict", "reviewer", "option_hash", "reason", "until")


def said(page: Page) -> Any:
    return expect(page.get_by_role("status"))


def press_until(page: Page, key: str, here: str) -> None:
    """Press a key until the focus is on what `here` selects, as one does who uses no mouse."""
    for _ in range(40):
        if page.evaluate("here => document.activeElement.matches(here)", here):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {here}")


def test_an_option_is_found_and_approved_with_the_keyboard_alone(visit, book):
    filed(book, a_finding(), a_finding(subject="hubspot:contact:2"))
    row, other = findings.page(book)
    page = visit().open()
    page.keyboard.press("j")
    press_until(page, "j", f"a[href*='{row.id}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(words.record(row.subject))
    press_until(page, "Tab", "input[name=option]:checked")
    page.keyboard.press("ArrowDown")
    press_until(page, "Tab", "button[data-verdict=approved]")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    said(page).to_have_text("Approved. It will be applied with the next run.")
    assert decided(book) == [("approved", "ann", row.options[1].hash, None, None)]
    expect(page.locator("#onward a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(words.record(other.subject))
    expect(page.get_by_role("button", name="Keys")).to_be_visible()  # the script that hears keys has come
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open findings")
    expect(page.locator("a.finding")).to_have_count(1)


def test_a_rejection_asks_for_its_reason_and_keeps_it(visit, book):
    row = filed(book, a_finding())
    page = visit().open(f"/findings/{row.id}")
    page.get_by_role("button", name="Reject").click()
    said(page).to_contain_text("Say why")
    assert decided(book) == []
    page.get_by_label("Reason").fill(" father and son <b> ")
    page.get_by_role("button", name="Reject").click()
    said(page).to_have_text("Rejected. It stays so until its evidence changes.")
    assert decided(book) == [("rejected", "ann", None, "father and son <b>", None)]
    page.reload()
    expect(page.get_by_text("father and son <b>")).to_be_visible()
    expect(page.locator(".decide")).to_have_count(0)


def test_a_finding_is_deferred_until_a_day(visit, book):
    row = filed(book, a_finding())
    page = visit().open(f"/findings/{row.id}")
    page.get_by_role("button", name="Defer").click()
    said(page).to_contain_text("Choose the day")
    page.get_by_label("Defer until").fill("2001-01-01")
    page.get_by_role("button", name="Defer").click()
    said(page).to_have_text("To defer, say a date in the future.")
    page.get_by_label("Defer until").fill("2999-12-31")
    page.get_by_role("button", name="Defer").click()
    said(page).to_have_text("Deferred.")
    assert decided(book) == [("deferred", "ann", None, None, "2999-12-31")]


def test_an_approval_is_withdrawn_until_its_fixes_begin(visit, book):
    row = filed(book, a_finding())
    decide(book, row, reviewer="bob")
    page = visit().open(f"/findings/{row.id}")
    expect(page.get_by_role("heading", name="Withdraw the approval")).to_be_visible()
    expect(page.locator(".decide").get_by_role("button")).to_have_text(["Reject", "Defer"])
    page.get_by_label("Reason").fill("two people")
    page.get_by_role("button", name="Reject").click()
    said(page).to_have_text("The approval is withdrawn. Rejected. It stays so until its evidence changes.")
    assert [one[:2] for one in decided(book)] == [("approved", "bob"), ("rejected", "ann")]


def test_whoever_withdraws_too_late_is_told_that_the_fixes_have_begun(visit, book):
    row = filed(book, a_finding())
    decide(book, row)
    page = visit().open(f"/findings/{row.id}")
    assert claim(book, *fix_ids(row))
    page.get_by_label("Defer until").fill("2999-12-31")
    page.get_by_role("button", name="Defer").click()
    said(page).to_contain_text("have begun: its approval can no longer be withdrawn")
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.get_by_text("The one change: being applied.")).to_be_visible()
    expect(page.locator(".decide")).to_have_count(0)
    assert len(decided(book)) == 1


def test_nothing_is_approved_before_an_option_is_chosen(visit, book):
    row = filed(book, replace(a_finding(), recommended=None))
    page = visit().open(f"/findings/{row.id}")
    page.get_by_role("button", name="Approve").click()
    said(page).to_have_text("Choose an option first.")
    assert decided(book) == []


def test_two_quick_clicks_are_one_decision(visit, book):
    row = filed(book, a_finding())
    page = visit().open(f"/findings/{row.id}")
    page.get_by_role("button", name="Approve").dblclick()
    said(page).to_have_text("Approved. It will be applied with the next run.")
    assert len(decided(book)) == 1


def test_a_second_person_sees_what_the_first_one_approved(visit, book):
    row = filed(book, a_finding(ONE_MERGE, OTHER_MERGE))
    page = visit("ann").open(f"/findings/{row.id}")
    page.get_by_label("merge 1 into 2").check()
    page.get_by_role("button", name="Approve").click()
    said(page).to_have_text("Approved by you. A second person must agree.")
    page = visit("bob").open(f"/findings/{row.id}")
    expect(page.get_by_text("approved by ann", exact=True)).to_be_visible()
    expect(page.get_by_label("merge 1 into 2")).to_be_checked()
    page.get_by_role("button", name="Approve").click()
    said(page).to_have_text("Approved. It will be applied with the next run.")
    chosen = row.options[1].hash
    assert [one[:3] for one in decided(book)] == [("approved", "ann", chosen), ("approved", "bob", chosen)]


def test_a_page_left_open_shows_what_has_changed_and_decides_nothing(visit, book):
    row = filed(book, a_finding(says="The record on hubspot was changed last."))
    page = visit().open(f"/findings/{row.id}")
    now = (Option("use the new address", (set_email(was="else@c.example"),)), Option("ask", ()))
    filed(book, a_finding(*now, says="The names differ."), night=NEXT_NIGHT)
    page.get_by_role("button", name="Approve").click()
    said(page).to_contain_text("has changed since it was shown")
    assert page.locator("#changed li").all_inner_texts() == [
        "New evidence: The names differ.",
        "No longer so: The record on HubSpot was changed last.",
        "No longer offered: keep both",
        "No longer part of “use the new address”: HubSpot contact 1, Address: old@a.example → new@b.example",
        "Now part of “use the new address”: HubSpot contact 1, Address: else@c.example → new@b.example",
        "Newly offered: ask",
    ]
    assert decided(book) == []
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.get_by_text("The names differ.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    said(page).to_have_text("Approved. It will be applied with the next run.")
    assert [one[2] for one in decided(book)] == [again(book, row).options[0].hash]


def test_whoever_comes_second_is_told_that_it_is_decided(visit, book):
    row = filed(book, a_finding())
    page = visit().open(f"/findings/{row.id}")
    decide(book, row, "rejected", reason="two people", reviewer="bob")
    page.get_by_role("button", name="Approve").click()
    said(page).to_contain_text("is rejected already")
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.get_by_text("two people")).to_be_visible()
    assert len(decided(book)) == 1


def test_a_login_that_ends_meanwhile_costs_nothing_that_was_typed(visit, book):
    row = filed(book, a_finding())
    ann = visit()
    page = ann.open(f"/findings/{row.id}")
    page.get_by_label("Reason").fill("two people")
    ann.log_out()
    page.get_by_role("button", name="Reject").click()
    said(page).to_contain_text("Your login has ended")
    expect(page.get_by_label("Reason")).to_have_value("two people")
    assert decided(book) == []
    ann.log_in()
    page.get_by_role("button", name="Reject").click()
    said(page).to_contain_text("Rejected.")


def test_a_server_that_does_not_answer_leaves_no_doubt_unsaid(visit, book):
    row = filed(book, a_finding())
    ann = visit()
    page = ann.open(f"/findings/{row.id}")
    page.route("**/decision", lambda route: route.abort())
    page.get_by_role("button", name="Approve").click()
    said(page).to_contain_text("Reload the page to see whether your decision arrived")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    assert [trouble for trouble in ann.troubles if "ERR_FAILED" not in trouble] == []
    ann.troubles.clear()


def test_no_request_of_a_visit_names_a_person(visit, book):
    row = filed(book, a_finding(Option("use ada.lovelace@example.org", (set_email(email="ada.lovelace@example.org"),))))
    ann = visit()
    page = ann.open()
    page.locator("a.finding").click()
    page.get_by_label("Reason").fill("Ada Lovelace told us")
    page.get_by_role("button", name="Approve").click()
    said(page).to_contain_text("Approved.")
    page.goto(ann.url + "/?state=approved")
    assert any(f"/api/findings/{row.id}/decision" in url for url in ann.asked)
    assert [url for url in ann.asked if "lovelace" in unquote(url).lower() or "@" in unquote(url)] == []


def test_a_button_waits_for_the_script_that_hears_it(visit, book):
    row = filed(book, a_finding())
    ann = visit()
    held: list[Route] = []
    ann.page.route("**/page.js", lambda route: held.append(route))
    ann.page.goto(f"{ann.url}/findings/{row.id}", wait_until="commit")
    approve = ann.page.get_by_role("button", name="Approve")
    expect(approve).to_be_disabled()
    held[0].continue_()
    approve.click()
    said(ann.page).to_have_text("Approved. It will be applied with the next run.")
