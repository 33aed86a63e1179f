"""Several cursors through a large store's customers: killed under way, dead in one span, customers come and gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.routing import Mount, Router

from include import stages
from include.platforms.bigcommerce.pulls import PAGE, WORTH
from include.sandbox.bigcommerce import routes
from include.sandbox.server import bases
from include.sandbox.world import TODAY, World
from include.store.raw import RawManifest
from include.store.snapshots import Snapshot, open_store
from tests.platforms.bigcommerce.test_pulls import registered
from tests.sandbox.people_world import account
from tests.sandbox.twin import OpenTwin, Twin

SPANS = 2
PAGES = WORTH  # of a span, at least
MANY = SPANS * WORTH * PAGE
COUNTED = SPANS  # requests before the walk: how many customers there are, and where the spans begin


@dataclass
class Asked:
    """ASGI: writes down which pages of customers are asked for, and hands each request on. `then` comes before that."""

    app: Any
    then: Callable[[], None] = lambda: None
    requests: int = 0
    pages: list[tuple[str, str]] = field(default_factory=list)  # where the span begins, and after which cursor

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked = {name: value[0] for name, value in parse_qs(scope["query_string"].decode()).items()}
        if scope["path"].endswith("/v3/customers") and "date_modified:min" not in asked:
            self.requests += 1
            if "include" in asked:
                self.pages.append((asked.get("date_created:min", ""), asked.get("after", "")))
            self.then()
        await self.app(scope, receive, send)

    def begun(self, pages: int) -> int:
        """How many spans so many pages were asked of."""
        return sum(count >= pages for count in Counter(span for span, _ in self.pages).values())


def watched(twin: Twin) -> Asked:
    twin.faults.app = asked = Asked(twin.faults.app)
    return asked


@pytest.fixture
def snapshot(tmp_path) -> Snapshot:
    return open_store(str(tmp_path)).begin("2026-11-23")


def manifest(snapshot: Snapshot) -> RawManifest:
    return snapshot.raw("bigcommerce").manifest()


def customers(snapshot: Snapshot) -> list[int]:
    """The ids of all that everything brought, as often as they came."""
    pages = snapshot.raw("bigcommerce").phase("full").bodies()["customers"]
    return sorted(one["id"] for page in pages for one in page["data"])


def test_a_pull_killed_amid_several_spans_goes_on_in_each_after_its_last_page(snapshot, bigcommerce_with: OpenTwin):
    twin = bigcommerce_with(registered(MANY))
    asked = watched(twin)
    child = multiprocessing.get_context("fork").Process(target=stages.pull, args=(twin.ours(), snapshot))

    def kill() -> None:
        if asked.begun(3) > 1 and child.is_alive():
            os.kill(child.pid, signal.SIGKILL)

    asked.then = kill
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    assert not snapshot.raw("bigcommerce").complete()

    before, asked.pages, asked.then = asked.pages, [], lambda: None
    stages.pull(twin.ours(), snapshot)
    assert customers(snapshot) == list(range(1, MANY + 1))
    kept = {page for place, page in enumerate(before) if page[0] in dict(before[place + 1 :])}  # the next was asked for
    assert len(dict(kept)) > 1
    assert kept.isdisjoint(asked.pages)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_where_a_cursor_dies_its_span_alone_begins_anew(status, snapshot, bigcommerce_with: OpenTwin):
    twin = bigcommerce_with(registered(MANY))
    asked = watched(twin)

    def die() -> None:
        if len(asked.pages) == PAGES + 6:
            twin.trouble("GET .*/v3/customers", "expired_cursor", status=status)

    asked.then = die
    stages.pull(replace(twin.ours(), at_once=1), snapshot)
    assert customers(snapshot) == list(range(1, MANY + 1))
    again = Counter(asked.pages) - Counter(set(asked.pages))
    assert len(again) > 1
    assert len({span for span, _ in again}) == 1


def without(ids: Iterable[int]) -> World:
    gone = {str(id) for id in ids}
    every = registered(MANY)
    return replace(every, accounts=[one for one in every.accounts if one.id not in gone])


def with_another(id: int) -> World:
    new = account("bigcommerce", str(id), "new@example.com", "N", "W", created_at=TODAY, updated_at=TODAY)
    every = registered(MANY)
    return replace(every, accounts=[*every.accounts, new])


def turn(twin: Twin, requests: int, world: World) -> Asked:
    """After so many requests for customers the store's are those of `world`."""
    asked = watched(twin)
    later = Router([Mount(bases()["bigcommerce"], routes=routes(world, twin.desk))])

    def change() -> None:
        if asked.requests > requests:
            asked.app = later

    asked.then = change
    return asked


@pytest.mark.parametrize(
    ("requests", "gone"),
    [
        pytest.param(COUNTED, [1], id="the-newest"),
        pytest.param(COUNTED, [MANY - MANY // SPANS], id="one-that-a-span-begins-with"),
        pytest.param(COUNTED, range(1, MANY // SPANS + 1), id="a-whole-span"),
        pytest.param(1, range(1, MANY + 1), id="all-before-the-spans-were-found"),
    ],
)
def test_customers_deleted_between_the_count_and_the_walk_are_gone_and_nobody_else(
    requests, gone, snapshot, bigcommerce_with: OpenTwin
):
    twin = bigcommerce_with(registered(MANY))
    turn(twin, requests, without(gone))
    stages.pull(twin.ours(), snapshot)
    left = sorted({*range(1, MANY + 1)} - {*gone})
    assert customers(snapshot) == left
    assert manifest(snapshot).held["customers"] == manifest(snapshot).told["customers"] == len(left)


@pytest.mark.parametrize(
    ("requests", "at_once"),
    [(1, 16), (COUNTED, 16), (COUNTED + 2 * PAGES, 16), (COUNTED + SPANS * PAGES + 2, 1)],
    ids=["before-the-spans-were-found", "before-the-walk", "amid-the-walk", "at-its-end"],
)
def test_a_customer_who_registers_between_the_count_and_the_end_is_there_once(
    requests, at_once, snapshot, bigcommerce_with: OpenTwin
):
    twin = bigcommerce_with(registered(MANY))
    turn(twin, requests, with_another(MANY + 1))
    stages.pull(replace(twin.ours(), at_once=at_once), snapshot)
    came = customers(snapshot)
    assert set(came) - {MANY + 1} == {*range(1, MANY + 1)}
    assert len(came) == len(set(came))
    assert manifest(snapshot).held["customers"] == manifest(snapshot).told["customers"] == MANY + 1
