"""Which contacts are one person: what links them, and what never does."""

from __future__ import annotations

import pytest

from include.model import Contact
from tests.rules.tables import ANN, BOB, NEW, contact, people

SHOP = "shopify:customer:7"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(contact("hubspot", "1", NEW, links=(SHOP,), **ANN), id="one-names-the-other"),
        pytest.param(contact("hubspot", "1", NEW, links=(SHOP,)), id="one-names-the-other-and-knows-no-name"),
        pytest.param(contact("hubspot", "1", "Ann@OLD.example", first_name="Ann", last_name="Lee"), id="same-address"),
        pytest.param(
            contact("hubspot", "1", NEW, other_emails=("ann@old.example",), first_name="Ann", last_name="Lee"),
            id="same-additional-address",
        ),
        pytest.param(contact("hubspot", "1", NEW, **ANN | {"phone": "(503) 234-8761"}), id="same-name-and-number"),
        pytest.param(
            contact("hubspot", "1", NEW, **ANN | {"first_name": "ANN", "last_name": "Lée"}), id="spelled-apart"
        ),
    ],
)
def test_linked(other):
    assert people(contact("shopify", "7", **ANN), other) == [{SHOP, "hubspot:contact:1"}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(contact("shopify", "7", **ANN), contact("hubspot", "1", **BOB), id="household-one-mailbox"),
        pytest.param(contact("shopify", "7", NEW, **ANN), contact("hubspot", "1", **BOB), id="household-one-phone"),
        pytest.param(
            contact("shopify", "7", "info@co.example", first_name="Ann", last_name="Lee"),
            contact("hubspot", "1", "info@co.example", first_name="Ann", last_name="Lee"),
            id="role-mailbox",
        ),
        pytest.param(
            contact("shopify", "7", NEW, **ANN | {"phone": None}), contact("hubspot", "1", **ANN), id="namesakes"
        ),
        pytest.param(
            contact("shopify", "7", NEW, **ANN | {"last_name": "Lee Sr."}),
            contact("hubspot", "1", **ANN | {"last_name": "Lee Jr."}),
            id="father-and-son",
        ),
        pytest.param(
            contact("shopify", "7", NEW, **ANN | {"phone": "555 555 5555"}),
            contact("hubspot", "1", **ANN | {"phone": "5555555555"}),
            id="a-number-that-fills-a-field",
        ),
        pytest.param(contact("shopify", "7"), contact("hubspot", "1"), id="an-address-and-no-names"),
        pytest.param(
            contact("hubspot", "1", links=("whmcs:client:3",), **ANN),
            contact("hubspot", "2", links=("whmcs:client:4",), **ANN),
            id="they-name-different-clients",
        ),
        pytest.param(
            contact("cpanel", "site", **ANN), contact("hubspot", "1", **ANN), id="hosting-without-an-explicit-link"
        ),
    ],
)
def test_never_linked(one, other):
    assert people(one, other) == []


def test_a_value_that_many_share_is_no_evidence():
    crowd = [
        contact("hubspot", str(number), "all@co.example", first_name="Ann", last_name="Lee") for number in range(9)
    ]
    assert people(*crowd) == []


def test_a_group_larger_than_the_cap_is_split_at_its_weakest_edge(caplog):
    def named(number: int, **more: object) -> Contact:
        return contact("hubspot", str(number), f"n{number}@x.example", links=(f"hubspot:contact:{number + 1}",), **more)

    chain = [named(number) for number in range(100, 125)]
    weak = [named(109, first_name="Ann", last_name="Lee"), named(110, first_name="Bob", last_name="Ray")]
    found = people(*chain[:9], *weak, *chain[11:])
    assert [len(group) for group in found] == [10, 15]
    assert "hubspot:contact:109" in found[0]
    assert "1 groups have more than 20 contacts" in caplog.text
