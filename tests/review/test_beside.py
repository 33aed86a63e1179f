"""A finding's records side by side: what they hold in words, what is marked as different, and what was before."""

from __future__ import annotations

from typing import Any

import pytest

from include.review import beside, words
from include.review.charts import STEP, chart
from include.store.dossiers import Dossier

REFS = ["hubspot:contact:1", "shopify:customer:2", "whmcs:client:3"]


def records(*told: dict[str, Any]) -> Dossier:
    return Dossier([{"ref": ref, **one} for ref, one in zip(REFS, told, strict=False)])


def rows(*told: dict[str, Any]) -> dict[str, list[tuple[str | None, bool]]]:
    """By field, each record's value and whether it is marked."""
    made = beside.table(records(*told), REFS[: len(told)])
    return {field["name"]: [(one["text"], one["differs"]) for one in field["values"]] for field in made["fields"]}


@pytest.mark.parametrize(
    ("name", "told", "marked"),
    [
        pytest.param("Name", [{"first_name": "Ann"}, {"first_name": "Ann"}], [], id="the-same"),
        pytest.param("Name", [{"first_name": "Ann"}, {"first_name": "Bob"}], [1], id="another"),
        pytest.param("Name", [{"first_name": "Ann", "last_name": "K"}, {"last_name": "ann k"}], [],
                     id="in-other-letters"),
        pytest.param("Address", [{"email": "a@x.example"}, {"email": "A@X.example"}, {"email": "b@x.example"}], [2],
                     id="an-address-in-other-letters"),
        pytest.param("Address", [{}, {"email": "a@x.example"}, {"email": "b@x.example"}], [2],
                     id="beside-the-first-that-has-one"),
        pytest.param("Phone", [{"phone": "+49 30 1234567"}, {"phone": "(030) 123-4567"}, {"phone": "030 1234568"}], [2],
                     id="a-number-in-another-spelling"),
        pytest.param("Phone", [{"phone": "none"}, {"phone": "n/a"}], [1], id="what-is-no-number"),
        pytest.param("Postal address", [{"address": "Elm St. 1", "postcode": "1", "city": "Ulm"},
                                        {"address": "Elm St. 1, 1", "city": "Ulm"}], [], id="other-commas"),
        pytest.param("Company", [{"company": "A"}, {"company": "B"}, {"company": "B"}], [1, 2], id="two-others"),
        pytest.param("Account", [{"state": "guest"}, {"state": "activated"}], [], id="what-is-not-compared"),
        pytest.param("Since", [{"created_at": "2026-01-02T00:00:00"}, {"created_at": "2025-01-02"}], [], id="nor-days"),
    ],
)  # fmt: skip
def test_only_what_differs_is_marked(name, told, marked):
    assert [at for at, (_, differs) in enumerate(rows(*told)[name]) if differs] == marked


@pytest.mark.parametrize(
    ("record", "name", "text"),
    [
        pytest.param({"first_name": "Ann", "last_name": "Lovelace"}, "Name", "Ann Lovelace", id="a-name"),
        pytest.param({"other_emails": ["a@x.example", "b@x.example"]}, "Additional addresses",
                     "a@x.example, b@x.example", id="further-addresses"),
        pytest.param({"address": "Elm 1", "postcode": "07", "city": "Ulm", "country": "DE"}, "Postal address",
                     "Elm 1, 07 Ulm, DE", id="where-they-live"),
        pytest.param({"number": "1001", "status": "paid"}, "Order", "#1001, paid", id="an-order"),
        pytest.param({"number": "#1001"}, "Order", "#1001", id="a-number-that-has-its-sign"),
        pytest.param({"status": "paid"}, "Order", "paid", id="an-order-without-a-number"),
        pytest.param({"contact": "shopify:customer:7"}, "Belongs to", "Shopify customer 7", id="whose-an-order-is"),
        pytest.param({"state": "invited"}, "Account", "invited, never activated", id="an-account"),
        pytest.param({"state": "odd"}, "Account", "odd", id="a-state-that-we-do-not-know"),
        pytest.param({"placed_at": "2026-01-02T03:04:05+00:00"}, "Since", "2026-01-02", id="a-day"),
        pytest.param({"updated_at": "never"}, "Last changed", None, id="what-is-no-day"),
    ],
)  # fmt: skip
def test_a_field_is_told_in_words(record, name, text):
    assert [one for one, _ in rows(record).get(name, [(None, False)])] == [text]


def test_a_record_that_no_night_saw_has_its_column_and_nothing_in_it():
    made = beside.table(records({"email": "a@x.example"}), REFS)
    assert made["records"] == ["HubSpot contact 1", "Shopify customer 2", "WHMCS client 3"]
    assert [[one["text"] for one in field["values"]] for field in made["fields"]] == [["a@x.example", None, None]]
    assert made["fields"][0]["same"] is False


def test_what_all_have_alike_is_told_as_the_same():
    made = beside.table(records({"email": "a@x.example"}, {"email": "A@x.example"}), REFS[:2])
    assert [field["same"] for field in made["fields"]] == [True]


def test_what_was_before_is_told_in_sentences():
    dossier = Dossier(
        [
            {"ref": "shopify:customer:2", "placed": [
                {"email": "a@x.example", "orders": 1, "first": "2026-01-02", "last": "2026-01-02"},
                {"email": "b@x.example", "orders": 3, "first": "2026-02-02", "last": "2026-03-02"},
                {"orders": 2},
            ]}
        ],
        [{"ref": "hubspot:contact:1", "from": "a@x.example", "to": "b@x.example", "night": "2026-11-01"}],
    )  # fmt: skip
    assert beside.history(dossier) == [
        "2026-11-01: HubSpot contact 1 changed from a@x.example to b@x.example.",
        "Shopify customer 2: 1 order with a@x.example, on 2026-01-02.",
        "Shopify customer 2: 3 orders with b@x.example, from 2026-02-02 to 2026-03-02.",
        "Shopify customer 2: 2 orders without an address.",
    ]


@pytest.mark.parametrize(("number", "told"), [("1001", "#1001"), ("#1001", "#1001"), (None, "without a number")])
def test_an_order_is_called_by_its_number(number, told):
    (one,) = beside.orders(Dossier([{"ref": "shopify:customer:2", "orders": [{"number": number}]}]))
    assert one == {"record": "Shopify customer 2", "order": told, "placed": "", "status": "", "email": ""}


@pytest.mark.parametrize(
    ("names", "called"),
    [
        ([], ""), (["Ann"], "Ann"), (["Ann", "ann", "ANN"], "Ann"), (["Ann", "", "Bob"], "Ann / Bob"),
        (["Ann", "Bob", "Cy", "Di", "Ed"], "Ann / Bob / Cy and 2 more"),
    ],
)  # fmt: skip
def test_a_finding_is_called_by_the_first_names_of_its_records(names, called):
    who = beside.who(Dossier([{"ref": f"hubspot:contact:{at}", "first_name": one} for at, one in enumerate(names)]))
    assert who["called"] == called


def test_what_our_script_shows_names_what_is_invisible_however_deep_it_lies():
    said = {"one": ["a\u202eb", {"two": "\x00"}], "three": 3, "four": None, "five": True}
    assert words.plainly(said) == {
        "one": ["a⟨U+202E⟩b", {"two": "⟨U+0000⟩"}], "three": 3, "four": None, "five": True
    }  # fmt: skip


@pytest.mark.parametrize(("points", "first"), [(1, 13), (13, 1), (14, 0), (20, 0)])
def test_a_picture_ends_with_the_last_night(points, first):
    drawn = chart([(str(at), at, 0) for at in range(points)])
    assert drawn.bars[0].x == first * STEP
    assert drawn.bars[-1].x + STEP == drawn.width + 3
