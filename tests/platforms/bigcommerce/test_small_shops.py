"""What changed in a small shop costs no more calls than everything; and where records are gone, one more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include import stages
from include.pull import overlay
from include.registry import load
from include.sandbox.world import World
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.platforms.between import between
from tests.sandbox.people_world import LATER, LONG_AGO, account, order
from tests.sandbox.twin import Twin

FIRST, SECOND = "2026-11-22", "2026-11-23"


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


def night(store: Snapshots, platform, date: str) -> Snapshot:
    """Pull and tabulate a night, as good a one as the tables make it."""
    snapshot = store.begin(date)
    stages.pull(platform, snapshot, store.before(snapshot), 7)
    raw = snapshot.raw(platform.name)
    rests_on = raw.manifest().planned.rests_on
    base = store.get(rests_on) if rests_on else None
    for table, rows in overlay.tables(platform.name, load("platforms", platform.name, "rows"), raw, base).items():
        snapshot.part(table).write_table(rows)
    snapshot.mark_filed()
    return snapshot


@pytest.mark.parametrize("name", ["bigcommerce", "hubspot", "shopify"])
def test_a_quiet_night_costs_no_more_calls_than_everything(sandbox, store, name):
    with between(sandbox, name) as vendor:
        night(store, vendor.platform, FIRST)
        everything = vendor.asked
        second = night(store, vendor.platform, SECOND)
        assert vendor.asked - everything <= everything
    assert second.raw(name).manifest().planned.since


def shop(customers: int, orders: int, gone: int = 0, changed: bool = False) -> World:
    at = LATER if changed else LONG_AGO
    people = [account("bigcommerce", str(id), f"p{id}@example.com", "P", "Q") for id in range(1, customers + 1)]
    bought = [order(str(7 * (id + 1)), None, "a@example.com", updated_at=at) for id in range(orders)]
    newest = replace(people[0], updated_at=LATER)
    return World(1, [], [newest, *(replace(one, updated_at=at) for one in people[1 : len(people) - gone])], bought, [])


def calls(store: Snapshots, twin: Twin, date: str) -> tuple[int, Snapshot]:
    before = twin.asked
    snapshot = night(store, twin.ours(), date)
    return twin.asked - before, snapshot


@pytest.mark.parametrize(
    ("gone", "changed", "only_changes"),
    [
        pytest.param(0, False, True, id="nothing-happened"),
        pytest.param(0, True, True, id="all-changed"),
        pytest.param(1, False, False, id="one-is-gone"),
        pytest.param(1, True, False, id="one-is-gone-and-all-others-changed"),
    ],
)
@pytest.mark.parametrize(("customers", "orders"), [(2, 0), (2, 3), (30, 40)])
def test_a_night_of_a_small_shop_costs_no_more_calls_than_everything_but_to_see_that_records_are_gone(
    store, tmp_path, bigcommerce_with, customers, orders, gone, changed, only_changes
):
    calls(store, bigcommerce_with(shop(customers, orders)), FIRST)
    after = shop(customers, orders, gone, changed)
    spent, snapshot = calls(store, bigcommerce_with(after), SECOND)
    everything, _ = calls(open_store(str(tmp_path / "fresh")), bigcommerce_with(after), SECOND)
    assert spent <= everything + (0 if only_changes else 1)
    told = snapshot.raw("bigcommerce").manifest()
    assert bool(told.planned.since) is only_changes
    assert told.held == {"customers": customers - gone, "orders": orders}
