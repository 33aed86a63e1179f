"""BigCommerce's pages become contacts and orders, or an error that names the field; never an empty value by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.platforms import Page
from include.platforms.bigcommerce import rows

ADDRESS = {
    "id": 3,
    "customer_id": 147,
    "first_name": "Sal",
    "last_name": "Smithers",
    "company": "",
    "address1": "12 Mill Lane",
    "address2": "Unit 4",
    "city": "Portland",
    "state_or_province": "Oregon",
    "postal_code": "97201",
    "country": "United States",
    "country_code": "US",
    "phone": "503-555-0101",
    "address_type": "residential",
}

CUSTOMER = {
    "id": 147,
    "authentication": {"force_password_reset": False},
    "company": "",
    "customer_group_id": 0,
    "email": "Sally@smithers.example",
    "first_name": "Sal",
    "last_name": "Smithers",
    "notes": "",
    "phone": "503-555-0100",
    "registration_ip_address": "",
    "tax_exempt_category": "",
    "date_created": "2023-02-01T05:06:55Z",
    "date_modified": "2023-02-01T05:36:53Z",
    "accepts_product_review_abandoned_cart_emails": False,
    "origin_channel_id": 1,
    "channel_ids": None,
    "addresses": [ADDRESS, ADDRESS | {"city": "Salem"}],
}

BILLED = {
    "first_name": "Sal",
    "last_name": "Smithers",
    "company": "",
    "street_1": "12 Mill Lane",
    "street_2": "",
    "city": "Portland",
    "state": "Oregon",
    "zip": "97201",
    "country": "United States",
    "country_iso2": "US",
    "phone": "503-555-0100",
    "email": "sally@smithers.example",
    "form_fields": [],
}

ORDER = {
    "id": 218,
    "customer_id": 147,
    "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
    "date_modified": "Mon, 11 Mar 2019 16:17:25 +0100",
    "date_shipped": "",
    "status_id": 11,
    "status": "Awaiting Fulfillment",
    "channel_id": 1,
    "is_deleted": False,
    "total_inc_tax": "69.8400",
    "staff_notes": None,
    "billing_address": BILLED,
    "products": {"url": "https://api.bigcommerce.com/stores/x/v2/orders/218/products", "resource": "/orders/218"},
    "credit_card_type": {},
}


def contact(**changes: Any) -> Contact:
    (row,) = rows.contacts({"customers": [{"data": [CUSTOMER | changes], "meta": {}}]})
    return row


def order(**changes: Any) -> Order:
    (row,) = rows.orders({"orders": [[ORDER | changes]]})
    return row


def test_a_customer_becomes_a_contact() -> None:
    assert contact() == Contact(
        platform="bigcommerce",
        kind="customer",
        id="147",
        email="Sally@smithers.example",
        first_name="Sal",
        last_name="Smithers",
        phone="503-555-0100",
        address="12 Mill Lane, Unit 4",
        city="Portland",
        postcode="97201",
        country="US",
        state=State.ACTIVATED,
        created_at=datetime(2023, 2, 1, 5, 6, 55, tzinfo=UTC),
        updated_at=datetime(2023, 2, 1, 5, 36, 53, tzinfo=UTC),
    )


def test_an_order_becomes_an_order_of_who_is_billed() -> None:
    assert order() == Order(
        platform="bigcommerce",
        id="218",
        number="218",
        contact_id="147",
        email="sally@smithers.example",
        first_name="Sal",
        last_name="Smithers",
        phone="503-555-0100",
        address="12 Mill Lane",
        city="Portland",
        postcode="97201",
        country="US",
        status="awaiting fulfillment",
        channel="1",
        placed_at=datetime(2019, 3, 5, 21, 40, 11, tzinfo=UTC),
        updated_at=datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        pytest.param({"channel_ids": None}, "channels", (), id="every-channel"),
        pytest.param({"channel_ids": [1, 3]}, "channels", ("1", "3"), id="some-channels"),
        pytest.param({"company": "Example"}, "company", "Example", id="a-company"),
        pytest.param({"first_name": " "}, "first_name", None, id="a-blank-name"),
        pytest.param({"phone": ""}, "phone", "503-555-0101", id="the-address-has-a-phone"),
        pytest.param({"addresses": []}, "city", None, id="an-empty-address-book"),
        pytest.param({"addresses": [ADDRESS | {"address2": ""}]}, "address", "12 Mill Lane", id="one-line"),
    ],
)
def test_what_a_customer_may_be(said: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(contact(**said), field) == expected


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        pytest.param({"customer_id": 0}, "contact_id", None, id="a-guest"),
        pytest.param({"status": "Cancelled", "status_id": 5}, "status", "cancelled", id="cancelled"),
        pytest.param({"channel_id": 3}, "channel", "3", id="another-channel"),
        pytest.param({"date_modified": ""}, "updated_at", None, id="never-changed"),
        pytest.param({"billing_address": BILLED | {"email": ""}}, "email", None, id="no-email"),
    ],
)
def test_what_an_order_may_be(said: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(order(**said), field) == expected


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"status_id": 0, "status": "Incomplete"}, id="a-checkout-never-finished"),
        pytest.param({"is_deleted": True}, id="deleted"),
    ],
)
def test_what_is_no_purchase_is_no_order(said: dict[str, Any]) -> None:
    assert list(rows.orders({"orders": [[ORDER | said]]})) == []


@pytest.mark.parametrize("field", ["id", "email", "first_name", "phone", "date_modified", "channel_ids"])
def test_a_customer_without_a_field_is_refused_by_its_name(field: str) -> None:
    less = {name: value for name, value in CUSTOMER.items() if name != field}
    with pytest.raises(UnexpectedAnswer, match=rf"bigcommerce customers: {field} is missing"):
        list(rows.contacts({"customers": [{"data": [less]}]}))


@pytest.mark.parametrize("field", ["id", "customer_id", "status_id", "is_deleted", "channel_id", "billing_address"])
def test_an_order_without_a_field_is_refused_by_its_name(field: str) -> None:
    less = {name: value for name, value in ORDER.items() if name != field}
    with pytest.raises(UnexpectedAnswer, match=rf"bigcommerce orders: {field} is missing"):
        list(rows.orders({"orders": [[less]]}))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param({"customer_id": "0"}, "orders: customer_id", id="text-for-a-number"),
        pytest.param({"customer_id": False}, "orders: customer_id", id="false-is-no-guest"),
        pytest.param({"customer_id": None}, "orders: customer_id", id="nothing-is-no-guest"),
        pytest.param({"date_created": "2019-03-05T21:40:11"}, "orders: date_created", id="v3s-form-of-a-time"),
        pytest.param({"billing_address": BILLED | {"email": {}}}, "orders.billing_address: email", id="no-email"),
        pytest.param({"billing_address": "sally@smithers.example"}, "orders: billing_address", id="no-address"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_without_its_value(said: dict[str, Any], names: str) -> None:
    with pytest.raises(UnexpectedAnswer) as refusal:
        order(**said)
    assert names in str(refusal.value)
    assert "sally" not in str(refusal.value)


@pytest.mark.parametrize(
    ("stream", "body"),
    [
        pytest.param("customers", [CUSTOMER], id="v2s-shape-from-v3"),
        pytest.param("customers", {"data": None}, id="no-customers"),
        pytest.param("customers", None, id="an-empty-answer"),
        pytest.param("orders", {"data": [ORDER]}, id="v3s-shape-from-v2"),
        pytest.param("orders", ["218"], id="no-objects"),
    ],
)
def test_a_page_of_another_shape_is_refused(stream: str, body: Any) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"bigcommerce {stream}"):
        list({"customers": rows.contacts, "orders": rows.orders}[stream]({stream: [body]}))


def test_a_stream_that_was_not_pulled_is_not_an_empty_one() -> None:
    with pytest.raises(KeyError):
        list(rows.orders({"customers": []}))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page("customers", {"data": [CUSTOMER, CUSTOMER | {"id": 2}]}), id="customers"),
        pytest.param(Page("orders", [ORDER | {"id": 147}, ORDER | {"id": 2, "is_deleted": True}]), id="orders"),
    ],
)
def test_a_page_knows_its_count_and_its_ids(page: Page) -> None:
    assert rows.count(page) == 2
    assert rows.ids(page) == ["147", "2"]
