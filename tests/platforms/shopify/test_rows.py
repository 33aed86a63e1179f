"""Shopify's pages become contacts and orders, or an error that names the field; never an empty value by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.platforms.shopify import rows


class Page(NamedTuple):
    stream: str
    body: Any


ADDRESS = {
    "firstName": "Bo",
    "lastName": "Wang",
    "company": "Wang & Daughters",
    "address1": "12 Mill Lane",
    "address2": "Unit 4",
    "city": "Portland",
    "provinceCode": "OR",
    "zip": "97201",
    "countryCodeV2": "US",
    "phone": "+15035550101",
}

CUSTOMER = {
    "id": "gid://shopify/Customer/10885440930098",
    "firstName": "Bo",
    "lastName": "Wang",
    "displayName": "Bo Wang",
    "state": "ENABLED",
    "verifiedEmail": True,
    "locale": "en",
    "note": None,
    "tags": [],
    "createdAt": "2026-07-11T19:13:42Z",
    "updatedAt": "2026-07-12T08:00:00Z",
    "defaultEmailAddress": {"emailAddress": "Bo.Wang@example.com"},
    "defaultPhoneNumber": {"phoneNumber": "+15035550100"},
    "defaultAddress": ADDRESS,
}

ORDER = {
    "id": "gid://shopify/Order/8888076861746",
    "name": "#1287",
    "email": "bo.wang@example.com",
    "phone": None,
    "note": None,
    "tags": [],
    "test": False,
    "sourceName": "web",
    "displayFinancialStatus": "PARTIALLY_REFUNDED",
    "createdAt": "2026-07-11T19:13:42Z",
    "updatedAt": "2026-07-12T08:00:00Z",
    "processedAt": "2026-07-11T19:13:40Z",
    "cancelledAt": None,
    "customer": {"id": "gid://shopify/Customer/10885440930098"},
    "billingAddress": ADDRESS,
    "shippingAddress": ADDRESS | {"firstName": "Aunt", "phone": None},
}


def page(stream: str, *nodes: Any) -> dict[str, Any]:
    return {"data": {stream: {"nodes": list(nodes), "pageInfo": {"hasNextPage": False, "endCursor": None}}}}


def contact(**changes: Any) -> Contact:
    (row,) = rows.contacts({"customers": [page("customers", CUSTOMER | changes)]})
    return row


def order(**changes: Any) -> Order:
    (row,) = rows.orders({"orders": [page("orders", ORDER | changes)]})
    return row


def test_a_customer_becomes_a_contact() -> None:
    assert contact() == Contact(
        platform="shopify",
        kind="customer",
        id="10885440930098",
        email="Bo.Wang@example.com",
        first_name="Bo",
        last_name="Wang",
        company="Wang & Daughters",
        phone="+15035550100",
        address="12 Mill Lane, Unit 4",
        city="Portland",
        postcode="97201",
        country="US",
        state=State.ACTIVATED,
        created_at=datetime(2026, 7, 11, 19, 13, 42, tzinfo=UTC),
        updated_at=datetime(2026, 7, 12, 8, 0, tzinfo=UTC),
    )


def test_an_order_becomes_an_order_of_whom_is_billed() -> None:
    assert order() == Order(
        platform="shopify",
        id="8888076861746",
        number="#1287",
        contact_id="10885440930098",
        email="bo.wang@example.com",
        first_name="Bo",
        last_name="Wang",
        phone="+15035550101",
        address="12 Mill Lane, Unit 4",
        city="Portland",
        postcode="97201",
        country="US",
        status="partially refunded",
        channel="web",
        placed_at=datetime(2026, 7, 11, 19, 13, 40, tzinfo=UTC),
        updated_at=datetime(2026, 7, 12, 8, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        pytest.param({"state": "INVITED"}, "state", State.INVITED, id="invited"),
        pytest.param({"state": "DISABLED"}, "state", State.DISABLED, id="a-stub"),
        pytest.param({"state": "DECLINED"}, "state", State.DISABLED, id="declined"),
        pytest.param({"defaultEmailAddress": None}, "email", None, id="no-email"),
        pytest.param({"firstName": "  "}, "first_name", None, id="a-blank-name"),
        pytest.param({"defaultPhoneNumber": None}, "phone", "+15035550101", id="the-address-has-a-phone"),
        pytest.param({"defaultAddress": None}, "city", None, id="no-address"),
        pytest.param({"defaultAddress": ADDRESS | {"address2": None}}, "address", "12 Mill Lane", id="one-line"),
    ],
)
def test_what_a_customer_may_be(said: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(contact(**said), field) == expected


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        pytest.param({"customer": None}, "contact_id", None, id="class-a-no-customer"),
        pytest.param({"customer": {"id": "gid://shopify/Customer/7"}}, "contact_id", "7", id="class-b-on-a-stub"),
        pytest.param({"billingAddress": None}, "first_name", "Aunt", id="only-shipped"),
        pytest.param({"billingAddress": None, "shippingAddress": None}, "first_name", None, id="no-address"),
        pytest.param({"cancelledAt": "2026-07-12T08:00:00Z"}, "status", "cancelled", id="cancelled"),
        pytest.param({"displayFinancialStatus": None}, "status", None, id="no-status"),
        pytest.param({"email": None}, "email", None, id="no-email"),
        pytest.param({"phone": "+15035550199"}, "phone", "+15035550199", id="its-own-phone"),
    ],
)
def test_what_an_order_may_be(said: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(order(**said), field) == expected


def test_test_orders_are_no_purchases() -> None:
    assert list(rows.orders({"orders": [page("orders", ORDER | {"test": True})]})) == []


@pytest.mark.parametrize("field", ["id", "state", "firstName", "defaultEmailAddress", "defaultAddress", "updatedAt"])
def test_a_customer_without_a_field_is_refused_by_its_name(field: str) -> None:
    less = {name: value for name, value in CUSTOMER.items() if name != field}
    with pytest.raises(UnexpectedAnswer, match=rf"shopify customers: {field} is missing"):
        list(rows.contacts({"customers": [page("customers", less)]}))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param({"firstName": 3}, "customers: firstName", id="a-number-for-a-name"),
        pytest.param({"state": "SLEEPING"}, "state", id="an-unknown-state"),
        pytest.param({"createdAt": "yesterday"}, "customers: createdAt", id="no-time"),
        pytest.param({"updatedAt": "2026-07-12T08:00:00"}, "customers: updatedAt", id="no-time-zone"),
        pytest.param({"id": "gid://shopify/Order/1"}, "gid://shopify/Customer", id="an-order-for-a-customer"),
        pytest.param({"defaultEmailAddress": {}}, "customers.defaultEmailAddress: emailAddress", id="half-an-email"),
        pytest.param({"defaultEmailAddress": "bo@example.com"}, "customers: defaultEmailAddress", id="plain-email"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_without_its_value(said: dict[str, Any], names: str) -> None:
    with pytest.raises(UnexpectedAnswer) as refusal:
        contact(**said)
    assert names in str(refusal.value)
    assert "bo@example.com" not in str(refusal.value)


def test_a_page_that_holds_no_nodes_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"data\.customers\.nodes"):
        list(rows.contacts({"customers": [{"data": None}]}))


def test_a_stream_that_was_not_pulled_is_not_an_empty_one() -> None:
    with pytest.raises(KeyError):
        list(rows.contacts({}))


def test_a_page_knows_its_count_and_its_ids() -> None:
    two = Page("orders", page("orders", ORDER, ORDER | {"id": "gid://shopify/Order/2"}))
    assert rows.count(two) == 2
    assert rows.ids(two) == ["8888076861746", "2"]
