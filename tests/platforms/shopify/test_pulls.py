"""What changed since the last night is pulled by ranges of ids, and gives the same tables as everything would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from include.errors import UnexpectedAnswer
from include.platforms import Lane
from include.platforms.shopify import windows
from include.platforms.shopify.api import Api
from include.sandbox.shopify.shop import stamp
from tests.platforms.shopify.nights import Nights, busy_shop, changed_only, edit, held
from tests.sandbox.shopify.serving import OpenShop, Shopify

Of = Callable[..., Nights]
SINCE = datetime(2026, 11, 21, 10, 11, 12, tzinfo=UTC)


def changes(there: Shopify) -> None:
    """A customer and an order are changed, and there is one more of each."""
    edit(there, "customer", 3, email="changed@example.com")
    edit(there, "order", 4, email="elsewhere@example.com")
    for shelf, kind in ((there.shop.customers, "Customer"), (there.shop.orders, "Order")):
        newest = list(shelf.values())[-1]
        number = str(int(newest["legacyResourceId"]) + 1)
        gid = f"gid://shopify/{kind}/{number}"
        shelf[gid] = newest | {"id": gid, "legacyResourceId": number, "updatedAt": stamp(datetime.now(UTC))}


@pytest.mark.parametrize("bulk_from", [1, 10_000], ids=["first-in-bulk", "first-by-pages"])
@pytest.mark.parametrize("deleted", [False, True], ids=["nobody-deleted", "a-customer-deleted"])
def test_what_changed_between_two_nights_gives_what_everything_would(
    deleted: bool, bulk_from: int, shopify_with: OpenShop, nights: Of
) -> None:
    there = shopify_with(world=busy_shop(30, 20))
    ours = nights(there, bulk_from=bulk_from)
    ours.pull()
    changes(there)
    if deleted:
        del there.shop.customers[next(iter(there.shop.customers))]
    second = ours.pull()
    assert changed_only(second) is not deleted  # the counts tell of one who is gone
    assert held(second) == held(nights(there).pull())


def test_a_night_of_changes_asks_a_twentieth_of_the_calls_and_points(shopify_with: OpenShop, nights: Of) -> None:
    there = shopify_with(world=busy_shop(300, 220))
    ours = nights(there, page=5)
    edit(there, "order", 3)  # the others are long unchanged, which the watermark is to tell
    spent = []
    for _ in range(2):
        points = there.desk.quota.get("shopify", {}).get("points", 0)
        ours.pull()
        spent.append((len(ours.asked), there.desk.quota["shopify"]["points"] - points))
        edit(there, "customer", 3, email="changed@example.com")
    (all_calls, all_points), (calls, points) = spent
    assert calls <= all_calls / 20
    assert points <= all_points / 20


def test_windows_are_cut_for_workers_without_work_and_lose_and_double_nothing(
    shopify_with: OpenShop, nights: Of
) -> None:
    there = shopify_with(world=busy_shop(300, 220, apart=7), shopify_bulk_denied=True, shopify_deepest=20)
    ours = nights(there, page=5, bulk_from=1)
    raw = ours.pull().raw("shopify")
    assert raw.manifest().rows == raw.manifest().distinct == {"customers": 300, "orders": 220}
    assert len(raw.phase("full").cuts()) >= 2


def test_a_record_the_index_has_not_yet_is_known_from_the_full_pull_of_a_small_shop(
    shopify_with: OpenShop, nights: Of
) -> None:
    there = shopify_with(world=busy_shop(3, 3), shopify_not_indexed=["1001"])
    assert len(held(nights(there).pull())["contacts"]) == 3


@pytest.mark.parametrize(
    ("stream", "term"),
    [
        pytest.param("customers", "updated_at:>='2026-11-20T00:00:00Z'", id="customers-by-whole-days"),
        pytest.param("orders", "updated_at:>='2026-11-21T10:11:12Z'", id="orders-by-the-second"),
    ],
)
def test_changes_are_asked_for_from_early_enough(stream: str, term: str) -> None:
    assert windows.changed_since(stream, SINCE) == term


@pytest.mark.parametrize(
    ("customers", "known"),
    [
        pytest.param({"count": 30_000, "precision": "EXACT"}, {"customers": 30_000, "orders": 7}, id="exact"),
        pytest.param({"count": 10_000, "precision": "AT_LEAST"}, {"orders": 7}, id="at-least"),
        pytest.param({"count": 25_001, "precision": "EXACT"}, {"orders": 7}, id="what-stands-for-more"),
    ],
)
def test_only_an_exact_count_is_held_against_what_we_know(
    customers: dict[str, Any], known: dict[str, int], saying: Callable[..., Api]
) -> None:
    counts = {"customersCount": customers, "ordersCount": {"count": 7, "precision": "EXACT"}}
    assert saying({"data": counts}).totals() == known


@pytest.mark.parametrize(
    ("ids", "more"),
    [
        pytest.param([5], False, id="before-the-window"),
        pytest.param([12, 11], False, id="out-of-order"),
        pytest.param([21], False, id="after-the-window"),
        pytest.param([], True, id="nothing-and-yet-more"),
    ],
)
def test_a_filter_that_was_not_obeyed_is_noticed(ids: list[int], more: bool, saying: Callable[..., Api]) -> None:
    nodes = [{"id": f"gid://shopify/Customer/{id}"} for id in ids]
    page = {"data": {"customers": {"nodes": nodes, "pageInfo": {"hasNextPage": more}}}}
    with pytest.raises(UnexpectedAnswer):
        list(saying(page).walk(Lane("customers", {"way": "windows", "above": 10, "to": 20})))
