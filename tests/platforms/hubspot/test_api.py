"""What we ask HubSpot, and what its refusals mean."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    RateLimited,
    Refusal,
    RollcallError,
    SettingsWrong,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
)
from include.platforms.hubspot import rows
from include.platforms.hubspot.api import PAGE, judge
from include.sandbox.world import World
from include.transport import Answer
from tests.sandbox.people_world import ANN, account
from tests.sandbox.twin import OpenTwin, Twin

SOMEBODY = "bo@example.com"
NOT_VALID = (
    'Property values were not valid: [{"isValid":false,"message":"bo@example.com is bad","error":"INVALID_EMAIL",'
    '"name":"email","localizedErrorMessage":"bo@example.com is bad","portalId":891936587}]'
)


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_a_pull_asks_for_every_contact_once(version: str, hubspot_with: OpenTwin) -> None:
    people = [account("hubspot", str(id), f"p{id}@example.com", "P", None) for id in range(1, 2 * PAGE + 2)]
    hubspot = hubspot_with(World(1, [], people, [], []))
    pages = list(hubspot.ours(version=version).api.pages())
    assert [rows.count(page) for page in pages] == [PAGE, PAGE, 1]
    assert [id for page in pages for id in rows.ids(page)] == [person.id for person in people]
    contacts = list(rows.contacts({"contacts": [page.body for page in pages]}))
    assert [contact.email for contact in contacts] == [person.email for person in people]
    assert hubspot.changes() == []


def test_only_properties_the_account_has_are_asked_for(hubspot: Twin) -> None:
    assert set(hubspot.ours().api.wanted) == {*rows.PROPERTIES, *rows.LINKS}


def test_a_links_property_is_read_as_a_reference(hubspot: Twin) -> None:
    bodies = [page.body for page in hubspot.ours().api.pages()]
    ann = next(contact for contact in rows.contacts({"contacts": bodies}) if contact.id == ANN)
    assert ann.links == ("shopify:customer:7000000000121",)


@pytest.mark.parametrize(
    ("match", "fault", "kind"),
    [
        pytest.param("GET .*/properties", "empty", UnexpectedAnswer, id="no-properties"),
        pytest.param("GET .*/contacts", "expired_cursor", Refusal, id="a-dead-cursor"),
        pytest.param("GET .*/objects", "html", Unreachable, id="a-login-page"),
        pytest.param("GET .*/objects", "truncate", Unreachable, id="a-cut-page"),
    ],
)
def test_a_pull_that_is_not_whole_fails(match: str, fault: str, kind: type[RollcallError], hubspot: Twin) -> None:
    hubspot.trouble(match, fault, times=9)
    with pytest.raises(kind):
        list(hubspot.ours().api.pages())


def test_a_429_of_the_rolling_window_waits_for_that_window(hubspot: Twin) -> None:
    hubspot.trouble("GET .*/objects", "429")
    assert sum(rows.count(page) for page in hubspot.ours().api.pages()) == 5
    assert hubspot.waited == [pytest.approx(10, abs=0.1)]


def test_a_page_that_leads_to_itself_ends_the_pull(hubspot_with: OpenTwin) -> None:
    people = [account("hubspot", str(id), f"p{id}@example.com", "P", None) for id in range(1, 3 * PAGE)]
    hubspot = hubspot_with(World(1, [], people, [], []))
    hubspot.trouble("GET .*/objects", "duplicate_page", after=1, times=9)
    with pytest.raises(UnexpectedAnswer, match="already given"):
        list(hubspot.ours().api.pages())


def test_a_wrong_token_is_not_accepted(hubspot: Twin) -> None:
    with pytest.raises(Unauthorized):
        list(hubspot.ours(secret="another").api.pages())


def test_a_missing_scope_is_named(hubspot_with: OpenTwin) -> None:
    hubspot = hubspot_with(hubspot_scopes=["crm.objects.contacts.read"])
    with pytest.raises(NotPermitted, match=r"crm\.objects\.contacts\.write"):
        hubspot.ours().api.update_contact(ANN, firstname="Anna")


@pytest.mark.parametrize("version", ["", "v1", "2026-04", "../admin"])
def test_a_version_that_is_none_is_a_wrong_setting(version: str, hubspot: Twin) -> None:
    with pytest.raises(SettingsWrong, match="version"):
        hubspot.ours(version=version)


@pytest.mark.parametrize("email", ["ben@example.com", "BEN@old.example"], ids=["first", "additional"])
def test_a_holder_is_found_by_any_of_its_addresses(email: str, hubspot: Twin) -> None:
    assert hubspot.ours().api.holder(email) == "402"


def test_nobody_holds_an_unknown_address(hubspot: Twin) -> None:
    assert hubspot.ours().api.holder("nobody@example.com") is None


def test_all_notes_of_a_contact_are_read(hubspot: Twin) -> None:
    api = hubspot.ours().api
    for number in range(PAGE + 3):
        api.create_note(ANN, f"note {number}")
    assert api.notes(ANN) == [f"note {number}" for number in range(PAGE + 3)]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        pytest.param(401, {"category": "INVALID_AUTHENTICATION"}, Unauthorized, "token", id="no-token"),
        pytest.param(401, {"category": "EXPIRED_AUTHENTICATION"}, Unauthorized, "token", id="an-old-token"),
        pytest.param(404, {"category": "OBJECT_NOT_FOUND"}, NotFound, "does not have", id="no-record"),
        pytest.param(404, {}, NotFound, "does not have", id="an-error-without-json"),
        pytest.param(400, {"category": "VALIDATION_ERROR", "message": NOT_VALID}, Refusal, "INVALID_EMAIL", id="value"),
        pytest.param(
            400,
            {"category": "VALIDATION_ERROR", "errors": [{"code": "BAD", "context": {"propertyName": ["discount"]}}]},
            Refusal,
            "VALIDATION_ERROR, BAD, discount",
            id="a-property",
        ),
        pytest.param(
            400,
            {"message": 'Property values were not valid: [{"error":"CONFLICTING_UNIQUE_VALUE","name":"email"}]'},
            Conflict,
            "another contact",
            id="taken-as-a-value",
        ),
        pytest.param(409, {"message": "Contact already exists. Existing ID: 12"}, Conflict, "12", id="taken"),
        pytest.param(409, None, Conflict, "stands against this change", id="a-conflict-of-some-kind"),
        pytest.param(
            409,
            {"message": "Contact already exists", "identityProfile": {"vid": 12, "identity": [{"value": SOMEBODY}]}},
            Conflict,
            "(12)",
            id="taken-by-a-profile",
        ),
        pytest.param(
            400,
            {"category": "OBJECT_ALREADY_EXISTS", "errors": [{"message": f"A contact {SOMEBODY}. Existing ID: 12"}]},
            Conflict,
            "(12)",
            id="exists-by-another-status",
        ),
        pytest.param(414, {"message": "Cannot have more than 250 identities on a profile"}, Refusal, "250", id="cap"),
        pytest.param(414, {}, Refusal, "HTTP 414", id="a-long-path"),
        pytest.param(418, {"message": SOMEBODY, "category": SOMEBODY}, Refusal, "no reason given", id="unheard-of"),
    ],
)
def test_what_a_refusal_means(status: int, body: Any, kind: type[RollcallError], says: str) -> None:
    error = judge(Answer(status, {}, body))
    assert type(error) is kind
    assert says in str(error)
    assert SOMEBODY not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        pytest.param(429, {"policyName": "TEN_SECONDLY_ROLLING"}, {}, 10.0, id="ten-seconds"),
        pytest.param(429, {"policyName": "SECONDLY"}, {}, 1.0, id="a-second"),
        pytest.param(429, {"policyName": "DAILY"}, {}, 3600.0, id="the-day-is-used-up"),
        pytest.param(429, {"category": "RATE_LIMITS"}, {}, None, id="no-policy"),
        pytest.param(429, {}, {"Retry-After": "7"}, 7.0, id="told-how-long"),
        pytest.param(423, {}, {}, 2.0, id="locked"),
        pytest.param(477, {}, {"Retry-After": "120"}, 120.0, id="moving-house"),
    ],
)
def test_how_long_hubspot_asks_to_wait(status: int, body: Any, headers: Any, seconds: float | None) -> None:
    error = judge(Answer(status, headers, body))
    assert isinstance(error, RateLimited)
    assert error.seconds == seconds


def test_a_207_is_no_refusal() -> None:
    assert judge(Answer(207, {}, {"status": "COMPLETE", "results": [], "numErrors": 1})) is None
