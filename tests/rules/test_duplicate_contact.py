"""HubSpot contacts that are one person, and who survives."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from include.model import Action
from tests.rules.tables import ANN, BOB, NEW, OLD, SPRING, contact, found

FIRST = contact("hubspot", "10", company="Lee & Co", **ANN)
AGAIN = contact("hubspot", "11", NEW, **ANN)


def survivor(*rows) -> str:
    (finding,) = found("duplicate_contact", *rows)
    return finding.options[0].fixes[0].target.id


def test_one_finding_with_one_option_for_each_survivor():
    (finding,) = found("duplicate_contact", FIRST, AGAIN, contact("hubspot", "12", "ann@third.example", **ANN))
    assert finding.key == "duplicate_contact/hubspot:contact:10/hubspot:contact:11+hubspot:contact:12"
    assert [len([f for f in option.fixes if f.action == Action.MERGE]) for option in finding.options] == [2, 2, 2]
    assert len({option.fixes[0].target for option in finding.options}) == 3
    assert finding.recommended == 0


def test_a_merge_names_what_goes_and_what_stays():
    (finding,) = found("duplicate_contact", FIRST, AGAIN)
    merge, note = finding.options[0].fixes
    assert merge.before == {"duplicate": "hubspot:contact:11", "email": OLD, "duplicate_email": NEW}
    assert merge.after == {"duplicate": None, "email": OLD, "duplicate_email": None}
    assert (note.action, note.target) == (Action.ADD_NOTE, merge.target)


@pytest.mark.parametrize(
    ("better", "why"),
    [
        pytest.param({"links": ("shopify:customer:7",)}, "names more records", id="names-other-records"),
        pytest.param({"company": "Lee", "city": "Salem"}, "most complete", id="more-complete"),
        pytest.param({"created_at": SPRING - timedelta(days=9)}, "the oldest", id="older"),
    ],
)
def test_the_survivor_is_chosen_by_a_printed_chain(better, why):
    one, other = contact("hubspot", "10", **ANN), contact("hubspot", "11", NEW, **ANN)
    assert survivor(one, dataclasses.replace(other, **better)) == "11"
    assert survivor(dataclasses.replace(one, **better), other) == "10"
    (finding,) = found("duplicate_contact", one, dataclasses.replace(other, **better))
    assert why in finding.because[-1].says


def test_nothing_told_apart_the_lower_id_survives():
    assert survivor(contact("hubspot", "9", **ANN), contact("hubspot", "10", NEW, **ANN)) == "9"


def test_contacts_linked_only_through_a_third_are_left_to_a_person():
    shop = contact("shopify", "7", "else@x.example", **ANN | {"phone": None})
    one = contact("hubspot", "10", **BOB | {"first_name": "Ann", "phone": None}, links=("shopify:customer:7",))
    other = contact("hubspot", "11", NEW, **ANN | {"phone": None}, links=("shopify:customer:7",))
    (finding,) = found("duplicate_contact", shop, one, other)
    assert finding.recommended is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(contact("hubspot", "11", **BOB), id="a-household"),
        pytest.param(contact("hubspot", "11", NEW, **ANN | {"phone": "+14152348761"}), id="a-namesake"),
        pytest.param(contact("hubspot", "11", NEW, **ANN | {"last_name": "Lee Jr.", "phone": None}), id="a-son"),
        pytest.param(contact("shopify", "11", **ANN), id="a-record-elsewhere"),
    ],
)
def test_left_alone(other):
    assert found("duplicate_contact", FIRST, other) == []
