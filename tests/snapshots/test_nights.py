"""Nights and their attempts: which exist, which is whole, which came before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.errors import SnapshotMissing
from include.store.snapshots import Snapshot, Snapshots
from include.store.tables import of_rows
from tests.rules.tables import contact


def made(store: Snapshots, night: str, *parts: str) -> Snapshot:
    """An attempt of a night with these parts written."""
    snapshot = store.begin(night)
    for part in parts:
        snapshot.part(part).write_table(of_rows("contacts", [contact("hubspot", "1")]))
    return snapshot


WHOLE = ("contacts", "orders", "people")


def test_attempts_of_a_night_are_numbered(store):
    names = [store.begin(night).name for night in ("2026-11-23", "2026-11-23", "2026-11-24", "2026-11-23")]
    assert names == ["2026-11-23.1", "2026-11-23.2", "2026-11-24.1", "2026-11-23.3"]


def test_the_tenth_attempt_comes_after_the_ninth(store):
    for _ in range(10):
        last = made(store, "2026-11-23", *WHOLE)
    assert last.attempt == 10
    assert store.newest() == store.latest("2026-11-23") == last
    assert store.begin("2026-11-23").attempt == 11


def test_an_attempt_can_be_had_by_name_as_soon_as_it_has_begun(store):
    snapshot = store.begin("2026-11-23")
    assert store.get(snapshot.name) == snapshot


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("2026-11-23.2", id="no-such-attempt"),
        pytest.param("2026-11-22.1", id="no-such-night"),
        pytest.param("2026-11-23", id="no-attempt-said"),
        pytest.param("2026-11-23.1/../../..", id="a-path"),
        pytest.param("../2026-11-23.1", id="a-path-before-it"),
        pytest.param("2026-11-23.1\n", id="a-line-break"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_snapshot_is_missing(store, name):
    store.begin("2026-11-23")
    with pytest.raises(SnapshotMissing, match="snapshot"):
        store.get(name)


def test_an_attempt_says_when_it_began(store):
    before = datetime.now(UTC)
    snapshot = store.begin("2026-11-23")
    assert before <= store.get(snapshot.name).begun_at() <= datetime.now(UTC)
    (snapshot.folder / "begun.json").unlink()
    snapshot.part("orders").write_table(of_rows("orders", []))
    with pytest.raises(SnapshotMissing, match=r"2026-11-23\.1 is not complete"):
        store.get(snapshot.name).begun_at()


def test_an_empty_store_has_no_night(store):
    assert (store.newest(), store.latest("2026-11-23")) == (None, None)


@pytest.mark.parametrize(
    ("parts", "counts"),
    [
        pytest.param((), False, id="nothing-yet"),
        pytest.param(("contacts",), False, id="contacts-only"),
        pytest.param(("orders", "people"), False, id="no-contacts"),
        pytest.param(("contacts", "orders"), True, id="its-tables"),
    ],
)
def test_an_attempt_counts_once_its_tables_are_whole(store, parts, counts):
    good = made(store, "2026-11-22", *WHOLE)
    later = made(store, "2026-11-23", *parts)
    assert store.latest("2026-11-23") == (later if counts else None)
    assert store.newest() == (later if counts else good)


def test_an_attempt_that_failed_leaves_the_earlier_one_the_latest(store):
    first = made(store, "2026-11-23", *WHOLE)
    made(store, "2026-11-23", "contacts")
    assert store.latest("2026-11-23") == store.newest() == first


@pytest.mark.parametrize(
    ("nights", "before"),
    [
        pytest.param({"2026-11-22": True}, "2026-11-22.1", id="the-night-before"),
        pytest.param({}, None, id="the-first-night"),
        pytest.param({"2026-11-24": True}, None, id="later-nights-do-not-count"),
        pytest.param({"2026-11-21": True, "2026-11-22": False}, "2026-11-21.1", id="one-that-a-gate-stopped"),
        pytest.param({"2025-12-31": True, "2026-11-09": True}, "2026-11-09.1", id="the-newest-of-two"),
        pytest.param({"2026-11-23": True}, "2026-11-23.1", id="an-earlier-attempt-of-the-night"),
    ],
)
def test_the_last_good_night_is_the_newest_one_before_that_was_filed(store, nights, before):
    for night, filed in nights.items():
        snapshot = made(store, night, *WHOLE)
        if filed:
            snapshot.mark_filed()
    found = store.before(made(store, "2026-11-23", *WHOLE))
    assert (found.name if found else None) == before


def test_a_night_knows_whether_a_later_one_was_filed(store):
    first, second, third = (made(store, f"2026-11-2{day}", *WHOLE) for day in (1, 2, 3))
    second.mark_filed()
    assert [store.filed_after(each) for each in (first, second, third)] == [second, None, None]


def test_a_file_that_is_no_night_is_passed_over(store):
    good = made(store, "2026-11-22", *WHOLE)
    (store.root / "README").write_text("Nights are kept here.")
    (store.root / "2026-11-22" / "note").write_text("A good one.")
    assert store.newest() == good


def test_the_tables_open_with_those_of_the_night_before(store):
    before, tonight = made(store, "2026-11-22", *WHOLE), store.begin("2026-11-23")
    rows = [contact("hubspot", "1"), contact("shopify", "2")]
    tonight.part("contacts").write_table(of_rows("contacts", rows))
    tonight.part("orders").write_table(of_rows("orders", []))
    tables = store.get(tonight.name).tables(before)
    counts = [table.count().to_pyarrow().as_py() for table in (tables.contacts, tables.orders, tables.people)]
    assert (counts, tables.before.contacts.count().to_pyarrow().as_py()) == ([2, 0, 0], 1)
    tables.close()
