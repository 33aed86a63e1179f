"""Every contact of HubSpot is pulled by the list: side by side where its cursors are ids, and otherwise whole too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from include.errors import Unauthorized, UnexpectedAnswer
from include.platforms.hubspot.api import PAGE
from include.platforms.hubspot.spans import Span
from tests.platforms.hubspot.nights import Nights, contacts, ids, lanes, people
from tests.sandbox.twin import OpenTwin

LIST = "GET .*/objects/contacts$"
IDS = [*range(51, 30_051, 50), *range(10**11, 10**11 + 900 * 7, 7)]  # an old portal's, and after that new ones


@pytest.mark.parametrize(
    ("switches", "cut"),
    [
        pytest.param({"hubspot_cursor": "last"}, True, id="the-last-id"),
        pytest.param({"hubspot_cursor": "next"}, True, id="the-next-id"),
        pytest.param({"hubspot_cursor": "opaque"}, False, id="cursors-that-tell-nothing"),
        pytest.param({"hubspot_cursor": "own"}, False, id="no-cursor-but-its-own"),
        pytest.param({"hubspot_list_by_id": False}, False, id="another-order"),
        pytest.param({"hubspot_list_by_id": False, "hubspot_cursor": "next"}, False, id="another-order-by-the-next"),
    ],
)
def test_a_full_pull_is_whole_and_has_nothing_twice_whatever_a_cursor_is(
    switches: dict[str, Any], cut: bool, tmp_path: Path, hubspot_with: OpenTwin
) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS), **switches))
    snapshot = nights.pull()
    raw = snapshot.raw("hubspot")
    assert (lanes(raw) > 3) == cut
    assert raw.manifest().rows == raw.manifest().distinct == raw.manifest().told == {"contacts": len(IDS)}
    assert ids(snapshot) == IDS
    assert lanes(raw) == 1 or len(nights.asked.lists) < 3 * len(IDS) / PAGE


def test_side_by_side_brings_what_one_cursor_brings(tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    alone = nights.pull(one_cursor=True)
    assert lanes(alone.raw("hubspot")) == 1
    assert len(nights.asked.lists) == len(IDS) / PAGE
    side_by_side = Nights(tmp_path / "again", nights.twin).pull()
    assert lanes(side_by_side.raw("hubspot")) > 3
    assert contacts(side_by_side) == contacts(alone)


def test_one_look_shows_whether_the_list_can_be_cut(tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS), hubspot_cursor="own"))
    nights.pull()
    assert len(nights.asked.lists) == len(IDS) / PAGE + 1


def test_search_is_not_asked_before_the_list_is_through(tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    nights.pull()
    kinds = [path.rpartition("/")[2] for path in nights.asked.paths]
    assert "contacts" not in kinds[kinds.index("search") :]


def test_a_list_that_turns_out_to_be_in_another_order_ends_the_pull_and_says_how_it_is_whole(
    tmp_path: Path, hubspot_with: OpenTwin
) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))

    def mix() -> None:
        nights.twin.desk.switches["hubspot_list_by_id"] = len(nights.asked.lists) < 6

    nights.asked.then = mix
    with pytest.raises(UnexpectedAnswer, match="one_cursor"):
        nights.pull()
    nights.asked.then = lambda: None
    assert ids(nights.pull(one_cursor=True)) == IDS


@pytest.mark.parametrize("after", [3, 11, 20])
def test_a_pull_that_ended_goes_on_after_its_last_pages(after: int, tmp_path: Path, hubspot_with: OpenTwin) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    snapshot = nights.begin()
    nights.twin.trouble(LIST, "401", after=after, times=1000)
    with pytest.raises(Unauthorized):
        nights.pull(snapshot)
    pages = snapshot.raw("hubspot").phase("full").folder.glob("*/*.page")
    headers = [json.loads(page.read_bytes().partition(b"\n")[0]) for page in pages]
    kept = {header["asked"] for header in headers if header["after"]}
    assert kept
    nights.twin.faults.arm([])
    nights.pull(snapshot)
    assert not kept & set(nights.asked.lists)
    assert ids(snapshot) == IDS
    assert snapshot.raw("hubspot").manifest().rows == {"contacts": len(IDS)}


@pytest.mark.parametrize("status", [400, 404, 410])
@pytest.mark.parametrize("after", [4, 9])
def test_a_span_whose_cursor_died_begins_anew_without_what_was_cut_off_it(
    after: int, status: int, tmp_path: Path, hubspot_with: OpenTwin
) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    nights.twin.trouble(LIST, "expired_cursor", status=status, after=after, times=1)
    snapshot = nights.begin()
    nights.pull(snapshot)
    told = snapshot.raw("hubspot").manifest()
    assert told.rows == told.distinct == {"contacts": len(IDS)}
    assert ids(snapshot) == IDS


@pytest.mark.parametrize("options", [{}, {"one_cursor": True}], ids=["side-by-side", "one-cursor"])
@pytest.mark.parametrize(
    ("survivor", "duplicate"),
    [
        pytest.param(IDS[0], IDS[-1], id="the-first-keeps-the-last"),
        pytest.param(IDS[-1], IDS[0], id="the-last-keeps-the-first"),
        pytest.param(IDS[1], IDS[0], id="both-were-given"),
        pytest.param(IDS[-1], IDS[-2], id="neither-was-given"),
    ],
)
def test_contacts_merged_between_two_pages_are_there_once_under_the_new_id(
    survivor: int, duplicate: int, options: dict[str, Any], tmp_path: Path, hubspot_with: OpenTwin
) -> None:
    nights = Nights(tmp_path, hubspot_with(people(IDS)))
    merged = {"primaryObjectId": str(survivor), "objectIdToMerge": str(duplicate)}
    request = {"method": "POST", "path": "/hubspot/crm/v3/objects/contacts/merge", "json": merged}
    nights.twin.trouble(LIST, "edit", after=4, request=request)
    snapshot = nights.pull(**options)
    kept = sorted(set(IDS) - {survivor, duplicate})
    assert ids(snapshot) == [*kept, max(IDS) + 3]
    told = snapshot.raw("hubspot").manifest()
    assert told.held == told.told == {"contacts": len(IDS) - 1}


@pytest.mark.parametrize(
    ("span", "page", "start", "cut"),
    [
        pytest.param(Span(), [1, 100], 101, 202, id="an-open-end-at-twice-the-id"),
        pytest.param(Span(500), [900, 1000], 5000, 10_000, id="an-open-end-after-a-gap"),
        pytest.param(Span(0, 2000), [1, 100], 100, 1050, id="the-middle"),
        pytest.param(Span(0, 1101), [1, 100], 100, 600, id="a-little-over-ten-pages"),
        pytest.param(Span(0, 1100), [1, 100], 100, None, id="ten-pages"),
        pytest.param(Span(0, 100), [50], 60, 80, id="one-record"),
        pytest.param(Span(0, 70), [50], 60, None, id="one-record-and-ten-ids"),
    ],
)
def test_a_span_is_cut_where_what_is_left_is_worth_it(span: Span, page: list[int], start: int, cut: int | None) -> None:
    halves = span.halves(page, start)
    assert halves == (None if cut is None else (Span(span.first, cut), Span(cut + 1, span.last)))
