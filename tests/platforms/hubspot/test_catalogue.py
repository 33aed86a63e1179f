"""Every refusal in HubSpot's catalogue has a place in the tree of errors, and says what to do next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    RateLimited,
    Refusal,
    RollcallError,
    TryLater,
    Unauthorized,
    UnclearOutcome,
    Unreachable,
)
from include.platforms.hubspot import fixes
from include.platforms.hubspot.refusals import judge
from include.transport import Answer
from tests.platforms.hubspot.wanted import add_email, set_email
from tests.sandbox.people_world import ANN
from tests.sandbox.twin import Twin

SOMEBODY = "somebody@example.com"
SCOPES = "This app hasn't been granted all required scopes to make this call."


def value(error: str, name: str = "email") -> dict[str, Any]:
    """A property's value that HubSpot does not take: JSON inside its sentence, which repeats the value."""
    told = [{"isValid": False, "message": f"{SOMEBODY} will not do", "error": error, "name": name, "portalId": 1}]
    return {"category": "VALIDATION_ERROR", "message": f"Property values were not valid: {json.dumps(told)}"}


def scopes(name: str, *wanted: str) -> dict[str, Any]:
    return {
        "category": "MISSING_SCOPES",
        "message": SCOPES,
        "errors": [{"message": SCOPES, "context": {name: [*wanted]}}],
    }


def missing(**more: Any) -> dict[str, Any]:
    return {"category": "VALIDATION_ERROR", "message": "Some required properties were not set."} | more


CATALOGUE = [
    pytest.param(400, value("INVALID_EMAIL"), Refusal, "That is no address", id="no-address"),
    pytest.param(400, value("PROPERTY_DOESNT_EXIST", "shoe"), Refusal, "create it there", id="no-such-property"),
    pytest.param(400, value("READ_ONLY_VALUE"), Refusal, "change it by hand", id="not-to-be-written"),
    pytest.param(400, value("INVALID_OPTION"), Refusal, "choose one of them", id="not-in-the-list"),
    pytest.param(400, value("LEADING_TRAILING_WHITESPACE"), Refusal, "take that away", id="blanks-around-it"),
    pytest.param(400, value("INVALID_ALPHA", "firstname"), Refusal, "account's own rules", id="a-rule-of-the-account"),
    pytest.param(400, value("REQUIRED_PROPERTY", "jobtitle"), Refusal, "requires jobtitle", id="required-by-value"),
    pytest.param(
        400, missing(context={"properties": ["jobtitle"]}), Refusal, "requires jobtitle", id="required-at-top"
    ),
    pytest.param(400, missing(context={"properties": "jobtitle"}), Refusal, "requires jobtitle", id="required-as-text"),
    pytest.param(
        400,
        {"errors": [{"code": "REQUIRED_FIELD", "context": {"propertyName": ["jobtitle", "city"]}}]},
        Refusal,
        "requires jobtitle, city",
        id="required-among-errors",
    ),
    pytest.param(400, missing(), Refusal, "HTTP 400 (VALIDATION_ERROR)", id="required-but-not-which"),
    pytest.param(400, value("CONFLICTING_UNIQUE_VALUE"), Conflict, "another contact", id="taken-as-a-value"),
    pytest.param(400, {"message": "Invalid input JSON on line 1"}, Refusal, "HTTP 400", id="not-understood"),
    pytest.param(400, {"message": "Property values were not valid: [{cut"}, Refusal, "HTTP 400", id="a-cut-sentence"),
    pytest.param(400, {"message": "Property values were not valid: [1]"}, Refusal, "HTTP 400", id="no-objects"),
    pytest.param(400, [SOMEBODY], Refusal, "no reason given", id="a-body-that-is-a-list"),
    pytest.param(401, {"category": "INVALID_AUTHENTICATION"}, Unauthorized, "put a valid one", id="no-key"),
    pytest.param(401, {"category": "EXPIRED_AUTHENTICATION"}, Unauthorized, "put a valid one", id="an-old-key"),
    pytest.param(
        403,
        scopes("requiredGranularScopes", "crm.objects.contacts.write"),
        NotPermitted,
        "lacks the scope crm.objects.contacts.write. Grant it",
        id="a-scope",
    ),
    pytest.param(
        403,
        scopes("requiredScopes", "contacts", "crm-objects.write"),
        NotPermitted,
        "contacts or crm-objects.write",
        id="one-scope-of-two",
    ),
    pytest.param(
        403,
        {"context": {"requiredGranularScopes": ["oauth", SOMEBODY]}},
        NotPermitted,
        "lacks the scope oauth. Grant",
        id="a-scope-told-at-the-top",
    ),
    pytest.param(
        403,
        scopes("missingScopes", "crm.objects.contacts.read"),
        NotPermitted,
        "lacks the scope crm.objects.contacts.read. Grant it",
        id="a-scope-that-is-missing",
    ),
    pytest.param(403, {}, NotPermitted, "lacks the scope this needs", id="a-page-of-a-firewall"),
    pytest.param(404, {"category": "OBJECT_NOT_FOUND"}, NotFound, "does not have this record", id="no-record"),
    pytest.param(410, {"category": "GONE"}, NotFound, "does not have this record", id="no-longer"),
    pytest.param(409, {"message": "Contact already exists. Existing ID: 12"}, Conflict, "(12)", id="taken"),
    pytest.param(409, {"error": "CONTACT_EXISTS", "identityProfile": {"vid": 12}}, Conflict, "(12)", id="by-profile"),
    pytest.param(409, {"errors": [{"message": "Existing ID: 12", "in": "email"}]}, Conflict, "(12)", id="among-errors"),
    pytest.param(409, {"message": "Contact already exists."}, Conflict, "another contact", id="taken-by-nobody-told"),
    pytest.param(409, {"category": "CONFLICT"}, Conflict, "stands against this change", id="another-conflict"),
    pytest.param(414, {"message": "Cannot have more than 250 identities on a profile"}, Refusal, "by hand", id="cap"),
    pytest.param(414, {"message": "URI too long"}, Refusal, "HTTP 414", id="a-long-path"),
    pytest.param(415, {}, Refusal, "HTTP 415", id="not-json"),
    pytest.param(422, {"category": "VALIDATION_ERROR"}, Refusal, "VALIDATION_ERROR", id="seen-in-the-specification"),
    pytest.param(423, {"message": "Locked"}, RateLimited, "locked this record", id="locked"),
    pytest.param(477, {}, RateLimited, "moving this account", id="moving"),
    pytest.param(429, {"policyName": "DAILY"}, RateLimited, "until its midnight", id="the-day-is-used-up"),
    pytest.param(429, {"errorType": "RATE_LIMIT"}, RateLimited, "asks us to wait", id="too-many"),
]


@pytest.mark.parametrize(("status", "body", "kind", "says"), CATALOGUE)
def test_a_refusal_has_its_place_and_says_what_to_do(
    status: int, body: Any, kind: type[RollcallError], says: str
) -> None:
    error = judge(Answer(status, {}, body))
    assert type(error) is kind
    assert says in str(error)
    assert SOMEBODY not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        pytest.param(429, {"message": "You have reached your secondly limit."}, {}, 1.0, id="named-in-words"),
        pytest.param(429, {"message": "You have reached your ten_secondly_rolling limit."}, {}, 10.0, id="ten"),
        pytest.param(429, {"message": "You have reached your daily limit."}, {}, 3600.0, id="daily"),
        pytest.param(429, {"policyName": "SOMETHING_NEW"}, {}, None, id="an-unknown-policy"),
        pytest.param(429, None, {}, None, id="no-body"),
        pytest.param(423, {}, {"Retry-After": "30"}, 30.0, id="locked-and-told-how-long"),
        pytest.param(477, {}, {}, 600.0, id="moving-and-not-told-how-long"),
        pytest.param(477, {}, {"Retry-After": "86400"}, 86_400.0, id="moving-for-a-day"),
    ],
)
def test_how_long_to_wait(status: int, body: Any, headers: dict[str, str], seconds: float | None) -> None:
    error = judge(Answer(status, headers, body))
    assert isinstance(error, RateLimited)
    assert error.seconds == seconds


@pytest.mark.parametrize(
    ("errors", "says"),
    [
        pytest.param([], None, id="nothing-is-missing"),
        pytest.param([{"category": "OBJECT_NOT_FOUND"}], None, id="what-is-not-there"),
        pytest.param(
            [{"category": "OBJECT_NOT_FOUND"}, {"category": "INTERNAL_ERROR", "message": SOMEBODY}],
            "INTERNAL_ERROR",
            id="what-could-not-be-told",
        ),
        pytest.param([{"message": SOMEBODY}], "None", id="what-has-no-category"),
    ],
)
def test_a_207_is_neither_success_nor_failure_but_what_its_errors_say(errors: list[Any], says: str | None) -> None:
    error = judge(Answer(207, {}, {"status": "COMPLETE", "results": [], "errors": errors, "numErrors": len(errors)}))
    assert (error is None) == (says is None)
    assert says is None or says in str(error)
    assert SOMEBODY not in str(error)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 523, 524, 525, 526])
@pytest.mark.parametrize(
    ("match", "kind"), [pytest.param("GET", Unreachable, id="read"), pytest.param("PATCH", UnclearOutcome, id="write")]
)
def test_a_fault_on_hubspots_side_is_read_again_where_that_may_help_and_never_written_again(
    status: int, match: str, kind: type[RollcallError], hubspot: Twin
) -> None:
    api, told = hubspot.ours().api, []
    app = hubspot.faults.app

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != match:
            await app(scope, receive, send)
            return
        told.append(scope["path"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>"})

    hubspot.faults.app = failing
    with pytest.raises(kind, match=str(status)) as failed:
        fixes.write(api, set_email(ANN, "ann@example.com", "a@new.example"))
    assert isinstance(failed.value, TryLater) == (match == "GET")
    assert len(told) == (4 if match == "GET" and status not in {525, 526} else 1)


@pytest.mark.parametrize("change", [set_email(ANN, "ann@example.com", "a@new.example"), add_email(ANN, [], "a@b.de")])
def test_a_write_that_must_wait_was_not_made(change: Any, hubspot: Twin) -> None:
    hubspot.trouble("PATCH|PUT", "429", times=9)
    with pytest.raises(RateLimited):
        fixes.write(hubspot.ours().api, change)
    assert hubspot.changes() == []
