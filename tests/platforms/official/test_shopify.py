"""Shopify's own client works against the sandbox: its session, and every document we send through its GraphQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
import shopify as official

from include.platforms.shopify import documents
from tests.sandbox.shopify.serving import Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, NEW_BO, STUB, STUBS_ORDER

CUSTOMER, ORDER = "gid://shopify/Customer/", "gid://shopify/Order/"

Ask = Callable[..., Any]


@pytest.fixture
def session(shopify: Shopify) -> Iterator[Callable[[str], None]]:
    """Signs the client in. It makes a shop's host of a name and a domain, so the sandbox's is told in two parts."""
    first, _, rest = str(urlsplit(shopify.base).hostname).partition(".")
    official.Session.setup(protocol="http", myshopify_domain=rest, port=urlsplit(shopify.base).port)

    def sign_in(token: str) -> None:
        official.ShopifyResource.activate_session(official.Session(first, "2026-10", token))

    yield sign_in
    official.ShopifyResource.clear_session()
    official.Session.setup(protocol="https", myshopify_domain="myshopify.com", port=None)


@pytest.fixture
def ask(session: Callable[[str], None]) -> Ask:
    """What a document's one root field answers."""
    session("sandbox")

    def one(document: str, **variables: Any) -> Any:
        body = json.loads(official.GraphQL().execute(document, variables))
        assert "errors" not in body
        return next(iter(body["data"].values()))

    return one


def test_customers_and_orders_are_listed_page_by_page(ask: Ask) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = ask(documents.CUSTOMERS, first=2, after=after)
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == sorted(set(seen))
    assert len(seen) == 5
    assert len(ask(documents.ORDERS, first=250)["nodes"]) == 3


def test_a_customer_is_updated_and_read_back(ask: Ask) -> None:
    told = ask(documents.UPDATE_CUSTOMER, input={"id": CUSTOMER + BO, "email": "bo@new.example"})
    assert told == {"customer": {"id": CUSTOMER + BO}, "userErrors": []}
    assert ask(documents.CUSTOMER, id=CUSTOMER + BO)["defaultEmailAddress"] == {"emailAddress": "bo@new.example"}
    assert ask(documents.HOLDER, identifier={"emailAddress": "BO@new.example"}) == {"id": CUSTOMER + BO}


def test_a_taken_address_is_a_user_error(ask: Ask) -> None:
    told = ask(documents.UPDATE_CUSTOMER, input={"id": CUSTOMER + BO, "email": "dan@example.com"})
    assert told["userErrors"] == [{"field": ["email"], "message": "Email has already been taken"}]
    assert ask(documents.HOLDER, identifier={"emailAddress": "dan@example.com"}) == {"id": CUSTOMER + DAN}


def test_an_order_changes_hands_and_its_address(ask: Ask) -> None:
    told = ask(documents.SET_ORDER_CUSTOMER, orderId=ORDER + STUBS_ORDER, customerId=CUSTOMER + BO)
    assert told["userErrors"] == []
    told = ask(documents.UPDATE_ORDER, input={"id": ORDER + STUBS_ORDER, "email": "bo@orders.example"})
    assert told["userErrors"] == []
    order = ask(documents.ORDER, id=ORDER + STUBS_ORDER)
    assert (order["email"], order["customer"]) == ("bo@orders.example", {"id": CUSTOMER + BO})
    assert ask(documents.CUSTOMER, id=CUSTOMER + STUB)["id"] == CUSTOMER + STUB
    assert ask(documents.ORDER, id=ORDER + BOS_ORDER)["email"] == "bo.wang@example.com"


def test_a_customer_is_invited(ask: Ask) -> None:
    assert ask(documents.INVITE_CUSTOMER, customerId=CUSTOMER + NEW_BO)["userErrors"] == []
    assert ask(documents.CUSTOMER, id=CUSTOMER + NEW_BO)["state"] == "INVITED"


def test_the_shop_tells_its_accounts(ask: Ask) -> None:
    assert ask(documents.SHOP)["customerAccountsV2"] == {"customerAccountsVersion": "CLASSIC"}


def test_a_wrong_token_is_refused(session: Callable[[str], None]) -> None:
    session("another")
    with pytest.raises(HTTPError) as refused:
        official.GraphQL().execute(documents.SHOP)
    assert refused.value.code == 401
