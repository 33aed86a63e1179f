"""One mailbox, several people: which are shown, with what would follow, and which are not worth a look."""

from __future__ import annotations

import pyarrow as pa
import pytest

from include.rules.shared_mailbox import find
from include.store.filing import content
from include.store.tables import schema
from tests.rules.tables import ANN, BOB, NEW, OLD, contact, found, night, order

EVE = {"first_name": "Eve", "last_name": "Moss", "phone": "+15032340000"}
ANNS = contact("hubspot", "1", OLD, **ANN)
BOBS_SHOP = contact("shopify", "7", OLD, **BOB)
GUEST = order("shopify", "70", OLD, number="1070")
BOBS_CONTACT = contact("hubspot", "2", NEW, links=("whmcs:client:9",), **BOB)
BOBS_CLIENT = contact("whmcs", "9", NEW, links=("whmcs:login:5",), **BOB)
BOBS_LOGIN = contact("whmcs", "5", OLD, kind="login", first_name="Bob", last_name="Lee")
INFO = [contact(place, "8", "info@odum.example", **who) for place, who in (("shopify", ANN), ("bigcommerce", EVE))]
CROWD = [contact("shopify", str(at), OLD, first_name=name, last_name=name) for at, name in enumerate("bcdefgh")]


def only(*rows):
    (finding,) = found("shared_mailbox", *rows)
    return finding


def said(finding):
    return {evidence.evidence: evidence.says for evidence in finding.because}


@pytest.mark.parametrize(
    ("rows", "why", "says"),
    [
        pytest.param(
            (ANNS, BOBS_SHOP, GUEST),
            "would_attach",
            "A guest of another name than the account's bought with this address: the order would be attached to it.",
            id="a-guest-order-in-the-other-s-shop",
        ),
        pytest.param(
            (ANNS, BOBS_CONTACT, BOBS_CLIENT, BOBS_LOGIN),
            "would_merge",
            "Taken for one person, their HubSpot contacts 1 (Ann Lee) and 2 (Bob Lee) would be merged, which cannot be "
            "undone.",
            id="two-hubspot-contacts",
        ),
        pytest.param(
            (BOBS_CLIENT, BOBS_LOGIN, contact("bigcommerce", "3", OLD, **ANN)),
            "would_use_one_address",
            f"Taken for one person, all would be given one address: {NEW} or {OLD}.",
            id="two-addresses",
        ),
    ],
)
def test_a_family_s_mailbox_is_shown_with_what_would_follow_and_nothing_to_do(rows, why, says):
    finding = only(*rows)
    assert (finding.options, finding.recommended) == ((), None)
    assert said(finding)[why] == says
    assert said(finding)["one_family"] == "They bear one last name: they may be a household."
    assert said(finding)["apart"].startswith("There is nothing to change")


def test_it_says_whose_records_they_are_and_which_orders_stay():
    finding = only(ANNS, BOBS_SHOP, GUEST)
    assert finding.key == "shared_mailbox/hubspot:contact:1/shopify:customer:7"
    assert said(finding)["other_names"] == (
        f"{OLD} is the address of Ann Lee (hubspot contact 1) and of Bob Lee (shopify customer 7)."
    )
    assert said(finding)["orders"] == "Orders of guests that stay where they are: shopify 1070."


def test_a_role_s_mailbox_and_a_common_company_are_told():
    info = "info@odum.example"
    rows = (
        contact("shopify", "7", info, company="Odum", **BOB),
        contact("hubspot", "1", info, company="odum ", **EVE),
        order("shopify", "70", info),
    )
    told = said(only(*rows))
    assert told["role_mailbox"] == "Its name is a task's, not a person's: whoever has the task reads it."
    assert told["one_company"] == "They name one company: they may be colleagues."
    assert "one_family" not in told


def test_an_additional_address_is_shared_too():
    ann = contact("hubspot", "1", NEW, other_emails=(OLD,), **ANN)
    assert {str(ref) for ref in only(ann, BOBS_SHOP, GUEST).others} == {"shopify:customer:7"}


def test_a_further_order_does_not_bring_a_finding_back():
    rows = (ANNS, BOBS_SHOP, GUEST)
    again = only(*rows, order("shopify", "71", OLD, number="1071"))
    assert (again.key, content(again)) == (only(*rows).key, content(only(*rows)))
    third = contact("bigcommerce", "3", OLD, **EVE)
    assert only(*rows, third).key != again.key


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((ANNS, BOBS_SHOP), id="a-family-of-which-nothing-would-follow"),
        pytest.param(INFO, id="an-info-mailbox-of-which-nothing-would-follow"),
        pytest.param((ANNS, contact("shopify", "7", OLD, **ANN), GUEST), id="one-person"),
        pytest.param((BOBS_SHOP, GUEST), id="a-guest-with-the-address-of-one-account"),
        pytest.param((ANNS, BOBS_SHOP, order("shopify", "70", OLD, status="cancelled")), id="a-cancelled-order"),
        pytest.param(
            (ANNS, BOBS_SHOP, order("shopify", "70", OLD, first_name="Bob")), id="an-order-that-is-the-account-s"
        ),
        pytest.param((ANNS, BOBS_SHOP, order("bigcommerce", "70", OLD)), id="an-order-in-a-shop-without-account"),
        pytest.param(
            (
                contact("hubspot", "1", OLD, links=("bigcommerce:customer:1",), **ANN),
                contact("hubspot", "2", NEW, links=("bigcommerce:customer:2", "shopify:customer:7"), **ANN),
                contact("shopify", "7", OLD, **ANN),
            ),
            id="people-of-one-name",
        ),
        pytest.param((*CROWD, GUEST), id="an-address-on-too-many-records"),
        pytest.param(
            (
                contact("hubspot", "1", NEW, **ANN),
                contact("hubspot", "2", "bob@x.example", **BOB),
                contact("cpanel", "site", OLD),
                contact("whois", "31", OLD, **ANN),
            ),
            id="cpanel-accounts-and-registrants",
        ),
    ],
)
def test_left_alone(rows):
    assert found("shared_mailbox", *rows) == []


def test_a_person_who_goes_by_a_reference_that_left_it_is_not_taken_for_that_record():
    other = contact("bigcommerce", "3", NEW, **BOB)
    tables = night([ANNS, BOBS_SHOP, other, GUEST])
    bob = {"person": str(ANNS.ref), "kind": "customer"}
    people = [bob | {"contact": str(one.ref), "platform": one.platform} for one in (BOBS_SHOP, other)]
    tables = tables.with_people(pa.Table.from_pylist(people, schema("people")), schema("edges").empty_table())
    (finding,) = find(tables)
    assert {str(ref) for ref in (finding.subject, *finding.others)} >= {str(ANNS.ref), str(BOBS_SHOP.ref)}
