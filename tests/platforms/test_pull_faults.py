"""
What a pull makes of a platform's faults, over HTTP and into a snapshot. Which fault is proven where:

    E1   5xx on page k             here; test_every_platform.py, tests/test_transport.py
    E2   429 and its waits         tests/test_transport.py, hubspot/test_api.py, bigcommerce/test_api.py
    E3   time-out, reset, drops    here (reset); tests/test_transport.py, tests/test_deadline.py
    E4   no JSON, cut, login page  here; test_every_platform.py, tests/test_transport.py, tests/test_transport_bodies.py
    E5   overlapping pages         here; tests/test_whmcs_endpoint.py, tests/checks/test_pulls.py (the gate)
    E6   expired cursor            test_expired_cursors.py
    E7   cursor loop               here; hubspot/, bigcommerce/, shopify/test_api.py
    E8   next page elsewhere       here; test_pull_values.py (look-alikes); tests/test_transport_privacy.py (redirects)
    E9   empty, fewer, tenfold     tests/checks/test_pulls.py
    E10  401, 403 on page k        here
    E11  times that cannot be      test_pull_values.py; tests/test_stages.py
    E12  another shape             test_pull_values.py; every platform's test_rows.py
    E13  no interval               tests/test_stages.py (a night is named by when it was due)
    E14  killed on page k          here; tests/snapshots/test_raw.py
    E15  hostile values            test_pull_values.py; tests/snapshots/test_raw.py and test_tables.py
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from include import stages
from include.errors import RollcallError, UnexpectedAnswer, Unreachable
from include.platforms import connection_of
from include.registry import names
from include.store.snapshots import Snapshot, open_store
from tests.platforms.between import between, kept, of_one, put, whole
from tests.scripted import says, serve

PLATFORMS = names("platforms")
PAGED = ("bigcommerce", "hubspot", "shopify")  # by cursor
CURSOR = {
    "bigcommerce": ("meta.cursor_pagination", "end_cursor"),
    "hubspot": ("paging.next", "after"),
    "shopify": ("data.customers.pageInfo", "endCursor"),
}


@pytest.fixture
def snapshot(tmp_path) -> Snapshot:
    return open_store(str(tmp_path)).begin("2026-11-23")


def key(row: Any) -> str:
    return str(row.ref)


def struck(name: str) -> int:
    """The requests that are let through before a fault strikes: WHM answers all in one."""
    return 0 if name == "cpanel" else 2


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        pytest.param("502", Unreachable, 4, id="E1-out-of-order"),
        pytest.param("reset_before", Unreachable, 4, id="E3-a-broken-connection"),
        pytest.param("html", Unreachable, 4, id="E4-a-login-page"),
        pytest.param("401", RollcallError, 1, id="E10-a-revoked-key"),
        pytest.param("403", RollcallError, 1, id="E10-a-lost-right"),
    ],
)
@pytest.mark.parametrize("name", PLATFORMS)
def test_trouble_on_a_later_page_leaves_no_half_pull_and_the_next_one_is_whole(
    sandbox, snapshot, name, fault, kind, tries
):
    expected = whole(sandbox, name)
    sandbox.arm({"platform": connection_of(name), "match": ".*", "fault": fault, "times": 1000, "after": struck(name)})
    with between(sandbox, name) as vendor:
        with pytest.raises(kind):
            stages.pull(vendor.platform, snapshot)
        assert vendor.asked <= min(16, struck(name) + tries * vendor.platform.at_once)
        assert not snapshot.raw(name).complete()
        sandbox.arm()
        stages.pull(vendor.platform, snapshot)
    assert sorted(kept(vendor.platform, snapshot), key=key) == sorted(expected, key=key)


@pytest.mark.parametrize("nothing", [None, False, 0, "", {}], ids=["null", "false", "zero", "no-text", "no-fields"])
@pytest.mark.parametrize("name", PLATFORMS)
def test_e4_an_answer_that_tells_nothing_is_never_a_page_without_records(sandbox, snapshot, name, nothing):
    answered: list[Any] = []

    def say_nothing(body: Any) -> Any:
        answered.append(body)
        return nothing if len(answered) > struck(name) else body

    with between(sandbox, name, say_nothing) as vendor, pytest.raises(RollcallError):
        stages.pull(vendor.platform, snapshot)
    assert not snapshot.raw(name).complete()


def overlapping(*path: str) -> Callable[[Any], Any]:
    """Each page begins with the last record of the page before it, as when a record was moved meanwhile."""
    last: list[Any] = []

    def change(body: Any) -> Any:
        page = body
        for name in path:
            page = page.get(name) if isinstance(page, dict) else None
        if isinstance(page, list) and page and "id" in page[0] and not of_one(body):
            ended = page[-1]
            page[:0] = last
            last[:] = [ended]
        return body

    return change


@pytest.mark.parametrize(
    ("name", "stream", "path"),
    [
        pytest.param("bigcommerce", "customers", ("data",), id="bigcommerce-customers"),
        pytest.param("hubspot", "contacts", ("results",), id="hubspot-contacts"),
        pytest.param("shopify", "customers", ("data", "customers", "nodes"), id="shopify-customers"),
        pytest.param("shopify", "orders", ("data", "orders", "nodes"), id="shopify-orders"),
    ],
)
def test_e5_a_record_that_came_twice_is_counted_so_that_the_gate_sees_it(sandbox, snapshot, name, stream, path):
    with between(sandbox, name, overlapping(*path)) as vendor:
        stages.pull(vendor.platform, snapshot)
    told = snapshot.raw(name).manifest()
    assert told.rows[stream] == told.distinct[stream] + told.pages[stream] - 1 > told.distinct[stream]


def test_e5_a_page_of_orders_that_overlaps_is_refused(sandbox, snapshot):
    with (
        between(sandbox, "bigcommerce", overlapping()) as vendor,
        pytest.raises(UnexpectedAnswer, match="not asked for"),
    ):
        stages.pull(vendor.platform, snapshot)
    assert not snapshot.raw("bigcommerce").complete()


def test_e5_no_order_is_missed_when_one_goes_between_two_pages(sandbox, snapshot):
    ids = sorted(int(purchase.id) for purchase in sandbox.world.purchases_of("bigcommerce"))
    gone = {"method": "PUT", "path": f"/bigcommerce/stores/sandbox/v2/orders/{ids[0]}", "json": {"is_deleted": True}}
    sandbox.arm({"platform": "bigcommerce", "match": "GET .*/v2/orders", "fault": "edit", "after": 2, "request": gone})
    with between(sandbox, "bigcommerce") as vendor:
        stages.pull(dataclasses.replace(vendor.platform, at_once=1), snapshot)
    pages = snapshot.raw("bigcommerce").bodies()["orders"]
    assert sorted({order["id"] for page in pages for order in page}) == ids


def test_e5_no_client_is_missed_when_one_goes_between_two_pages(sandbox, snapshot):
    ids = sorted(int(account.id) for account in sandbox.world.of("whmcs", "client"))
    gone = {"method": "POST", "path": "/whmcs/includes/api.php", "form": {"action": "DeleteClient", "clientid": ids[0]}}
    sandbox.arm({"platform": "whmcs", "match": "GetClients$", "fault": "edit", "after": 1, "request": gone})
    with between(sandbox, "whmcs") as vendor:
        stages.pull(vendor.platform, snapshot)
    clients = [row for row in kept(vendor.platform, snapshot) if getattr(row, "kind", None) == "client"]
    assert sorted(int(client.id) for client in clients) == ids[1:]
    assert snapshot.raw("whmcs").manifest().pages["clients"] > 1


def part(body: Any, way: str) -> Any:
    for name in way.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body


@pytest.mark.parametrize("name", PAGED)
def test_e7_cursors_that_lead_in_a_circle_end_the_pull(sandbox, snapshot, name):
    way, last = CURSOR[name]
    given: list[str] = []

    def circle(body: Any) -> Any:
        if (page := part(body, way)) and page.get(last):
            given.append(page[last])
            page[last] = given[(len(given) - 1) % 2]
        return body if len(given) < 9 else {}  # or it would never end

    with between(sandbox, name, circle) as vendor:
        with pytest.raises(UnexpectedAnswer, match=r"already given|no new cursor"):
            stages.pull(vendor.platform, snapshot)
        assert len(given) <= 4  # HubSpot's cursors are tried once before the list is cut
    assert not snapshot.raw(name).complete()


@pytest.mark.parametrize(
    "way", ["paging.next.link", "meta.cursor_pagination.links.next"], ids=["hubspot", "bigcommerce"]
)
@pytest.mark.parametrize(
    "form",
    [
        pytest.param("{url}/crm?after=1", id="another-port"),
        pytest.param("//{host}/crm?after=1", id="without-a-scheme"),
        pytest.param("http://127.0.0.1@{host}/crm", id="behind-a-user"),
        pytest.param("file:///etc/hostname", id="a-file"),
        pytest.param("http://\uff1127.0.0.1:{port}/crm", id="a-look-alike"),
        pytest.param("http://169.254.169.254/latest", id="the-machine-s-own"),
    ],
)
def test_e8_the_address_of_a_next_page_is_never_asked(sandbox, snapshot, way, form):
    name, led = ("hubspot" if way.startswith("paging") else "bigcommerce"), []
    expected = whole(sandbox, name)
    with serve(says(200, {"results": []})) as other:

        def lead_away(body: Any) -> Any:
            if part(body, way):
                led.append(1)
                put(body, way, form.format(url=other.url, host=other.url.removeprefix("http://"), port=other.port))
            return body

        with between(sandbox, name, lead_away) as vendor:
            stages.pull(vendor.platform, snapshot)
        assert other.asked == []
    assert led
    assert kept(vendor.platform, snapshot) == expected


@pytest.mark.parametrize("name", PLATFORMS)
def test_e14_a_pull_that_was_killed_does_not_count_and_is_pulled_again(sandbox, snapshot, name):
    expected, answered, victim = whole(sandbox, name), [], []

    def kill(body: Any) -> Any:
        answered.append(1)
        if victim and len(answered) > struck(name):
            os.kill(victim.pop().pid, signal.SIGKILL)
        return body

    with between(sandbox, name, kill) as vendor:
        child = multiprocessing.get_context("fork").Process(target=stages.pull, args=(vendor.platform, snapshot))
        victim.append(child)
        child.start()
        child.join(30)
        assert child.exitcode == -signal.SIGKILL
        assert not snapshot.raw(name).complete()
        stages.pull(vendor.platform, snapshot)
    assert sorted(kept(vendor.platform, snapshot), key=key) == sorted(expected, key=key)
