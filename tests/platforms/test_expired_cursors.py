"""A lane whose cursor died, were it at its first page, begins anew; what always dies ends the pull."""

from __future__ import annotations

import dataclasses

import pytest

from include import stages
from include.errors import Refusal, UnexpectedAnswer
from include.pull.walking import BEGINNINGS
from include.store.snapshots import Snapshot, open_store
from tests.platforms.between import between, kept, whole

# The requests of which some are refused, and how many of them come before a lane's first.
LISTED = {
    "bigcommerce": ("GET .*/customers", 2),
    "hubspot": ("GET .*/objects/.*contacts", 0),
    "shopify": ("graphql.json customers", 1),
}
STATUSES = [("bigcommerce", 400), ("bigcommerce", 404), ("bigcommerce", 410), ("shopify", 400)]
STATUSES += [("hubspot", 400), ("hubspot", 404), ("hubspot", 410)]
every_status = pytest.mark.parametrize(("name", "status"), STATUSES)


@pytest.fixture
def snapshot(tmp_path) -> Snapshot:
    return open_store(str(tmp_path)).begin("2026-11-23")


def expire(sandbox, name: str, status: int, pages: int, times: int) -> None:
    """Refuse as many pages of a lane, after so many."""
    match, before = LISTED[name]
    fault = {"fault": "expired_cursor", "status": status, "after": before + pages, "times": times}
    sandbox.arm(fault | {"platform": name, "match": match})


@pytest.mark.parametrize(
    ("pages", "times"),
    [
        pytest.param(0, 1, id="its-first-page"),
        pytest.param(0, BEGINNINGS - 1, id="its-first-page-again-and-again"),
        pytest.param(2, 1, id="a-later-page"),
    ],
)
@every_status
def test_e6_what_an_expired_cursor_has_led_to_is_asked_for_anew(sandbox, snapshot, name, status, pages, times):
    expected = whole(sandbox, name)
    with between(sandbox, name) as vendor:
        expire(sandbox, name, status, pages, times)
        stages.pull(dataclasses.replace(vendor.platform, at_once=1), snapshot)
    told = snapshot.raw(name).manifest()
    assert told.rows == told.distinct
    assert sorted(map(str, kept(vendor.platform, snapshot))) == sorted(map(str, expected))


@pytest.mark.parametrize("pages", [0, 2])
@every_status
def test_e6_a_cursor_that_always_expires_ends_the_pull(sandbox, snapshot, name, status, pages):
    with between(sandbox, name) as vendor:
        expire(sandbox, name, status, pages, 1000)
        with pytest.raises((Refusal, UnexpectedAnswer)):
            stages.pull(vendor.platform, snapshot)
        assert vendor.asked < 20 + BEGINNINGS * vendor.platform.at_once
    assert not snapshot.raw(name).complete()
