"""What a platform said is kept as it came, counts only when the pull ended well, and is noticed when it was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.errors import SnapshotMissing
from include.store.raw import RawStore

HOSTILE: list[Any] = [
    pytest.param("a\x00b\x1f\x7f", id="nul-and-control-characters"),
    pytest.param("\ud83d and \udc00", id="lone-surrogates"),
    pytest.param("a" * 1_000_000, id="a-megabyte"),
    pytest.param("\U0001f469\u200d\U0001f4bb \u202eeel\u202c \u05d0\u05d1 e\u0301", id="emoji-right-to-left-combining"),
    pytest.param('"}],\n{"id": 7}\r\u2028\\', id="json-within-json"),
    pytest.param(10**30, id="a-huge-number"),
    pytest.param({"": None, "../../id": [[]], "\ud800": True}, id="odd-keys"),
    pytest.param(None, id="null"),
]


def pulled(raw: RawStore, *bodies: Any, stream: str = "contacts", watermark: str | None = None) -> RawStore:
    """One stream with these pages, each of one record."""
    raw.start()
    for number, body in enumerate(bodies):
        raw.write(stream, body, 1, [str(number)])
    raw.finish(watermark)
    return raw


def kept(raw: RawStore) -> dict[str, list[Any]]:
    return {stream: list(pages) for stream, pages in raw.bodies().items()}


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_values_come_back_as_they_came(attempt, body):
    pulled(attempt.raw("hubspot"), [body])
    assert kept(attempt.raw("hubspot")) == {"contacts": [[body]]}


def test_pages_come_back_in_the_order_they_came_for_every_stream(store):
    raw = store.begin("2026-11-23").raw("whmcs")
    raw.start()
    for number in range(12):
        raw.write("clients", number, 1, [str(number)])
        raw.write("orders", -number, 1, [str(number)])
    assert {stream: list(pages) for stream, pages in raw.written().items()} == {
        "clients": list(range(12)),
        "orders": [-number for number in range(12)],
    }
    assert raw.finish("2026-11-23T01:00:00+00:00") == 24
    assert kept(store.get("2026-11-23.1").raw("whmcs"))["orders"] == [-number for number in range(12)]


def test_the_manifest_says_what_the_pull_brought(store):
    raw = store.begin("2026-11-23").raw("whmcs")
    raw.start()
    raw.write("clients", [1, 2], 2, ["1", "2"])
    raw.write("clients", [2], 1, ["2"])
    raw.write("orders", [], 0, [])
    raw.finish("2026-11-23T01:00:00+00:00")
    told = store.get("2026-11-23.1").raw("whmcs").manifest()
    assert (told.rows, told.distinct, told.pages) == (
        {"clients": 3, "orders": 0},
        {"clients": 2, "orders": 0},
        {"clients": 2, "orders": 1},
    )
    assert (told.watermark, told.attempt, set(told.sha256)) == ("2026-11-23T01:00:00+00:00", 1, {"clients", "orders"})


def test_a_pull_that_did_not_end_does_not_count(store):
    raw = store.begin("2026-11-23").raw("hubspot")
    raw.start()
    raw.write("contacts", [1], 1, ["1"])
    again = store.get("2026-11-23.1").raw("hubspot")
    assert not again.complete()
    for ask in (again.manifest, again.bodies):
        with pytest.raises(SnapshotMissing, match=r"^hubspot was not pulled completely"):
            ask()


def test_the_pages_of_a_killed_pull_are_not_mixed_with_those_of_the_next(store):
    snapshot = store.begin("2026-11-23")
    killed = snapshot.raw("hubspot")
    killed.start()
    for number in range(3):
        killed.write("contacts", f"old {number}", 1, [str(number)])
        killed.write("orders", "old", 1, [str(number)])
    pulled(snapshot.raw("hubspot"), "new")
    assert kept(snapshot.raw("hubspot")) == {"contacts": ["new"]}
    files = [path.name for path in snapshot.raw("hubspot").folder.rglob("*") if path.is_file()]
    assert sorted(files) == ["00001.json", "manifest.json"]


def test_two_attempts_of_a_night_keep_what_each_heard(store):
    first, second = store.begin("2026-11-23"), store.begin("2026-11-23")
    pulled(first.raw("hubspot"), "first")
    assert not second.raw("hubspot").complete()
    pulled(second.raw("hubspot"), "second")
    assert [kept(each.raw("hubspot"))["contacts"] for each in (first, second)] == [["first"], ["second"]]
    assert [each.raw("hubspot").manifest().attempt for each in (first, second)] == [1, 2]


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "a-letter-is-another": lambda page: page.write_text(page.read_text().replace("Ann", "Amm")),
    "a-flipped-byte": lambda page: page.write_bytes(bytes([page.read_bytes()[0] ^ 0x80]) + page.read_bytes()[1:]),
    "cut-short": lambda page: page.write_bytes(page.read_bytes()[:-1]),
    "emptied": lambda page: page.write_bytes(b""),
    "gone": lambda page: page.unlink(),
    "the-page-before-it": lambda page: page.write_bytes(page.with_name("00001.json").read_bytes()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_page_that_was_changed_since_is_noticed_and_what_it_holds_is_not_told(attempt, damage):
    raw = pulled(attempt.raw("hubspot"), {"name": "Bob"}, {"name": "Ann"}, {"name": "Eve"})
    damage(Path(str(raw.folder)) / "contacts" / "00002.json")
    with pytest.raises(SnapshotMissing, match=r"^hubspot contacts: ") as noticed:
        kept(attempt.raw("hubspot"))
    assert not any(name in str(noticed.value) for name in ("Ann", "Amm", "Bob"))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", json.dumps({"rows": {}, "pages": {}}), json.dumps({"rows": {}, "unknown": 1})],
    ids=["empty", "cut-short", "a-list", "fields-missing", "of-another-version"],
)
def test_a_damaged_manifest_makes_the_pull_incomplete(attempt, text):
    raw = pulled(attempt.raw("hubspot"), [1])
    (raw.folder / "manifest.json").write_text(text)
    with pytest.raises(SnapshotMissing, match="manifest is damaged"):
        raw.bodies()
