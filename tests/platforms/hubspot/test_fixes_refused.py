"""What HubSpot refuses or leaves unclear changes nothing that we do not know of, and is told without an address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.responses import JSONResponse

from include.errors import Conflict, NotFound, Refusal, UnclearOutcome
from include.model import Action, Fix
from include.platforms.hubspot import fixes
from tests.platforms.hubspot.wanted import ANN_MERGED, MARKER, add_email, fix, merge, set_email
from tests.sandbox.people_world import ANN, BEN
from tests.sandbox.twin import OpenTwin, Twin


@pytest.mark.parametrize("form", ["plain", "rich", "profile", "exists", "no_id", "validation", "bad"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(set_email(ANN, "ann@example.com", "BEN@example.com"), id="somebodys-address"),
        pytest.param(set_email(ANN, "ann@example.com", "otas@example.net"), id="somebodys-additional-address"),
        pytest.param(add_email(ANN, [], "ben@example.com"), id="as-an-additional-one"),
    ],
)
def test_a_taken_address_names_who_holds_it(form: str, change: Fix, hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_conflict=form)
    with pytest.raises(Conflict) as conflict:
        fixes.write(hubspot.ours().api, change)
    assert conflict.value.holder == f"hubspot:contact:{BEN}"
    assert str(conflict.value).endswith(f"belongs to hubspot:contact:{BEN}")
    assert [effect for *_, effect in hubspot.changes()] == ["refused"]


@pytest.mark.parametrize("form", ["plain", "rich", "profile", "exists", "no_id", "validation", "bad"])
def test_a_holder_who_was_merged_is_named_as_it_is_today(form: str, hubspot_with: OpenTwin) -> None:
    api = hubspot_with(hubspot_conflict=form, hubspot_conflict_id="merged").ours().api
    fixes.write(api, ANN_MERGED)
    today = str(fixes.current(api, ANN_MERGED.target))
    assert today != str(ANN_MERGED.target)
    with pytest.raises(Conflict) as conflict:
        fixes.write(api, set_email(BEN, "ben@example.com", "ann.lee@example.com"))
    assert conflict.value.holder == today
    assert str(conflict.value).endswith(f"belongs to {today}")


@pytest.mark.parametrize("form", ["plain", "no_id", "validation"])
def test_its_own_additional_address_is_no_conflict_but_for_a_person_to_promote(
    form: str, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(hubspot_own_secondary="refused", hubspot_conflict=form)
    with pytest.raises(Refusal, match="by hand") as refusal:
        fixes.write(hubspot.ours().api, set_email(BEN, "ben@example.com", "ben@old.example"))
    assert type(refusal.value) is Refusal


@pytest.mark.parametrize(
    ("switches", "change", "says"),
    [
        pytest.param({}, merge(ANN, "ann@example.com", ANN, "ann@example.com"), "one contact", id="with-itself"),
        pytest.param({}, set_email(ANN, "ann@example.com", "no address"), "INVALID_EMAIL", id="no-address"),
        pytest.param({}, add_email(ANN, [], "ann@example.com"), "0 new addresses", id="an-address-it-has"),
        pytest.param({"hubspot_v1": False}, add_email(ANN, [], "a@new.example"), "by hand", id="no-way-to-add"),
        pytest.param({"hubspot_v1": 410}, add_email(ANN, [], "a@new.example"), "by hand", id="gone-in-so-many-words"),
        pytest.param(
            {"hubspot_v1": False, "hubspot_additional_emails_writable": "told"},
            add_email(ANN, [], "a@new.example"),
            "by hand",
            id="a-property-that-only-says-that-it-can-be-written",
        ),
        pytest.param({}, fix(ANN, Action.ATTACH, {}, {}), "attach", id="what-we-cannot-do"),
    ],
)
def test_what_hubspot_or_we_refuse_changes_nothing(
    switches: dict[str, Any], change: Fix, says: str, hubspot_with: OpenTwin
) -> None:
    hubspot = hubspot_with(**switches)
    with pytest.raises(Refusal, match=says) as refusal:
        fixes.write(hubspot.ours(version="2026-09").api, change)
    assert "@" not in str(refusal.value)
    assert "applied" not in [effect for *_, effect in hubspot.changes()]


@pytest.mark.parametrize("change", [set_email("7", None, "a@example.com"), merge(ANN, "a", "7", "b")], ids=str)
def test_a_contact_that_is_gone_is_not_found(change: Fix, hubspot: Twin) -> None:
    for act in (fixes.read, fixes.write, fixes.image):
        with pytest.raises(NotFound):
            act(hubspot.ours().api, change)
    assert hubspot.changes() == []


@pytest.mark.parametrize(
    ("fault", "happened"), [pytest.param("reset_after", 1, id="done"), pytest.param("502", 0, id="not-done")]
)
def test_a_write_without_an_answer_is_unclear_sent_once_and_tells_no_address(
    fault: str, happened: int, hubspot: Twin
) -> None:
    api = hubspot.ours().api
    change = add_email(ANN, [], "ann@new.example")
    hubspot.trouble("PUT", fault)
    with pytest.raises(UnclearOutcome) as unclear:
        fixes.write(api, change)
    assert len(hubspot.changes()) == happened
    assert fixes.read(api, change) == (change.after if happened else change.before)
    assert "/contacts/v1/secondary-email/101/email/{email}" in str(unclear.value)
    assert "new.example" not in str(unclear.value)


@pytest.mark.parametrize(
    "told",
    [{"category": "CONFLICT", "message": "Try later"}, {"message": f"Contact already exists. Existing ID: {BEN}"}],
)
@pytest.mark.parametrize(
    "change",
    [
        fix(ANN, Action.SET_NAME, {"first_name": "Ann", "last_name": "Lee"}, {"first_name": "A", "last_name": "Lee"}),
        fix(ANN, Action.ADD_NOTE, {"note": None}, {"note": MARKER, "text": "Asked for."}),
        ANN_MERGED,
    ],
    ids=lambda value: str(getattr(value, "action", "")),
)
def test_a_conflict_over_what_is_no_address_is_not_said_to_be_one(
    change: Fix, told: dict[str, Any], hubspot: Twin
) -> None:
    app, written = hubspot.faults.app, re.compile(r"/(contacts/\d+|contacts/merge|notes)$")

    async def conflicting(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "GET" and written.search(scope["path"]):
            await JSONResponse(told, 409)(scope, receive, send)
        else:
            await app(scope, receive, send)

    hubspot.faults.app = conflicting
    with pytest.raises(Refusal, match=f"refused {change.action} of hubspot:contact:{ANN}: .*approve") as refusal:
        fixes.write(hubspot.ours().api, change)
    assert type(refusal.value) is Refusal
    assert "address" not in str(refusal.value)


def test_a_conflict_of_another_kind_leads_to_no_holder_that_is_not_there(hubspot: Twin) -> None:
    app = hubspot.faults.app

    async def conflicting(scope: Any, receive: Any, send: Any) -> None:
        refusing = JSONResponse({"category": "CONFLICT", "message": "Try later"}, 409)
        await (refusing if scope["method"] == "PATCH" else app)(scope, receive, send)

    hubspot.faults.app = conflicting
    with pytest.raises(Conflict, match="stands against this change") as conflict:
        fixes.write(hubspot.ours().api, set_email(ANN, "ann@example.com", "ann@new.example"))
    assert conflict.value.holder is None
