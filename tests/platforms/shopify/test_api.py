"""What Shopify answers is handed on whole, or becomes an error in our words; never a part of it, never silently."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from include.errors import (
    NotFound,
    NotPermitted,
    RateLimited,
    RollcallError,
    Unauthorized,
    UnclearOutcome,
    UnexpectedAnswer,
    Unreachable,
)
from include.platforms import Platform
from include.platforms.shopify import rows
from include.platforms.shopify.api import Api
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, INVITED, NEW_BO, NOBODYS_ORDER, STUB, STUBS_ORDER

Ours = Callable[..., Platform]
Saying = Callable[..., Api]


def error(message: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"message": message, **({"extensions": {"code": code}} if code else {}), **more}


def test_the_full_pull_tells_every_customer_and_order(shopify: Shopify, ours: Ours) -> None:
    pages = list(ours(shopify).api.pages())
    raw = {stream: [p.body for p in group] for stream, group in itertools.groupby(pages, lambda page: page.stream)}
    assert [contact.id for contact in rows.contacts(raw)] == [BO, NEW_BO, STUB, DAN, INVITED]
    owners = {order.id: order.contact_id for order in rows.orders(raw)}
    assert owners == {BOS_ORDER: BO, STUBS_ORDER: STUB, NOBODYS_ORDER: None}
    assert [rows.count(page) for page in pages] == [5, 3]
    assert shopify.changes() == []


@pytest.mark.parametrize(
    ("switches", "kind", "names"),
    [
        pytest.param(
            {"shopify_scopes": ["write_customers", "read_orders"]}, NotPermitted, "read_all_orders", id="old-orders"
        ),
        pytest.param({"shopify_scopes": []}, NotPermitted, "read_customers", id="no-scope-at-all"),
        pytest.param(
            {"shopify_redacted": ["Customer.defaultEmailAddress"]},
            NotPermitted,
            "customers.nodes.defaultEmailAddress",
            id="a-redacted-address-is-not-no-address",
        ),
        pytest.param({"shopify_redacted": ["Order.email"]}, NotPermitted, "orders.nodes.email", id="a-redacted-order"),
    ],
)
def test_a_pull_that_would_miss_something_is_refused(
    switches: dict[str, Any], kind: type[RollcallError], names: str, shopify_with: OpenShop, ours: Ours
) -> None:
    with pytest.raises(kind, match=names):
        list(ours(shopify_with(**switches)).api.pages())


def test_a_wrong_token_is_unauthorized(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(Unauthorized, match="access token"):
        list(ours(shopify, secret="another").api.pages())


def test_another_version_than_the_one_asked_for_is_refused(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(UnexpectedAnswer, match="2025-01 was asked and 2026-10 answered"):
        list(ours(shopify, api_version="2025-01").api.pages())


def test_an_empty_bucket_is_waited_out_and_then_given_up(shopify_with: OpenShop, ours: Ours) -> None:
    poor = shopify_with(shopify_points=5, shopify_points_a_second=1)
    with pytest.raises(RateLimited):
        list(ours(poor).api.pages())


def test_the_next_query_waits_until_the_bucket_holds_what_it_costs(saying: Saying, waited: list[float]) -> None:
    cost = {"requestedQueryCost": 22, "throttleStatus": {"currentlyAvailable": 2, "restoreRate": 100}}
    found = {"data": {"customerByIdentifier": None}, "extensions": {"cost": cost}}
    asked = saying(found, found)
    assert asked.holder("nobody@example.com") is None
    assert waited == []
    asked.holder("nobody@example.com")
    assert waited == [pytest.approx(0.2, abs=0.1)]


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        pytest.param([], UnexpectedAnswer, "object", id="a-list"),
        pytest.param({"extensions": {}}, UnexpectedAnswer, "neither", id="neither-data-nor-errors"),
        pytest.param({"data": {"customer": None}}, NotFound, "customer 7", id="gone"),
        pytest.param(
            {"data": {"customer": None}, "errors": [error("Internal error", "INTERNAL_SERVER_ERROR")]},
            Unreachable,
            "inside",
            id="it-failed-inside",
        ),
        pytest.param(
            {"data": {"customer": {}}, "errors": [error("Boom", "SOMETHING", path=["customer", "note"])]},
            UnexpectedAnswer,
            r"customer\.note \(SOMETHING\)",
            id="an-error-we-do-not-know",
        ),
        pytest.param(
            {"data": {"customer": {}}, "extensions": {"search": [{"warnings": [{"code": "invalid_field"}]}]}},
            UnexpectedAnswer,
            "everything",
            id="a-search-that-matched-everything",
        ),
    ],
)
def test_a_read_that_is_not_whole_is_an_error(body: Any, kind: type[RollcallError], says: str, saying: Saying) -> None:
    with pytest.raises(kind, match=says):
        saying(body).customer("7")


@pytest.mark.parametrize(
    "info",
    [
        pytest.param({"hasNextPage": True, "endCursor": None}, id="no-cursor"),
        pytest.param({"hasNextPage": True, "endCursor": "same"}, id="the-same-cursor-again"),
    ],
)
def test_a_cursor_that_leads_nowhere_ends_the_pull(info: dict[str, Any], saying: Saying) -> None:
    scopes = [{"handle": h} for h in ("read_customers", "read_orders", "read_all_orders")]
    shop = {"data": {"shop": {}, "currentAppInstallation": {"accessScopes": scopes}}}
    none = {"count": 0, "precision": "EXACT"}
    counts = {"data": {"customersCount": none, "ordersCount": none}}
    page = {"data": {"customers": {"nodes": [], "pageInfo": info}}}
    with pytest.raises(UnexpectedAnswer, match="cursor"):
        list(saying(shop, counts, page, page, page).pages())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"data": None, "errors": [error("Internal error", "INTERNAL_SERVER_ERROR")]}, id="it-failed"),
        pytest.param(
            {"data": {"customerUpdate": {"customer": {}, "userErrors": []}}, "errors": [error("x")]}, id="done-but"
        ),
        pytest.param({"data": {"customerUpdate": {"customer": None, "userErrors": []}}}, id="neither-nor"),
    ],
)
def test_a_change_without_a_clear_answer_is_unclear(body: Any, saying: Saying) -> None:
    with pytest.raises(UnclearOutcome):
        saying(body).update_customer("7", firstName="Bo")
