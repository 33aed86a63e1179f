"""The evidence that links two contacts, what it says and weighs, and what forbids it whatever it weighs."""

from __future__ import annotations

import pyarrow as pa
import pytest

from include.model import Contact, Order, State
from include.people.link import link
from include.store.tables import Tables, of_rows
from tests.rules.tables import ANN, BOB, NEW, OLD, contact, night, order

HOME = {"address": "12 Main Street", "postcode": "97 201"}
NAME = {"first_name": "Ann", "last_name": "Lee"}
BOTH = ("hubspot:contact:1", "shopify:customer:7")


def edges(*rows: Contact | Order, before: Tables | None = None) -> dict[tuple[str, str], dict[str, float]]:
    """The weight of each evidence between two contacts."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in night(rows, before).edges.to_pyarrow().to_pylist():
        assert row["says"].endswith(".")
        found.setdefault((row["left"], row["right"]), {})[row["evidence"]] = row["weight"]
    return found


@pytest.mark.parametrize(
    ("one", "other", "evidence"),
    [
        pytest.param({"links": (BOTH[1],)} | NAME, NAME, {"link": 6.0}, id="link"),
        pytest.param(
            {"links": (BOTH[1],)} | NAME, NAME | {"first_name": "Bob"}, {"other_name": 3.0}, id="link-and-other-names"
        ),
        pytest.param(NAME, NAME | {"email": "Ann@old.example"}, {"address": 4.0}, id="address"),
        pytest.param(NAME, {"other_emails": (OLD,)} | NAME, {"address": 4.0}, id="additional-address"),
        pytest.param({"links": (BOTH[1],)}, {"email": OLD}, {"link": 6.0, "address": 4.0}, id="address-of-the-linked"),
        pytest.param(ANN, ANN, {"name_and_phone": 4.0}, id="phone"),
        pytest.param(
            NAME | HOME, NAME | {"address": "Main St. 12", "postcode": "97201"}, {"name_and_street": 3.0}, id="street"
        ),
        pytest.param(
            NAME | {"company": "Acme Inc."}, NAME | {"company": "ACME"}, {"name_and_company": 2.5}, id="company"
        ),
        pytest.param(NAME, NAME | {"email": "a.lee@old.example"}, {"name_and_company": 2.5}, id="company-domain"),
        pytest.param(NAME | {"email": "ann@gmail.com"}, NAME | {"email": "al@gmail.com"}, {}, id="free-mail-domain"),
        pytest.param(ANN, BOB, {}, id="household-phone"),
        pytest.param(ANN | HOME, BOB | HOME, {}, id="household-street"),
        pytest.param(ANN, ANN | {"last_name": "Lee Jr."}, {}, id="one-of-two-is-a-son"),
        pytest.param(ANN, ANN | {"first_name": "A."}, {"alike": 2.0}, id="an-initial-at-one-phone"),
        pytest.param(NAME, {}, {}, id="namesake-of-nobody"),
    ],
)
def test_evidence(one, other, evidence):
    rows = contact("hubspot", "1", **({"email": OLD} | one)), contact("shopify", "7", **({"email": NEW} | other))
    assert edges(*rows) == ({BOTH: evidence} if evidence else {})


@pytest.mark.parametrize(
    ("bought", "linked"),
    [
        pytest.param({"email": NEW}, True, id="address"),
        pytest.param({"email": None, "phone": "(503) 234-8761"}, True, id="phone"),
        pytest.param({"email": NEW, "first_name": "Bob"}, False, id="under-another-name"),
        pytest.param({"email": NEW, "contact_id": None}, False, id="of-a-guest"),
        pytest.param({"email": OLD}, False, id="its-own-address"),
    ],
)
def test_an_order_that_bears_what_another_contact_holds(bought, linked):
    rows = contact("shopify", "7", **NAME), contact("hubspot", "1", NEW, **ANN)
    found = edges(*rows, order("shopify", "1", **({"contact_id": "7"} | bought)))
    assert found == ({BOTH: {"order": 3.0}} if linked else {})


def test_no_order_links_a_contact_of_another_name():
    rows = contact("shopify", "7", **NAME), contact("hubspot", "1", NEW, first_name="Bob", last_name="Lee")
    assert edges(*rows, order("shopify", "1", NEW, contact_id="7", first_name="Bob")) == {}


CHANGED = {BOTH: {"changed_address": 3.5}}


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        pytest.param((OLD, NAME), (NEW, NAME), CHANGED, id="changed"),
        pytest.param((OLD, NAME), (NEW, NAME | {"first_name": "Bob"}), {}, id="handed-to-a-successor"),
        pytest.param(("info@old.example", NAME), (NEW, NAME), {}, id="a-role-mailbox"),
        pytest.param((None, NAME), (NEW, NAME), {}, id="there-was-none"),
    ],
)
def test_an_address_that_was_changed_links_who_still_holds_it(then, now, found):
    other = contact("hubspot", "1", then[0], **NAME)
    before = night([other, contact("shopify", "7", then[0], **then[1])])
    assert edges(other, contact("shopify", "7", now[0], **now[1]), before=before) == found


def test_two_that_both_left_one_address_are_linked_and_stay_so():
    then = night([contact("hubspot", "1", **NAME), contact("shopify", "7", **NAME)])
    rows = contact("hubspot", "1", "al@else.example", **NAME), contact("shopify", "7", NEW, **NAME)
    first = night(rows, then)
    assert edges(*rows, before=then) == CHANGED
    assert edges(*rows, before=first) == CHANGED


ACTIVE = {"state": State.ACTIVATED}


@pytest.mark.parametrize(
    ("rows", "apart", "against"),
    [
        pytest.param(
            (contact("hubspot", "1", links=(BOTH[1],), **ANN), contact("shopify", "7", **ANN)),
            BOTH,
            {"apart": -6.0},
            id="judged-apart",
        ),
        pytest.param(
            (contact("hubspot", "1", links=(BOTH[1],), **ANN), contact("shopify", "7", **ANN)),
            BOTH[::-1],
            {"apart": -6.0},
            id="judged-apart-the-other-way-round",
        ),
        pytest.param(
            (
                contact("hubspot", "1", links=(BOTH[1],), **ANN | {"last_name": "Lee Sr."}),
                contact("shopify", "7", **ANN | {"last_name": "Lee Jr."}),
            ),
            None,
            {"suffix": -4.0},
            id="father-and-son",
        ),
        pytest.param(
            (
                contact("hubspot", "1", links=("whmcs:client:3",), **ANN),
                contact("shopify", "7", links=("whmcs:client:4",), **ANN),
            ),
            None,
            {"ids": -4.0},
            id="other-ids",
        ),
    ],
)
def test_what_much_joins_and_a_guard_forbids_is_told(rows, apart, against, caplog):
    given = {"contacts": of_rows("contacts", rows)}
    if apart:
        given["apart"] = pa.table({"left": [apart[0]], "right": [apart[1]]})
    people, told = link(Tables.of_arrow(given))
    assert people.num_rows == 0
    assert {(row["left"], row["right"]): {row["evidence"]: row["weight"]} for row in told.to_pylist()} == {
        BOTH: against
    }
    assert "1 pairs contradict" in caplog.text


def test_two_accounts_that_can_sign_in_are_two_people_and_split_the_group_that_joins_them():
    rows = [
        contact("hubspot", "1", OLD, other_emails=(NEW,), **NAME),
        contact("shopify", "7", OLD, **NAME, **ACTIVE),
        contact("shopify", "8", NEW, **NAME, **ACTIVE),
    ]
    tables = night(rows)
    assert [row["contact"] for row in tables.people.to_pyarrow().to_pylist()] == list(BOTH)
    assert edges(*rows)["shopify:customer:7", "shopify:customer:8"] == {"accounts": -4.0}


def test_one_account_that_can_sign_in_and_one_that_cannot_may_be_one_person():
    rows = contact("shopify", "7", OLD, **ANN, **ACTIVE), contact("shopify", "8", "al@gmail.com", **ANN)
    assert edges(*rows) == {("shopify:customer:7", "shopify:customer:8"): {"name_and_phone": 4.0}}


def test_a_chain_of_nicknames_does_not_join_two_names():
    al, albert, alexander = ({"first_name": name, "last_name": "Lee"} for name in ("Al", "Albert", "Alex"))
    rows = contact("hubspot", "1", **al), contact("shopify", "7", **albert), contact("whmcs", "3", **alexander)
    together = {row["contact"] for row in night(rows).people.to_pyarrow().to_pylist()}
    assert not {"shopify:customer:7", "whmcs:client:3"} <= together


def test_a_person_keeps_its_name_when_the_contact_it_was_named_by_leaves():
    kept = [contact("shopify", "7", **NAME), contact("whmcs", "3", **NAME)]
    before = night([contact("hubspot", "1", **NAME), *kept])
    assert {row["person"] for row in before.people.to_pyarrow().to_pylist()} == {BOTH[0]}
    gone = [contact("hubspot", "1", "x@else.example", **BOB), contact("bigcommerce", "2", "x@else.example", **BOB)]
    after = {row["contact"]: row["person"] for row in night([*gone, *kept], before).people.to_pyarrow().to_pylist()}
    assert after == {
        "shopify:customer:7": BOTH[0],
        "whmcs:client:3": BOTH[0],
        "hubspot:contact:1": "bigcommerce:customer:2",
        "bigcommerce:customer:2": "bigcommerce:customer:2",
    }
