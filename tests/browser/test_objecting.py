"""A client objects, in a real browser: the page says what waits until when, an objection is recorded, and lifted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from include.digests import finding_id
from include.store import findings, objections, requests
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.browser.test_requests import WIDER, ask, violations
from tests.store.cases import a_finding, decide

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(book: Ledger) -> str:
    """An approved request of ann's that waits; the finding's id."""
    number = ask(book)
    one = a_finding(rule="requested_email_change")
    id = finding_id(one.key)

    def tie(connection: sa.Connection, *_: Any) -> None:
        requests.filed(connection, number, id, datetime.now(UTC))

    findings.file(book, [one], "2026-11-23", whole=False, with_it=tie)
    row = findings.get(book, id)
    assert row is not None
    decide(book, row, reviewer="bob", now=datetime.now(UTC))
    with book.write() as connection:
        connection.execute(sa.update(decision).values(not_before=datetime.now(UTC) + timedelta(hours=20)))
    return id


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_and_what_is_frozen_is_readable_on_any_screen(
    visit: Any, book: Ledger, waiting: str, width: int, scheme: str
) -> None:
    window = visit("bob", width=width, scheme=scheme)
    for heading in ("Waits until", "A client objects"):
        page = window.open(f"/findings/{waiting}")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert (violations(page), page.evaluate(WIDER)) == ([], 0)
        if heading == "Waits until":
            objections.record(book, waiting, "sam", "She rang: " + "not her, " * 40, datetime.now(UTC))


def test_support_records_an_objection_and_another_person_lifts_it(visit: Any, book: Ledger, waiting: str) -> None:
    page = visit("ann").open(f"/findings/{waiting}")
    page.get_by_role("button", name="Record the objection").click()
    expect(page.get_by_text("Say why: it is kept with it.")).to_be_visible()
    page.get_by_label("What the client said").fill("She rang from the number on file: not her.")
    page.get_by_role("button", name="Record the objection").press("Enter")
    expect(page.get_by_role("heading", name="A client objects")).to_be_visible()
    page.get_by_label("How it was settled").fill("It is all right.")
    page.get_by_role("button", name="Lift the objection").click()
    expect(page.get_by_text("another person must lift the objection")).to_be_visible()  # ann asked for the change
    assert objections.against(book, waiting) != []
    page = visit("bob").open(f"/findings/{waiting}")
    page.get_by_label("How it was settled").fill("Her assistant had rung; she confirmed it.")
    page.get_by_role("button", name="Lift the objection").click()
    expect(page.get_by_role("heading", name="Waits until")).to_be_visible()
    assert objections.against(book, waiting) == []
