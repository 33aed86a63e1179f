"""The verbs of the night: which night it is, a pull that is whole or not there, tables made again, what is filed."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include import stages
from include.errors import SettingsWrong, SnapshotMissing, UnexpectedAnswer, Unreachable
from include.platforms import Page
from include.registry import names
from include.settings import Settings
from include.store.snapshots import Snapshot, Snapshots, open_store
from include.store.tables import of_rows
from tests.pulls import saying

PLATFORMS = names("platforms")
DUE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PARTS = ("contacts", "orders", "edges", "people")


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path / "data"))


def whole(store: Snapshots, night: str = "2026-11-23") -> Snapshot:
    """An attempt of a night whose tables are there."""
    snapshot = store.begin(night)
    for table in ("contacts", "orders"):
        snapshot.part(table).write_table(of_rows(table, []))
    return snapshot


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(timedelta(0), id="on-time"),
        pytest.param(timedelta(hours=11, minutes=59), id="half-a-day-late"),
        pytest.param(timedelta(minutes=-5), id="the-clocks-differ"),
    ],
)
def test_tonight_is_a_new_attempt(store, late):
    assert [stages.begin(store, DUE, Settings(), DUE + late) for _ in range(2)] == ["2026-11-23.1", "2026-11-23.2"]


@pytest.mark.parametrize(
    ("due", "name"),
    [
        pytest.param(DUE, "2026-11-23.1.again", id="the-same-run-by-a-backfill-or-cleared"),
        pytest.param(DUE - timedelta(hours=1), "2026-11-23.1.again", id="an-earlier-run-that-never-was"),
        pytest.param(DUE + timedelta(hours=1), "2026-11-23.2", id="somebody-starts-another"),
    ],
)
@pytest.mark.parametrize("late", [timedelta(hours=3), timedelta(minutes=-5)], ids=["later", "the-clocks-differ"])
def test_what_was_filed_today_is_pulled_again_only_by_a_run_that_was_due_later(store, due, name, late):
    filed = store.get(stages.begin(store, DUE, Settings(), DUE))
    for table in ("contacts", "orders"):
        filed.part(table).write_table(of_rows(table, []))
    assert stages.begin(store, due, Settings(), due + late).endswith(".2")  # its findings are in no ledger yet
    shutil.rmtree(store.root / "2026-11-23" / "2")
    filed.mark_filed()
    assert stages.begin(store, due, Settings(), due + late) == name


@pytest.mark.parametrize("late", [timedelta(hours=12), timedelta(days=9)], ids=["half-a-day", "nine-days"])
def test_a_past_night_is_its_newest_whole_attempt_and_nothing_new(store, late):
    whole(store), whole(store), store.begin("2026-11-23")
    assert stages.begin(store, DUE, Settings(), DUE + late) == "2026-11-23.2.again"
    assert len(list((store.root / "2026-11-23").iterdir())) == 3


def test_a_platform_to_leave_out_must_be_one(store):
    with pytest.raises(SettingsWrong, match=r"ROLLCALL_LEAVE_OUT names corner_shop; there are only bigcommerce, "):
        stages.begin(store, DUE, Settings(leave_out="hubspot, corner_shop"), DUE)


def test_a_past_night_without_a_whole_snapshot_is_skipped_by_name(store):
    store.begin("2026-11-23")
    whole(store, "2026-11-22")
    with pytest.raises(SnapshotMissing, match=r"no snapshot of 2026-11-23, and a past night cannot be pulled"):
        stages.begin(store, DUE, Settings(), DUE + timedelta(days=2))


@pytest.mark.parametrize(
    ("zone", "due", "night"),
    [
        pytest.param("UTC", "2026-11-24T00:00:00+00:00", "2026-11-24", id="midnight"),
        pytest.param("Europe/Berlin", "2026-11-23T22:59:59+00:00", "2026-11-23", id="before-midnight-in-berlin"),
        pytest.param("Europe/Berlin", "2026-11-23T23:00:00+00:00", "2026-11-24", id="midnight-in-berlin"),
        pytest.param("America/Los_Angeles", "2026-11-24T08:00:00+00:00", "2026-11-24", id="midnight-in-la"),
        pytest.param("Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-25", id="the-hour-that-comes-twice"),
        pytest.param("Europe/Berlin", "2026-03-29T01:00:00+00:00", "2026-03-29", id="the-hour-that-is-skipped"),
        pytest.param("Pacific/Kiritimati", "2026-12-31T10:00:00+00:00", "2027-01-01", id="the-next-year"),
        pytest.param("UTC", "2026-11-24T00:30:00+02:00", "2026-11-23", id="due-in-another-zone"),
    ],
)
def test_a_night_is_named_by_the_local_date_it_was_due(store, zone, due, night):
    moment = datetime.fromisoformat(due)
    assert stages.begin(store, moment, Settings(timezone=zone), moment) == f"{night}.1"


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_pull_keeps_every_page_and_is_not_pulled_again(sandbox, store, name):
    snapshot = store.begin("2026-11-23")
    platform = sandbox.open(name)
    pages = list(platform.api.pages())
    rows = stages.pull(saying(platform, *pages), snapshot)
    kept = snapshot.raw(name).bodies()
    said = {page.stream: [other.body for other in pages if other.stream == page.stream] for page in pages}
    assert {stream: list(bodies) for stream, bodies in kept.items()} == said
    never = saying(platform, Unreachable(f"{name} was asked"))
    assert stages.pull(never, snapshot) == rows == sum(snapshot.raw(name).manifest().rows.values())
    assert never.api.asked == 0


def test_a_pull_that_broke_off_does_not_count_and_the_next_one_keeps_nothing_it_cannot_go_on_from(sandbox, store):
    snapshot = store.begin("2026-11-23")
    hubspot = sandbox.open("hubspot")
    pages = list(hubspot.api.pages())
    with pytest.raises(Unreachable):
        stages.pull(saying(hubspot, *pages, *pages, Unreachable("hubspot answered 502")), snapshot)
    assert not snapshot.raw("hubspot").complete()
    stages.pull(saying(hubspot, *pages), snapshot)
    assert [list(stream) for stream in snapshot.raw("hubspot").bodies().values()] == [[page.body for page in pages]]


def test_a_pull_whose_rows_cannot_be_read_does_not_count(sandbox, store):
    snapshot = store.begin("2026-11-23")
    odd = Page("contacts", {"results": [{"id": "1", "properties": {"lastmodifieddate": "soon"}}]})
    with pytest.raises(UnexpectedAnswer):
        stages.pull(saying(sandbox.open("hubspot"), odd), snapshot)
    assert not snapshot.raw("hubspot").complete()


@pytest.mark.parametrize(
    ("ahead", "moves"),
    [
        pytest.param(timedelta(seconds=-1), True, id="just-before-the-pull"),
        pytest.param(timedelta(seconds=1), False, id="while-it-is-pulled"),
        pytest.param(timedelta(days=355_000), False, id="the-year-2999"),
    ],
)
def test_the_watermark_is_the_newest_change_before_the_platform_s_clock_when_the_pull_began(
    sandbox, store, ahead, moves
):
    hubspot = sandbox.open("hubspot")
    pages = [dataclasses.replace(page, raw=None) for page in hubspot.api.pages()]
    newest = max(row.updated_at for row in hubspot.rows.contacts({"contacts": [page.body for page in pages]}))
    its_clock = newest + timedelta(days=3)
    later = its_clock + ahead
    pages[0].body["results"][0]["properties"]["lastmodifieddate"] = later.isoformat(timespec="milliseconds")
    stages.pull(saying(hubspot, *pages, now=its_clock), snapshot := store.begin("2026-11-23"))
    watermark = datetime.fromisoformat(snapshot.raw("hubspot").manifest().watermark)
    assert abs(watermark - (later if moves else newest)) < timedelta(seconds=0.001)


def test_a_platform_that_holds_nobody_has_no_watermark(sandbox, store):
    snapshot = store.begin("2026-11-23")
    assert stages.pull(saying(sandbox.open("hubspot"), Page("contacts", {"results": []})), snapshot) == 0
    assert snapshot.raw("hubspot").manifest().watermark is None


def pulled(sandbox: Any, store: Snapshots, night: str, without: tuple[str, ...] = ()) -> Snapshot:
    snapshot = store.begin(night)
    for name in PLATFORMS:
        if name not in without:
            stages.pull(sandbox.open(name), snapshot)
    return snapshot


def content(snapshot: Snapshot) -> dict[str, bytes]:
    """What an attempt's parts hold, but for what the platforms said."""
    files = (path for path in snapshot.folder.rglob("part.*") if path.is_file())
    return {str(path.relative_to(snapshot.folder)): path.read_bytes() for path in files}


def test_tables_made_again_from_the_same_raw_are_the_same_bytes(sandbox, store):
    first = pulled(sandbox, store, "2026-11-23")
    told = stages.tabulate(first, store, Settings())
    assert told == {"contacts": len(sandbox.world.accounts), "orders": first.rows("orders")}
    again = store.begin("2026-11-23")
    first.folder.joinpath("raw").rename(again.folder.joinpath("raw"))
    assert stages.tabulate(again, store, Settings()) == told
    assert content(again) == content(first) != {}
    assert stages.tabulate(again, store, Settings(leave_out="hubspot")) == told


def test_a_platform_that_is_left_out_is_not_in_the_tables(sandbox, store):
    snapshot = pulled(sandbox, store, "2026-11-23", without=("hubspot",))
    with pytest.raises(SnapshotMissing, match="hubspot was not pulled"):
        stages.tabulate(snapshot, store, Settings())
    assert content(snapshot) == {}
    told = stages.tabulate(snapshot, store, Settings(leave_out=" hubspot "))
    assert told["contacts"] == len([account for account in sandbox.world.accounts if account.platform != "hubspot"])
