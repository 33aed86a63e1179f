"""HubSpot's pages become contacts, or an error that names the field; never an empty value by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from include.errors import UnexpectedAnswer
from include.model import Contact
from include.platforms import Page
from include.platforms.hubspot import rows

PROPERTIES = {
    "email": "Bo.Wang@example.com",
    "hs_additional_emails": "bo@old.example;anna@example.org",
    "firstname": "Bo",
    "lastname": "Wang",
    "company": "Wang & Daughters",
    "phone": "(503) 555-0100",
    "mobilephone": None,
    "address": "12 Mill Lane",
    "city": "Portland",
    "zip": "97201",
    "country": "United States",
    "createdate": "2026-07-11T19:13:42.120Z",
    "lastmodifieddate": "2026-07-12T08:00:00Z",
    "hs_merged_object_ids": None,
}

RECORD = {
    "id": "37765128953",
    "properties": PROPERTIES,
    "createdAt": "2026-07-11T19:13:42.120Z",
    "updatedAt": "2026-07-12T08:00:00Z",
    "archived": False,
}


def page(*records: Any) -> dict[str, Any]:
    return {"results": list(records), "paging": {"next": {"after": "37765128954", "link": "https://api.hubapi.com/x"}}}


def contact(**properties: Any) -> Contact:
    (row,) = rows.contacts({"contacts": [page(RECORD | {"properties": PROPERTIES | properties})]})
    return row


def test_a_record_becomes_a_contact() -> None:
    assert contact() == Contact(
        platform="hubspot",
        kind="contact",
        id="37765128953",
        email="Bo.Wang@example.com",
        other_emails=("anna@example.org", "bo@old.example"),
        first_name="Bo",
        last_name="Wang",
        company="Wang & Daughters",
        phone="(503) 555-0100",
        address="12 Mill Lane",
        city="Portland",
        postcode="97201",
        country="United States",
        created_at=datetime(2026, 7, 11, 19, 13, 42, 120_000, tzinfo=UTC),
        updated_at=datetime(2026, 7, 12, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        pytest.param({"email": None}, "email", None, id="no-email"),
        pytest.param({"email": ""}, "email", None, id="an-emptied-email"),
        pytest.param({"hs_additional_emails": None}, "other_emails", (), id="one-address"),
        pytest.param({"hs_additional_emails": ";a@example.com; "}, "other_emails", ("a@example.com",), id="blank-ones"),
        pytest.param({"phone": None, "mobilephone": "503 1"}, "phone", "503 1", id="only-a-mobile-phone"),
        pytest.param({"firstname": " "}, "first_name", None, id="a-blank-name"),
        pytest.param({"createdate": None}, "created_at", None, id="no-date"),
        pytest.param({"shopify_customer_id": "7"}, "links", ("shopify:customer:7",), id="names-a-shopify-customer"),
        pytest.param({"bigcommerce_customer_id": "8"}, "links", ("bigcommerce:customer:8",), id="names-a-store's"),
        pytest.param({"whmcs_client_id": "9"}, "links", ("whmcs:client:9",), id="names-a-client"),
        pytest.param({"whmcs_client_id": "ask Joe"}, "links", (), id="somebody-typed-into-it"),
        pytest.param({"whmcs_client_id": None}, "links", (), id="names-nobody"),
    ],
)
def test_what_a_contact_may_be(said: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(contact(**said), field) == expected


READ = [name for name in rows.PROPERTIES if name not in {"hs_merged_object_ids", "mobilephone"}]


@pytest.mark.parametrize("field", READ)
def test_a_property_that_is_kept_from_us_is_not_an_empty_one(field: str) -> None:
    less = {name: value for name, value in PROPERTIES.items() if name != field}
    with pytest.raises(UnexpectedAnswer, match=rf"hubspot contacts\.properties: {field} is missing"):
        list(rows.contacts({"contacts": [page(RECORD | {"properties": less})]}))


@pytest.mark.parametrize(
    ("record", "names"),
    [
        pytest.param(RECORD | {"id": 7}, "contacts: id", id="a-number-for-an-id"),
        pytest.param(RECORD | {"id": "bo@example.com"}, "contacts: id", id="no-number"),
        pytest.param(RECORD | {"properties": None}, "contacts: properties", id="no-properties"),
        pytest.param(RECORD | {"properties": PROPERTIES | {"email": ["bo@example.com"]}}, "email", id="a-list"),
        pytest.param(RECORD | {"properties": PROPERTIES | {"createdate": "1720725222"}}, "createdate", id="no-time"),
        pytest.param("bo@example.com", "not an object", id="no-record"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_without_its_value(record: Any, names: str) -> None:
    with pytest.raises(UnexpectedAnswer) as refusal:
        list(rows.contacts({"contacts": [page(record)]}))
    assert names in str(refusal.value)
    assert "bo@example.com" not in str(refusal.value)


def test_an_error_where_a_page_should_be_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer, match="no list of records"):
        list(rows.contacts({"contacts": [{"status": "error", "message": "no"}]}))


def test_a_stream_that_was_not_pulled_is_not_an_empty_one() -> None:
    with pytest.raises(KeyError):
        list(rows.contacts({}))


def test_hubspot_has_no_orders() -> None:
    assert list(rows.orders({"contacts": [page(RECORD)]})) == []


def test_a_page_knows_its_count_and_its_ids() -> None:
    two = Page("contacts", page(RECORD, RECORD | {"id": "2"}))
    assert rows.count(two) == 2
    assert rows.ids(two) == ["37765128953", "2"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(None, [], id="never-merged"),
        pytest.param("11;12", ["11", "12"], id="two-merged-into-it"),
        pytest.param(" 11 ;;37765128953", ["11"], id="itself-among-them"),
    ],
)
def test_a_page_names_the_contacts_that_its_own_replaced(said: str | None, expected: list[str]) -> None:
    merged = RECORD | {"properties": PROPERTIES | {"hs_merged_object_ids": said}}
    assert rows.contacts({"contacts": [page(RECORD | {"id": "9"}, merged)]}).told().replaced == expected


def test_merges_that_are_kept_from_us_are_not_none() -> None:
    less = {name: value for name, value in PROPERTIES.items() if name != "hs_merged_object_ids"}
    with pytest.raises(UnexpectedAnswer, match="hs_merged_object_ids is missing"):
        rows.contacts({"contacts": [page(RECORD | {"properties": less})]}).told()
