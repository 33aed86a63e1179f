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


def test_the_contact_that_names_an_account_in_use_survives():
    account = contact("shopify", "7", "x@x.example", state="activated", first_name="Ann", last_name="Lee")
    unused = contact("bigcommerce", "8", None, state="disabled", first_name="Ann", last_name="Lee")
    one = contact("hubspot", "10", company="Lee", links=("bigcommerce:customer:8",), **ANN)
    other = contact("hubspot", "11", NEW, links=("shopify:customer:7",), **ANN)
    (finding,) = found("duplicate_contact", account, unused, one, other)
    assert finding.options[0].fixes[0].target.id == "11"
    assert "somebody signs in to" in finding.because[-1].says


def test_the_chain_names_what_told_the_survivor_from_the_last_of_the_others():
    rows = [contact("hubspot", id, f"{id}@x.example", **ANN) for id in ("10", "11", "12")]
    rows[1] = dataclasses.replace(rows[1], company="Lee", created_at=SPRING - timedelta(days=1))
    rows[2] = dataclasses.replace(rows[2], company="Lee")
    (finding,) = found("duplicate_contact", *rows)
    assert "the oldest" in finding.because[-1].says


def test_what_differs_is_told_with_what_hubspot_keeps():
    (finding,) = found("duplicate_contact", FIRST, dataclasses.replace(AGAIN, company="Lee Trading"))
    says = {one.evidence: one.says for one in finding.because}
    assert says["differs"].startswith("They differ in company: Lee & Co (10) and Lee Trading (11).")
    assert says["addresses"] == f"{NEW} would become additional, beside {OLD}."
    assert "opted out" in says["consent"]


def test_two_spellings_of_one_number_are_no_loss():
    (finding,) = found("duplicate_contact", FIRST, dataclasses.replace(AGAIN, phone="(503) 234-8761"))
    assert "differs" not in {one.evidence for one in finding.because}


def recommended(*rows) -> bool:
    (finding,) = found("duplicate_contact", *rows)
    return finding.recommended is not None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"first_name": "A."}, id="an-initial"),
        pytest.param({"last_name": "Lee Jr."}, id="one-bears-a-suffix"),
        pytest.param({"first_name": "Ann 2"}, id="a-number-in-the-name"),
        pytest.param({"country": "CA"}, id="another-country"),
        pytest.param({"address": "9 Elm St", "postcode": "10001"}, id="another-home"),
        pytest.param({"email": "info@lee.example"}, id="a-task's-mailbox"),
    ],
)
def test_a_merge_is_not_recommended_where_a_careful_colleague_would_ask(said):
    home = {"country": "US", "address": "1 Oak St", "postcode": "97301"}
    one = contact("hubspot", "10", "annlee@gmail.com", **ANN | home)
    again = contact("hubspot", "11", **{"email": "ann.lee+crm@gmail.com"} | ANN | home)
    assert recommended(one, again)
    findings = found("duplicate_contact", one, dataclasses.replace(again, **said))
    assert [finding for finding in findings if finding.recommended is not None] == []


def test_a_name_and_a_street_may_be_two_namesakes():
    home = {"address": "1 Oak St", "postcode": "97301", "first_name": "Ann", "last_name": "Lee"}
    assert not recommended(contact("hubspot", "10", **home), contact("hubspot", "11", NEW, **home))


def test_more_than_three_are_read_by_a_person():
    rows = [contact("hubspot", str(id), f"a{id}@x.example", **ANN) for id in range(10, 14)]
    assert recommended(*rows[:3])
    assert not recommended(*rows)


def test_of_three_those_beyond_doubt_are_merged_and_the_other_is_left_to_a_person():
    again = dataclasses.replace(AGAIN, company="Lee & Co")
    third = contact("hubspot", "12", "a@third.example", company="Lee & Co", **ANN | {"phone": None})
    (finding,) = found("duplicate_contact", FIRST, again, third)
    says = {one.evidence: one.says for one in finding.because}
    assert finding.recommended == 0
    assert finding.options[0].label == f"Merge only 11 into 10, which keeps {OLD}"
    assert [fix.before["duplicate"] for fix in finding.options[0].fixes if fix.action == Action.MERGE] == [
        str(AGAIN.ref)
    ]
    assert len(finding.options) == 4
    assert "merge 10 and 11 and to leave the others" in says["recommendation"]
    assert says["name_and_phone"].endswith("phone number (10 and 11).")
    assert says["name_and_company"].endswith("company (all of them).")


def test_a_finding_is_no_surer_than_the_weakest_tie_without_which_they_fall_apart():
    third = contact("hubspot", "12", "a@third.example", company="Lee & Co", **ANN | {"phone": None})
    (two,) = found("duplicate_contact", FIRST, AGAIN)
    (three,) = found("duplicate_contact", FIRST, AGAIN, third)
    assert (two.confidence, three.confidence) == (0.938, 0.293)
    (three,) = found("duplicate_contact", FIRST, dataclasses.replace(AGAIN, company="Lee & Co"), third)
    assert three.confidence == 0.823


def test_somebody_with_two_accounts_in_use_on_one_platform_is_for_a_person():
    shops = [
        contact("shopify", id, f"s{id}@x.example", state=state, **ANN)
        for id, state in (("7", "activated"), ("8", "disabled"))
    ]
    assert recommended(FIRST, AGAIN, *shops)
    clients = [contact("whmcs", id, f"w{id}@x.example", **ANN) for id in ("5", "6")]
    assert not recommended(FIRST, AGAIN, *clients)


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
