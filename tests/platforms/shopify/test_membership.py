"""An order counts as attached only when its customer's orders hold it; what a counter says is not asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from include.apply.comparing import reads_after, reads_before
from include.errors import NotFound, UnexpectedAnswer
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes
from include.platforms.shopify.api import Api
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, NOBODYS_ORDER, STUB, STUBS_ORDER

Ours = Callable[..., Platform]

COUNT = "query ($id: ID!) { customer(id: $id) { numberOfOrders } }"


def attach(order: str, before: str | None) -> Fix:
    held = before and f"shopify:customer:{before}"
    after = {"contact": f"shopify:customer:{BO}"}
    return Fix(Ref("shopify", "order", order), Action.ATTACH, {"contact": held}, after)


@pytest.mark.parametrize("rewrites", [True, False], ids=["the-email-follows", "the-email-stays"])
@pytest.mark.parametrize("lag", [True, False], ids=["counters-lag", "counters-follow"])
@pytest.mark.parametrize(("order", "before"), [(NOBODYS_ORDER, None), (STUBS_ORDER, STUB)], ids=["class-a", "class-b"])
def test_an_attached_order_is_seen_among_the_accounts_orders_at_once(
    order: str, before: str | None, lag: bool, rewrites: bool, shopify_with: OpenShop, ours: Ours
) -> None:
    shopify = shopify_with(shopify_counters_lag=lag, shopify_order_set_rewrites_email=rewrites)
    api = ours(shopify).api
    change = attach(order, before)
    assert reads_before(fixes, change, fixes.read(api, change))
    fixes.write(api, change)
    assert reads_after(fixes, change, fixes.read(api, change))
    assert api.has_order(BO, order)
    count = shopify.ask(COUNT, id=f"gid://shopify/Customer/{BO}")["data"]["customer"]["numberOfOrders"]
    assert count == ("1" if lag else "2")


def test_an_attached_order_that_the_search_has_not_yet_is_found_in_the_list(shopify_with: OpenShop, ours: Ours) -> None:
    api = ours(shopify_with(shopify_not_indexed=[NOBODYS_ORDER])).api
    change = attach(NOBODYS_ORDER, None)
    fixes.write(api, change)
    assert reads_after(fixes, change, fixes.read(api, change))
    assert not api.has_order(STUB, NOBODYS_ORDER)


def page_of_orders(cursor: Any) -> dict[str, Any]:
    info = {"hasNextPage": True, "endCursor": cursor}
    return {"data": {"customer": {"orders": {"nodes": [], "pageInfo": info}}}}


@pytest.mark.parametrize("cursors", [("a", "b", "a"), ("a", "a"), (None,), ("",), (7,)])
def test_a_cursor_that_leads_in_a_circle_ends_the_list_of_a_customers_orders(
    cursors: tuple[Any, ...], saying: Callable[..., Api]
) -> None:
    with pytest.raises(UnexpectedAnswer, match="no new cursor"):
        saying(*map(page_of_orders, cursors)).order_ids("7")


def test_a_list_of_orders_without_end_is_given_up(saying: Callable[..., Api]) -> None:
    with pytest.raises(UnexpectedAnswer, match="more than 25,000"):
        saying(*(page_of_orders(str(page)) for page in range(100))).order_ids("7")


def test_the_stub_that_lost_its_order_stays_and_has_it_no_longer(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    stub = api.customer(STUB)
    fixes.write(api, attach(STUBS_ORDER, STUB))
    assert api.customer(STUB) == stub
    assert not api.has_order(STUB, STUBS_ORDER)


@pytest.mark.parametrize("among", [True, False])
def test_an_order_that_only_says_itself_whose_it_is_is_not_attached(among: bool, saying: Callable[..., Api]) -> None:
    order = {"id": f"gid://shopify/Order/{BOS_ORDER}", "customer": {"id": f"gid://shopify/Customer/{BO}"}}
    nodes = [{"id": order["id"]}] if among else []
    held = {"data": {"customer": {"orders": {"nodes": nodes, "pageInfo": {"hasNextPage": False}}}}}
    api = saying({"data": {"order": order}}, held, held)
    read = fixes.read(api, attach(BOS_ORDER, None))
    assert reads_after(fixes, attach(BOS_ORDER, None), read) is among
    assert not reads_before(fixes, attach(BOS_ORDER, None), read)


@pytest.mark.parametrize("ask", [lambda api: api.has_order("7", BOS_ORDER), lambda api: api.order_ids("7")])
def test_nobody_has_no_orders(ask: Callable[[Api], Any], shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(NotFound):
        ask(ours(shopify).api)
