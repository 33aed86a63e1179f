"""A pull counts only with its manifest, and says what it brought."""

from __future__ import annotations

import json

import pytest

from include.errors import SnapshotMissing
from include.platforms import Page
from include.registry import load
from include.store.raw import RawPlan
from tests.pulls import CLOCK, Answers


def hubspot(*ids: str) -> Page:
    properties = dict.fromkeys(load("platforms", "hubspot", "rows").PROPERTIES)
    return Page("contacts", {"results": [{"id": id, "properties": properties} for id in ids]})


@pytest.fixture
def pull(sandbox):
    from tests.pulls import pulled

    platform = sandbox.open("hubspot")
    return lambda snapshot, *pages: pulled(platform, snapshot, *pages)


def test_the_manifest_says_what_the_pull_brought(store, pull):
    snapshot = store.begin("2026-11-23")
    pull(snapshot, hubspot("1", "2"), hubspot("2"), hubspot())
    told = store.get("2026-11-23.1").raw("hubspot").manifest()
    assert (told.rows, told.distinct, told.pages) == ({"contacts": 3}, {"contacts": 2}, {"contacts": 3})
    assert (told.held, told.told, told.contacts, told.attempt) == ({"contacts": 2}, {}, 3, 1)
    assert told.planned == RawPlan(Answers([]).account(), CLOCK.isoformat(), "2026-11-23")
    assert snapshot.accounts() == {"hubspot": "the-account"}
    known = store.get("2026-11-23.1").raw("hubspot").known().to_pylist()
    assert sorted(row["id"] for row in known) == ["1", "2"]


def test_a_pull_that_did_not_end_does_not_count(store):
    raw = store.begin("2026-11-23").raw("hubspot")
    raw.begin(RawPlan(None, CLOCK.isoformat(), "2026-11-23"))
    raw.phase("full").lane("everything").write("contacts", b"[]", None, None)
    again = store.get("2026-11-23.1").raw("hubspot")
    assert not again.complete()
    for ask in (again.manifest, again.bodies, again.known):
        with pytest.raises(SnapshotMissing, match=r"^hubspot"):
            ask()


def test_two_attempts_of_a_night_keep_what_each_heard(store, pull):
    first, second = store.begin("2026-11-23"), store.begin("2026-11-23")
    pull(first, hubspot("1"))
    assert not second.raw("hubspot").complete()
    pull(second, hubspot("2"))
    kept = [list(each.raw("hubspot").bodies()["contacts"]) for each in (first, second)]
    assert [[record["id"] for body in bodies for record in body["results"]] for bodies in kept] == [["1"], ["2"]]
    assert [each.raw("hubspot").manifest().attempt for each in (first, second)] == [1, 2]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", json.dumps({"rows": {}, "pages": {}}), json.dumps({"rows": {}, "unknown": 1})],
    ids=["empty", "cut-short", "a-list", "fields-missing", "of-another-version"],
)
def test_a_damaged_manifest_makes_the_pull_incomplete(attempt, pull, text):
    pull(attempt, hubspot("1"))
    (attempt.raw("hubspot").folder / "manifest.json").write_text(text)
    with pytest.raises(SnapshotMissing, match="manifest is damaged"):
        attempt.raw("hubspot").bodies()
