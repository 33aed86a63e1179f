"""On the nights between, HubSpot is asked only what changed; the contacts are then what a full pull would bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from include.errors import Unauthorized, UnexpectedAnswer
from tests.platforms.hubspot.nights import Nights, changed_only, contacts, ids, lanes, people
from tests.sandbox.twin import OpenTwin, Twin

IDS = range(1001, 1301, 2)
MANY = range(1001, 1001 + 12_000 * 3, 3)
MOMENT = datetime.now(UTC).replace(microsecond=0)
SEARCH = "POST .*/contacts/search$"


def ask(twin: Twin, method: str, path: str, **said: Any) -> Any:
    answer = twin.call(method, f"/crm/v3/objects{path}", json=said or None)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def edit(twin: Twin) -> None:
    ask(twin, "PATCH", f"/contacts/{IDS[7]}", properties={"email": "new@example.com", "lastname": "Q"})


def create(twin: Twin) -> None:
    ask(twin, "POST", "/contacts", properties={"email": "new@example.com", "firstname": "N"})


def merge(twin: Twin) -> None:
    ask(twin, "POST", "/contacts/merge", primaryObjectId=str(IDS[9]), objectIdToMerge=str(IDS[3]))


def merge_twice(twin: Twin) -> None:
    merged = ask(twin, "POST", "/contacts/merge", primaryObjectId=str(IDS[9]), objectIdToMerge=str(IDS[3]))
    ask(twin, "POST", "/contacts/merge", primaryObjectId=merged["id"], objectIdToMerge=str(IDS[-1]))


def note(twin: Twin) -> None:
    of = {"to": {"id": str(IDS[5])}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}
    said = {"hs_timestamp": "2026-11-23T07:00:00Z", "hs_note_body": "seen"}
    ask(twin, "POST", "/notes", properties=said, associations=[of])


def archive(twin: Twin) -> None:
    ask(twin, "DELETE", f"/contacts/{IDS[5]}")


def archive_and_create(twin: Twin) -> None:
    archive(twin)
    create(twin)


def archive_what_was_merged(twin: Twin) -> None:
    merged = ask(twin, "POST", "/contacts/merge", primaryObjectId=str(IDS[9]), objectIdToMerge=str(IDS[3]))
    ask(twin, "DELETE", f"/contacts/{merged['id']}")


@pytest.fixture
def nights(tmp_path: Path, hubspot_with: OpenTwin) -> Nights:
    """A good night of an account with few contacts."""
    made = Nights(tmp_path, hubspot_with(people(IDS)))
    made.pull()
    return made


CHANGES = [
    pytest.param(lambda twin: None, True, id="nothing"),
    pytest.param(edit, True, id="edited"),
    pytest.param(create, True, id="created"),
    pytest.param(merge, True, id="merged"),
    pytest.param(merge_twice, True, id="merged-twice"),
    pytest.param(note, True, id="a-note"),
    pytest.param(archive, False, id="archived"),
    pytest.param(archive_and_create, False, id="archived-and-another-created"),
    pytest.param(archive_what_was_merged, False, id="merged-and-archived"),
]


@pytest.mark.parametrize(("change", "shows"), CHANGES)
def test_after_what_changed_the_contacts_are_those_of_a_full_pull(
    change: Callable[[Twin], None], shows: bool, nights: Nights, tmp_path: Path
) -> None:
    change(nights.twin)
    night = nights.pull()
    assert changed_only(night) == shows
    assert contacts(night) == contacts(Nights(tmp_path / "fresh", nights.twin).pull())
    told = night.raw("hubspot").manifest()
    assert told.held == told.told == {"contacts": len(contacts(night))}


@pytest.mark.parametrize(("change", "_"), CHANGES[1:])
def test_what_search_finds_late_is_there_the_night_after(
    change: Callable[[Twin], None], _: bool, nights: Nights, tmp_path: Path
) -> None:
    nights.twin.desk.switches["hubspot_search_lag"] = 300
    change(nights.twin)
    nights.pull()
    nights.twin.desk.switches["hubspot_search_lag"] = 0
    assert contacts(nights.pull()) == contacts(Nights(tmp_path / "fresh", nights.twin).pull())


def test_a_dated_version_is_searched_below_its_own_path(nights: Nights) -> None:
    edit(nights.twin)
    night = nights.pull(version="2026-03")
    assert changed_only(night)
    assert "new@example.com" in {row["email"] for row in contacts(night)}
    assert set(nights.asked.paths) >= {"/hubspot/crm/objects/2026-03/contacts/search"}


def test_a_week_after_the_last_full_pull_everything_is_pulled(nights: Nights) -> None:
    assert [changed_only(nights.pull()) for _ in range(8)] == [True] * 6 + [False, True]


@pytest.mark.parametrize("minutes", [-10, 10], ids=["records-behind", "records-ahead"])
def test_nothing_is_lost_when_two_clocks_differ(minutes: float, tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    nights.now_is(nights.twin, minutes)
    request = {"method": "PATCH", "path": f"/hubspot/crm/v3/objects/contacts/{IDS[0]}"}
    edited = request | {"json": {"properties": {"lastname": "Meanwhile"}}}
    nights.twin.trouble("GET .*/objects/contacts$", "edit", after=1, request=edited)
    nights.pull()
    edit(nights.twin)
    night = nights.pull()
    assert changed_only(night)
    assert contacts(night) == contacts(Nights(tmp_path / "fresh", nights.twin).pull())
    assert contacts(night)[0]["last_name"] == "Meanwhile"


def test_a_record_of_the_year_2999_moves_no_watermark(tmp_path: Path, hubspot_with: OpenTwin) -> None:
    world = people(IDS)
    world.accounts[4].updated_at = datetime(2999, 1, 1, tzinfo=UTC)
    nights = Nights(tmp_path, hubspot_with(world))
    first = nights.pull().raw("hubspot").manifest()
    assert first.watermark == max(each.updated_at for each in world.accounts if each.updated_at.year < 2999).isoformat()
    edit(nights.twin)
    night = nights.pull()
    assert changed_only(night)
    assert "new@example.com" in {row["email"] for row in contacts(night)}
    assert ids(night) == list(IDS)


def test_twelve_thousand_that_changed_at_one_moment_are_all_there_once_and_three_cost_next_to_nothing(
    tmp_path: Path, hubspot_with: OpenTwin
) -> None:
    nights = Nights(tmp_path, hubspot_with(people(MANY)))
    nights.pull()
    calls = len(nights.asked.paths)
    for id in MANY[:3]:
        ask(nights.twin, "PATCH", f"/contacts/{id}", properties={"lastname": "Q"})
    assert changed_only(nights.pull())
    assert len(nights.asked.paths) <= calls / 20

    nights.now_is(hubspot_with(people(MANY, updated_at=MOMENT, company="Imported")))
    night = nights.pull()
    assert changed_only(night)
    assert ids(night) == list(MANY)
    assert {(row["company"], row["updated_at"]) for row in contacts(night)} == {("Imported", MOMENT)}
    assert lanes(night.raw("hubspot"), "changes.1") > 1
    assert {search["after"] for search in nights.asked.searches} == {"0"}
    assert len(nights.asked.searches) < 1.5 * len(MANY) / 200


@pytest.mark.parametrize("after", [2, 9])
def test_a_pull_of_changes_that_ended_goes_on(after: int, tmp_path: Path, hubspot_with: OpenTwin) -> None:
    few = MANY[:3_000]
    nights = Nights(tmp_path, hubspot_with(people(few)))
    nights.pull()
    nights.now_is(hubspot_with(people(few, company="Imported", updated_at=MOMENT)))
    nights.twin.trouble(SEARCH, "401", after=after, times=100)
    snapshot = nights.begin()
    with pytest.raises(Unauthorized):
        nights.pull(snapshot)
    searches = len(nights.asked.searches)
    nights.twin.faults.arm([])
    nights.pull(snapshot)
    assert changed_only(snapshot)
    assert {row["company"] for row in contacts(snapshot)} == {"Imported"}
    assert ids(snapshot) == list(few)
    assert searches + len(nights.asked.searches) < 45


def test_where_a_key_may_not_search_everything_is_pulled_every_night(tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS), hubspot_search=False))
    nights.pull()
    archive_and_create(nights.twin)
    night = nights.pull()
    assert not changed_only(night)
    assert night.raw("hubspot").manifest().told == {}
    assert contacts(night) == contacts(Nights(tmp_path / "fresh", nights.twin).pull())


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"total": 2, "results": ["5", "3"]}, id="another-order"),
        pytest.param({"total": 2, "results": ["5", "5"]}, id="twice"),
        pytest.param({"total": 900, "results": []}, id="counted-and-not-given"),
        pytest.param({"total": "2", "results": ["3"]}, id="a-count-in-text"),
        pytest.param({"results": ["3"]}, id="no-count"),
    ],
)
def test_an_answer_of_search_that_cannot_be_right_ends_the_pull(found: dict[str, Any], hubspot: Twin) -> None:
    api = hubspot.ours().api
    (lane,) = api.changes(datetime(2026, 11, 1, tzinfo=UTC))
    _ = api.wanted
    body = found | {"results": [{"id": id} for id in found["results"]]}
    hubspot.faults.app = JSONResponse(body)
    with pytest.raises(UnexpectedAnswer, match="hubspot search"):
        list(api.walk(lane))
