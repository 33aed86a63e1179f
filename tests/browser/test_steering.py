"""Stopping everything, undoing what was applied, and telling what no platform shows, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from include.model import Action, Fix, FixState, Option, Ref
from include.store import findings, switch, undone
from tests.store.cases import a_finding, again, claim, decide, filed, fix_ids, leave, send, set_email


def applied(book, outcome=FixState.APPLIED, fix=None):
    """A finding whose one fix was sent, with this outcome."""
    row = filed(book, a_finding(Option("it", (fix or set_email(),))))
    decide(book, row)
    (id,) = fix_ids(again(book, row))
    assert claim(book, id)
    assert send(book, id)
    assert leave(book, id, outcome)
    return again(book, row)


def test_everything_is_stopped_and_let_go_on_with_a_reason(visit, book):
    page = visit().open("/caps")
    page.get_by_role("button", name="Stop every change").click()
    expect(page.locator(".said")).to_have_text("Say why: it is kept with it.")
    assert switch.thrown(book) is None
    page.get_by_label("Why everything must stop").fill("something is odd")
    page.get_by_role("button", name="Stop every change").click()
    expect(page.get_by_text("Everything is stopped by ann")).to_be_visible()
    assert switch.thrown(book).stopped
    page.get_by_label("Why it may go on").fill("it was nothing")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Stop every change")).to_be_visible()
    assert not switch.thrown(book).stopped


def test_an_undo_is_asked_for_and_leads_to_its_finding(visit, book):
    row = applied(book)
    page = visit().open(f"/findings/{row.id}")
    page.get_by_label("Why it must be undone").fill("the wrong Ada")
    page.get_by_role("button", name="Ask to undo it").click()
    expect(page.get_by_text("the wrong Ada")).to_be_visible()
    asked = findings.get(book, undone.undoes(book, row.id))
    assert page.url.endswith(asked.id)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("You asked for this undo yourself")
    page.goto(page.url.replace(asked.id, row.id))
    expect(page.get_by_role("link", name="It was asked for already.")).to_be_visible()
    expect(page.get_by_role("button", name="Ask to undo it")).to_have_count(0)


def test_what_cannot_be_undone_is_said(visit, book):
    invite = Fix(Ref.parse("shopify:customer:1"), Action.INVITE, {"state": "disabled"}, {"state": "invited"})
    row = applied(book, fix=invite)
    page = visit().open(f"/findings/{row.id}")
    page.get_by_label("Why it must be undone").fill("the wrong Ada")
    page.get_by_role("button", name="Ask to undo it").click()
    expect(page.locator(".said")).to_contain_text("a message that was sent cannot be called back")


def test_a_person_who_looked_closes_an_unknown_outcome(visit, book):
    row = applied(book, FixState.UNKNOWN)
    page = visit().open(f"/findings/{row.id}")
    page.get_by_label("What you saw").fill("she got the mail")
    page.get_by_role("button", name="It took").click()
    expect(page.get_by_text("ann looked, and it took: she got the mail")).to_be_visible()
    assert again(book, row).state == "settled"
