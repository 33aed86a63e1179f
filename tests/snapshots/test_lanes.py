"""What a platform said is kept as it came, counts only when its lane ended well, and is noticed when it was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.errors import SnapshotMissing
from include.platforms import Page
from include.store.lanes import LaneStore
from include.store.raw import PhaseStore

HOSTILE: list[Any] = [
    pytest.param("a\x00b\x1f\x7f", id="nul-and-control-characters"),
    pytest.param("\ud83d and \udc00", id="lone-surrogates"),
    pytest.param("a" * 1_000_000, id="a-megabyte"),
    pytest.param("\U0001f469\u200d\U0001f4bb \u202eeel\u202c \u05d0\u05d1 e\u0301", id="emoji-right-to-left-combining"),
    pytest.param('"}],\n{"id": 7}\r\u2028\\', id="json-within-json"),
    pytest.param({"": None, "../../id": [[]], "\ud800": True}, id="odd-keys"),
    pytest.param(None, id="null"),
]


def lane(store: Any, name: str = "everything") -> LaneStore:
    """One lane of HubSpot's full pull, as a new worker finds it."""
    return store.get("2026-11-23.1").raw("hubspot").phase("full").lane(name)


@pytest.fixture
def begun(store) -> Any:
    store.begin("2026-11-23")
    return store


def write(kept: LaneStore, *pages: tuple[Any, str | None], stream: str = "contacts", asked: str | None = None) -> None:
    for body, after in pages:
        kept.write(stream, json.dumps(body).encode(), asked, after)
        asked = after


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_values_come_back_as_they_came(attempt, body):
    kept = attempt.raw("hubspot").phase("full").lane("everything")
    kept.write("contacts", Page("contacts", [body]).content(), None, None)
    kept.finish()
    assert list(kept.bodies("contacts")) == [[body]]


def test_bytes_are_kept_as_they_came_over_the_wire(attempt):
    said = b'{ "results" :\n [ ] ,"\xc3\xa9t\xc3\xa9":1e2, "id": 1000000000000000000000000000001}'
    kept = attempt.raw("hubspot").phase("full").lane("everything")
    kept.write("contacts", Page("contacts", {}, raw=said).content(), None, None)
    kept.finish()
    (file,) = Path(str(kept.folder)).glob("*.page")
    assert file.read_bytes().endswith(b"\n" + said)


def test_the_pages_of_each_stream_come_back_in_the_order_they_came(begun):
    kept = lane(begun)
    for number in range(12):
        write(kept, (number, None), stream="clients")
        write(kept, (-number, None), stream="orders")
    kept.finish()
    again = lane(begun)
    assert list(again.bodies("clients")) == list(range(12))
    assert list(again.bodies("orders")) == [-number for number in range(12)]
    assert list(again.bodies("servers")) == []


def test_a_lane_that_did_not_end_does_not_count(begun):
    write(lane(begun), ("first", "2"))
    assert not lane(begun).complete()
    with pytest.raises(SnapshotMissing):
        list(lane(begun).bodies("contacts"))


def test_a_killed_lane_goes_on_after_its_last_page(begun):
    write(lane(begun), ("first", "2"), ("second", "3"))
    heir = lane(begun)
    assert heir.go_on() == "3"
    write(heir, ("third", None), asked="3")
    heir.finish()
    assert list(lane(begun).bodies("contacts")) == ["first", "second", "third"]


@pytest.mark.parametrize("cut", [0, 1, 40, 60], ids=["emptied", "one-byte", "in-the-header", "in-the-page"])
def test_a_page_that_was_cut_short_by_a_crash_is_asked_for_again(attempt, cut):
    kept = attempt.raw("hubspot").phase("full").lane("everything")
    write(kept, ("first", "2"), ("second" * 9, "3"), ("third", "4"))
    (second,) = Path(str(kept.folder)).glob("00002.*.page")
    second.write_bytes(second.read_bytes()[:cut])
    assert attempt.raw("hubspot").phase("full").lane("everything").go_on() == "2"


def test_a_lane_from_whose_pages_nobody_can_go_on_begins_anew(begun):
    write(lane(begun), ("old", None))
    heir = lane(begun)
    assert heir.go_on() is None
    assert heir.pages() == 0
    write(heir, ("new", None))
    heir.finish()
    assert list(lane(begun).bodies("contacts")) == ["new"]


def test_two_workers_of_one_lane_do_not_spoil_each_others_pages(begun):
    slow, quick = lane(begun), lane(begun)
    write(slow, ("first of the slow", "2"))
    write(quick, ("first", "2"), ("second", None))
    quick.finish()
    write(slow, ("second of the slow", None), asked="2")
    assert list(lane(begun).bodies("contacts")) == ["first", "second"]


def test_a_lane_whose_cursor_died_keeps_nothing_of_it(begun):
    kept = lane(begun)
    write(kept, ("first", "2"))
    kept.forget()
    assert lane(begun).go_on() is None
    write(kept, ("first again", None))
    kept.finish()
    assert list(lane(begun).bodies("contacts")) == ["first again"]


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "a-letter-is-another": lambda page: page.write_bytes(page.read_bytes().replace(b"Ann", b"Amm")),
    "a-flipped-byte": lambda page: page.write_bytes(bytes([page.read_bytes()[0] ^ 0x80]) + page.read_bytes()[1:]),
    "cut-short": lambda page: page.write_bytes(page.read_bytes()[:-1]),
    "emptied": lambda page: page.write_bytes(b""),
    "gone": lambda page: page.unlink(),
    "the-page-before-it": lambda page: page.write_bytes(next(page.parent.glob("00001.*")).read_bytes()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_page_that_was_changed_since_is_noticed_and_what_it_holds_is_not_told(attempt, damage):
    phase = attempt.raw("hubspot").phase("full")
    kept = phase.lane("everything")
    write(kept, ({"name": "Bob"}, "2"), ({"name": "Ann"}, "3"), ({"name": "Eve"}, None))
    kept.finish()
    damage(next(Path(str(kept.folder)).glob("00002.*")))
    phase.finish(["everything"])
    with pytest.raises(SnapshotMissing, match=r"^hubspot full everything: ") as noticed:
        list(phase.bodies()["contacts"])
    assert not any(name in str(noticed.value) for name in ("Ann", "Amm", "Bob"))


def test_a_phase_remembers_its_lanes_and_what_was_cut_off_them(attempt):
    phase = attempt.raw("hubspot").phase("full")
    assert phase.planned() is None
    phase.plan([{"name": "contacts", "bounds": {}}])
    for number in (2, 10, 1):
        phase.cut(f"contacts.{number}", {"number": number, "kept": {}, "lane": {}})
    again: PhaseStore = attempt.raw("hubspot").phase("full")
    assert again.planned() == [{"name": "contacts", "bounds": {}}]
    assert [cut["number"] for cut in again.cuts()] == [1, 2, 10]
    assert not again.complete()
