"""What a pull of BigCommerce asks for: everything side by side, then what changed, deleted orders included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from include import stages
from include.errors import UnexpectedAnswer, Unreachable
from include.platforms.bigcommerce.pulls import PAGE, WORTH
from include.pull import overlay
from include.sandbox.world import World
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.sandbox.people_world import LATER, LONG_AGO, account, order
from tests.sandbox.twin import Twin

WEEK = 7
SIGNED = {"X-Auth-Token": "sandbox"}


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


def world(customers: int, orders: int) -> World:
    people = [account("bigcommerce", str(id), f"p{id}@example.com", "P", "Q") for id in range(1, customers + 1)]
    then = [LATER - timedelta(days=number) for number in range(orders)]
    bought = [order(str(7 * (id + 1)), None, "a@example.com", updated_at=at) for id, at in enumerate(then)]
    return World(1, [], [replace(one, updated_at=LONG_AGO) for one in people], bought, [])


def night(store: Snapshots, twin: Twin, date: str, days: int = WEEK) -> Snapshot:
    """Pull and tabulate one night, as good a one as the tables make it."""
    snapshot = store.begin(date)
    stages.pull(twin.ours(), snapshot, store.before(snapshot), days)
    for table, rows in tables(snapshot, store).items():
        snapshot.part(table).write_table(rows)
    snapshot.mark_filed()
    return snapshot


def tables(snapshot: Snapshot, store: Snapshots) -> dict[str, Any]:
    from include.platforms.bigcommerce import rows

    raw = snapshot.raw("bigcommerce")
    base = raw.manifest().planned.rests_on
    return overlay.tables("bigcommerce", rows, raw, store.get(base) if base else None)


def edit(twin: Twin, path: str, **fields: Any) -> None:
    wanted: Any = [fields] if "customers" in path else fields
    answer = requests.put(twin.base + path, json=wanted, headers=SIGNED, timeout=5)
    assert answer.status_code == 200, answer.text


def test_orders_are_pulled_side_by_side_in_windows_of_ids_and_none_is_missing_or_twice(store, bigcommerce_with):
    twin = bigcommerce_with(world(7, 90))
    twin.largest = 3
    snapshot = night(store, twin, "2026-11-22")
    told = snapshot.raw("bigcommerce").manifest()
    assert told.rows == told.distinct == {"customers": 7, "orders": 90}
    assert len(snapshot.raw("bigcommerce").phase("full").cuts()) >= 1
    assert tables(snapshot, store)["orders"].num_rows == 90


def registered(customers: int, hours: int = 1, first: int = 0) -> World:
    """So many customers, of whom that many register in each hour: many in the same second."""
    of = world(customers, 0)
    at = [LONG_AGO + timedelta(hours=first + number // hours) for number in range(customers)]
    moments = iter(at[::-1])  # the newest has the smallest id
    return replace(of, accounts=[replace(one, created_at=next(moments)) for one in of.accounts])


@pytest.mark.parametrize("exclusive", [True, False], ids=["ends-left-out", "ends-among-them"])
@pytest.mark.parametrize("hours", [1, 700, 100_000], ids=["each-apart", "many-at-once", "all-at-once"])
def test_the_customers_of_a_large_store_are_pulled_by_several_cursors(exclusive, hours, store, bigcommerce_with):
    many = 3 * WORTH * PAGE
    twin = bigcommerce_with(registered(many, hours), bigcommerce_dates_exclusive=exclusive)
    told = (snapshot := night(store, twin, "2026-11-22")).raw("bigcommerce").manifest()
    assert told.rows["customers"] == told.distinct["customers"] == told.told["customers"] == many
    lanes = {str(lane["name"]) for lane in snapshot.raw("bigcommerce").phase("full").planned() or []}
    spans = {1: 3, 700: 3, 100_000: 2}[hours]
    assert len({name for name in lanes if name.startswith("customers")}) == spans


def test_one_cursor_goes_through_all_customers_where_the_connection_says_so(store, bigcommerce_with):
    twin = bigcommerce_with(registered(2 * WORTH * PAGE))
    snapshot = store.begin("2026-11-22")
    stages.pull(twin.ours(one_cursor=True), snapshot)
    names = [lane["name"] for lane in snapshot.raw("bigcommerce").phase("full").planned() or []]
    assert names == ["customers", "orders", "newest"]


def test_a_store_that_reads_times_as_those_of_its_place_ends_the_pull_and_says_how_it_is_whole(store, bigcommerce_with):
    twin = bigcommerce_with(registered(3 * WORTH * PAGE), bigcommerce_dates_zone=5)
    with pytest.raises(UnexpectedAnswer, match="one_cursor"):
        night(store, twin, "2026-11-22")


@pytest.mark.parametrize(
    ("switch", "value", "spans"),
    [("bigcommerce_encoded_dates", "ignored", 2), ("bigcommerce_sort_refused", True, 1)],
    ids=["takes-no-encoded-time", "does-not-sort"],
)
def test_nothing_is_lost_in_a_store_that_is_particular(switch, value, spans, store, bigcommerce_with):
    many = 2 * WORTH * PAGE
    snapshot = night(store, bigcommerce_with(registered(many), **{switch: value}), "2026-11-22")
    assert snapshot.raw("bigcommerce").manifest().distinct["customers"] == many
    lanes = snapshot.raw("bigcommerce").phase("full").planned() or []
    assert len([lane for lane in lanes if lane["name"].startswith("customers")]) == spans


def changed(twin: Twin) -> None:
    """A customer and an order are changed, an order is deleted, another is completed."""
    edit(twin, "/v3/customers", id=3, email="new@example.com")
    edit(twin, "/v2/orders/14", customer_id=3)
    edit(twin, "/v2/orders/21", is_deleted=True)
    edit(twin, "/v2/orders/28", status_id=0)


@pytest.mark.parametrize("order_gone", [True, False], ids=["told-what-was-deleted", "not-told"])
def test_what_changed_between_two_nights_is_laid_over_the_first(order_gone, store, bigcommerce_with, tmp_path):
    twin = bigcommerce_with(world(40, 30), bigcommerce_deleted_filter=order_gone)
    night(store, twin, "2026-11-22")
    changed(twin)
    second = night(store, twin, "2026-11-23")
    assert second.raw("bigcommerce").manifest().phases == ["changes.1"]
    fresh = open_store(str(tmp_path / "fresh"))
    whole = tables(night(fresh, twin, "2026-11-23"), fresh)
    found = tables(second, store)
    assert found["contacts"] == whole["contacts"]
    missed = set(found["orders"]["id"].to_pylist()) - set(whole["orders"]["id"].to_pylist())
    assert missed == (set() if order_gone else {"21"})


@pytest.mark.parametrize(
    "switch",
    [{"bigcommerce_dates_zone": 12}, {"bigcommerce_dates_zone": -14}, {"bigcommerce_encoded_dates": "ignored"}],
    ids=["reads-times-as-those-of-its-east", "as-those-of-its-west", "takes-no-encoded-time"],
)
def test_however_a_store_reads_times_all_that_changed_is_told_and_nothing_else(switch, store, bigcommerce_with):
    twin = bigcommerce_with(world(40, 30), **switch)
    twin.largest = 3
    night(store, twin, "2026-11-22")
    for date, customer, bought, just_before in (("2026-11-23", 3, 70, 7), ("2026-11-24", 5, 35, 70)):
        edit(twin, "/v3/customers", id=customer, email=f"new{customer}@example.com")
        edit(twin, f"/v2/orders/{bought}", customer_id=customer)
        told = night(store, twin, date).raw("bigcommerce").phase("changes.1")
        bodies = told.bodies()
        assert customer in {one["id"] for body in bodies["customers"] for one in body["data"]} <= {3, 5}
        assert {one["id"] for body in bodies["orders"] for one in body} == {bought, just_before}
        assert told.pages()["orders"] < 30 / twin.largest


def test_a_customer_that_was_deleted_is_noticed_and_everything_is_pulled_in_the_same_attempt(store, bigcommerce_with):
    first, second = world(40, 3), world(39, 3)
    night(store, bigcommerce_with(first), "2026-11-22")
    snapshot = night(store, bigcommerce_with(second), "2026-11-23")
    told = snapshot.raw("bigcommerce").manifest()
    assert (told.phases, told.held["customers"]) == (["full", "meanwhile.1"], 39)
    assert tables(snapshot, store)["contacts"].num_rows == 39


def test_everything_is_pulled_again_after_a_week(store, bigcommerce):
    nights = {date: night(store, bigcommerce, date) for date in ("2026-11-16", "2026-11-22", "2026-11-23")}
    since = [bool(nights[date].raw("bigcommerce").manifest().planned.since) for date in sorted(nights)]
    assert since == [False, True, False]


def test_an_order_that_is_edited_while_everything_is_pulled_is_as_it_is_then(store, bigcommerce_with):
    twin = bigcommerce_with(world(3, 3 * PAGE))
    path = "/bigcommerce/stores/sandbox/v2/orders/7"
    twin.trouble(
        "GET .*/v2/orders", "edit", after=2, request={"method": "PUT", "path": path, "json": {"customer_id": 2}}
    )
    found = tables(night(store, twin, "2026-11-23"), store)["orders"].to_pylist()
    assert [row["contact_id"] for row in found if row["id"] == "7"] == ["2"]
    assert len(found) == 3 * PAGE


def test_a_pull_of_changes_asks_for_a_twentieth_of_everything_at_most(store, bigcommerce_with):
    twin = bigcommerce_with(world(60, 400))
    twin.largest = 3
    asked: list[int] = []
    for date in ("2026-11-22", "2026-11-23"):
        twin.faults.arm([])
        before = twin.asked
        night(store, twin, date)
        asked.append(twin.asked - before)
        changed(twin)
    assert asked[1] * 20 <= asked[0]


def test_a_pull_that_broke_off_goes_on_after_its_last_page(store, bigcommerce_with):
    twin = bigcommerce_with(world(4 * PAGE, 8 * PAGE))
    snapshot = store.begin("2026-11-23")
    twin.trouble("GET", "503", after=8, times=999)
    with pytest.raises(Unreachable):
        stages.pull(twin.ours(), snapshot)
    kept = len(list(snapshot.raw("bigcommerce").folder.rglob("*.page")))
    assert kept > 4
    twin.faults.arm([])
    before = twin.asked
    stages.pull(twin.ours(), snapshot)
    told = snapshot.raw("bigcommerce").manifest()
    assert told.rows == told.distinct == {"customers": 4 * PAGE, "orders": 8 * PAGE}
    beside = 10  # the windows that were open, the clock, the newest order, what changed meanwhile, a count
    assert twin.asked - before <= 12 - kept + beside
