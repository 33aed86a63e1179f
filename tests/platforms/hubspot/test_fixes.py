"""Each change reads as its `before`, is made by one request, reads as its `after`, and moves nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from include.model import Action, Fix, Ref
from include.platforms.hubspot import fixes
from tests.platforms.hubspot.wanted import ANN_MERGED, MARKER, add_email, fix, merge, set_email
from tests.sandbox.people_world import ANN, ANN_AGAIN, ANN_THIRD, BEN, INFO
from tests.sandbox.twin import OpenTwin, Twin

NOTE = fix(ANN, Action.ADD_NOTE, {"note": None}, {"note": MARKER, "text": "Asked for\n<the new> address & got it."})

CHANGES = [
    pytest.param(
        set_email(ANN, "ann@example.com", "ann@new.example"),
        {"email": ["ann@example.com", "ann@new.example"]},
        id="set-email",
    ),
    pytest.param(
        set_email(BEN, "ben@example.com", "ben@old.example"),
        {
            "email": ["ben@example.com", "ben@old.example"],
            "hs_additional_emails": ["ben@old.example;otas@example.net", "otas@example.net;ben@example.com"],
        },
        id="back-to-an-additional-address",
    ),
    pytest.param(
        add_email(BEN, ["ben@old.example", "otas@example.net"], "ben+shop/50%@example.org"),
        {
            "hs_additional_emails": [
                "ben@old.example;otas@example.net",
                "ben@old.example;otas@example.net;ben+shop/50%@example.org",
            ]
        },
        id="add-email",
    ),
    pytest.param(
        fix(
            ANN,
            Action.SET_NAME,
            {"first_name": "Ann", "last_name": "Lee"},
            {"first_name": "Anna", "last_name": None},
        ),
        {"firstname": ["Ann", "Anna"], "lastname": ["Lee", None]},
        id="set-name",
    ),
    pytest.param(
        ANN_MERGED,
        {
            "id": [ANN, "506"],
            "duplicate": [f"hubspot:contact:{ANN_AGAIN}", None],
            "hs_additional_emails": [None, "ann.lee@example.com"],
            "createdate": ["2026-03-01T12:00:00.000Z", "2025-01-01T00:00:00.000Z"],
            "hs_merged_object_ids": [None, f"{ANN};{ANN_AGAIN}"],
        },
        id="merge",
    ),
    pytest.param(
        NOTE,
        {"note": [None, f"Asked for<br>&lt;the new&gt; address &amp; got it.<br>[{MARKER}]"]},
        id="note",
    ),
]


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
@pytest.mark.parametrize(("change", "moved"), CHANGES)
def test_a_change_is_read_made_once_and_read_back(version: str, change: Fix, moved: dict, hubspot: Twin) -> None:
    api = hubspot.ours(version=version).api
    assert fixes.read(api, change) == change.before
    before = fixes.image(api, change)
    fixes.write(api, change)
    after = fixes.image(api, change)
    assert fixes.read(api, change) == {name: change.after[name] for name in change.before}
    allowed = fixes.CAN[change.action]
    assert allowed == {"*"} or {name for name in before if before[name] != after[name]} <= allowed
    assert hubspot.changes() == [(str(change.target), hubspot.desk.writes[0]["action"], moved, "applied")]


def test_every_action_we_can_do_is_shown_here() -> None:
    assert {case.values[0].action for case in CHANGES} == set(fixes.CAN)


@pytest.mark.parametrize("version", ["v3", "2026-09"])
@pytest.mark.parametrize(
    ("switches", "change", "held"),
    [
        pytest.param(
            {"hubspot_old_email_stays": True},
            set_email(ANN, "ann@example.com", "ann@new.example"),
            "ann@example.com",
            id="the-old-address-stays-on",
        ),
        pytest.param(
            {"hubspot_own_secondary": "drop"},
            set_email(BEN, "ben@example.com", "ben@old.example"),
            "otas@example.net",
            id="an-additional-address-is-promoted-and-the-old-one-dropped",
        ),
        pytest.param(
            {"hubspot_v1": False, "hubspot_additional_emails_writable": True},
            add_email(ANN, [], "ann@new.example"),
            "ann@new.example",
            id="additional-addresses-only-by-the-property",
        ),
        pytest.param(
            {"hubspot_additional_emails_writable": True},
            add_email(BEN, ["ben@old.example", "otas@example.net"], "ben@new.example"),
            "ben@old.example;otas@example.net;ben@new.example",
            id="additional-addresses-by-either-way",
        ),
        pytest.param(
            {"hubspot_additional_emails_writable": "told"},
            add_email(ANN, [], "ann@new.example"),
            "ann@new.example",
            id="additional-addresses-only-by-the-v1-route-though-the-property-says-otherwise",
        ),
        pytest.param(
            {"hubspot_email_case": "kept"},
            set_email(ANN, "ann@example.com", "Ann@New.example"),
            None,
            id="case-is-kept",
        ),
        pytest.param(
            {"hubspot_merge_fills_blanks": True},
            merge(ANN_THIRD, "a.lee@example.org", ANN, "ann@example.com"),
            "ann@example.com",
            id="a-merge-fills-blanks",
        ),
    ],
)
def test_what_is_not_documented_may_be_either(
    switches: dict[str, Any], change: Fix, held: str | None, version: str, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(**switches)
    api = hubspot.ours(version=version).api
    assert fixes.read(api, change) == change.before
    before = fixes.image(api, change)
    fixes.write(api, change)
    after, told = fixes.image(api, change), fixes.read(api, change)
    assert all(fixes.same(change.action, name, told[name], change.after[name]) for name in change.before)
    assert [effect for *_, effect in hubspot.changes()].count("applied") == 1
    if change.action is not Action.MERGE:
        assert {name for name in before if before[name] != after[name]} <= fixes.CAN[change.action]
        assert after["hs_additional_emails"] == held


@pytest.mark.parametrize("forwards", [True, False], ids=["old-ids-can-be-written", "old-ids-can-only-be-read"])
def test_what_follows_a_merge_goes_to_the_third_record(forwards: bool, hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_merged_id_writable=forwards)
    api = hubspot.ours().api
    again = merge(ANN, "ann@example.com", ANN_THIRD, "a.lee@example.org")
    fixes.write(api, ANN_MERGED)
    for change in (again, set_email(ANN_AGAIN, "ann@example.com", "ann.lee@example.com"), NOTE):
        assert fixes.read(api, change) == change.before
        fixes.write(api, change)
        assert fixes.read(api, change) == {name: change.after[name] for name in change.before}
    new = fixes.current(api, Ref("hubspot", "contact", ANN))
    assert new.id not in {ANN, ANN_AGAIN, ANN_THIRD}
    assert {str(fixes.current(api, Ref("hubspot", "contact", id))) for id in (ANN_AGAIN, ANN_THIRD)} == {str(new)}
    listed = [record["id"] for page in api.pages() for record in page.body["results"]]
    assert listed == [BEN, INFO, new.id]


def test_a_merge_keeps_the_whole_of_both_as_they_were(hubspot: Twin) -> None:
    kept = fixes.image(hubspot.ours().api, ANN_MERGED)
    assert set(kept) == {f"hubspot:contact:{ANN}", f"hubspot:contact:{ANN_AGAIN}"}
    assert kept[f"hubspot:contact:{ANN_AGAIN}"]["createdate"] == "2025-01-01T00:00:00.000Z"
    assert kept[f"hubspot:contact:{ANN}"]["hs_email_domain"] == "example.com"


@pytest.mark.parametrize(
    ("action", "field", "a", "b", "equal"),
    [
        pytest.param(Action.SET_EMAIL, "email", "Bo@Example.com", "bo@example.com", True, id="case-says-nothing"),
        pytest.param(Action.SET_EMAIL, "email", "bo@example.com", None, False, id="none-is-no-address"),
        pytest.param(Action.ADD_EMAIL, "other_emails", ["a@x.de", "B@x.de"], ["b@x.de", "a@x.de"], True, id="order"),
        pytest.param(Action.ADD_EMAIL, "other_emails", ["a@x.org"], [], False, id="one-is-missing"),
        pytest.param(Action.SET_NAME, "first_name", None, "", True, id="a-blank-name-is-none"),
        pytest.param(Action.MERGE, "duplicate", None, "hubspot:contact:1", False, id="merged-or-not"),
    ],
)
def test_what_counts_as_the_same(action: Action, field: str, a: Any, b: Any, equal: bool) -> None:
    assert fixes.same(action, field, a, b) is equal
    assert fixes.same(action, field, b, a) is equal
