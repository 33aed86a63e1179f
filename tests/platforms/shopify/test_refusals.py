"""What Shopify refuses becomes one of our errors, which names what to do and repeats nothing that was sent."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import Conflict, NotFound, NotPermitted, RateLimited, Refusal, RollcallError, Unauthorized
from include.platforms.shopify.refusals import judge, refused
from include.transport import Answer

COST = {
    "requestedQueryCost": 752,
    "actualQueryCost": None,
    "throttleStatus": {"maximumAvailable": 1000.0, "currentlyAvailable": 652, "restoreRate": 50.0},
}


def error(message: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"message": message, **({"extensions": {"code": code}} if code else {}), **more}


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        pytest.param(401, {"errors": "[API] Invalid API key"}, Unauthorized, "token", id="401"),
        pytest.param(402, {"errors": "Unavailable Shop"}, NotPermitted, "frozen", id="402-frozen"),
        pytest.param(403, {}, NotPermitted, "scopes", id="403"),
        pytest.param(404, {"errors": "Not Found"}, Refusal, "api_version", id="404"),
        pytest.param(423, {}, NotPermitted, "locked", id="423-locked"),
        pytest.param(429, None, RateLimited, "wait", id="429-at-the-edge"),
        pytest.param(
            200,
            {"errors": [error("Throttled", "THROTTLED")], "extensions": {"cost": COST}},
            RateLimited,
            "points",
            id="throttled",
        ),
        pytest.param(
            200,
            {
                "data": {"customer": None},
                "errors": [
                    error("Access denied for customer field. Required access: `read_customers`.", "ACCESS_DENIED")
                ],
            },
            NotPermitted,
            "read_customers",
            id="access-denied",
        ),
        pytest.param(
            200, {"errors": [error("Query cost is 1100", "MAX_COST_EXCEEDED")]}, Refusal, "MAX_COST", id="too-dear"
        ),
        pytest.param(
            200,
            {
                "errors": [
                    {
                        "message": "Variable $input of type CustomerInput! was provided invalid value for email",
                        "extensions": {
                            "code": "INVALID_VARIABLE",
                            "value": {"email": "bo@example.com"},
                            "problems": [{"path": ["email"], "explanation": "Could not coerce bo@example.com"}],
                        },
                    }
                ]
            },
            Refusal,
            "INVALID_VARIABLE.* at email",
            id="invalid-variable",
        ),
    ],
)
def test_a_refused_answer(status: int, body: Any, kind: type[RollcallError], says: str) -> None:
    refusal = judge(Answer(status, {"Retry-After": "2.0"}, body))
    assert type(refusal) is kind
    with pytest.raises(kind, match=says) as raised:
        raise refusal
    assert "@" not in str(raised.value)


def test_throttled_says_how_long_to_wait() -> None:
    refusal = judge(Answer(200, {}, {"errors": [error("Throttled", "THROTTLED")], "extensions": {"cost": COST}}))
    assert isinstance(refusal, RateLimited)
    assert refusal.seconds == pytest.approx(2.0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"data": {"customer": {"id": "gid://shopify/Customer/1"}}}, id="fine"),
        pytest.param({"data": {"customerUpdate": {"customer": None, "userErrors": [{}]}}}, id="user-errors"),
        pytest.param({"data": {"customer": {}}, "errors": [error("not approved")]}, id="partial-data"),
        pytest.param({"errors": [error("Internal error", "INTERNAL_SERVER_ERROR")]}, id="who-knows"),
    ],
)
def test_what_the_operation_has_to_judge_itself(body: Any) -> None:
    assert judge(Answer(200, {}, body)) is None


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        pytest.param(
            {"field": ["email"], "message": "Email has already been taken"}, Conflict, id="taken-without-a-code"
        ),
        pytest.param({"field": ["input"], "message": "Taken", "code": "TAKEN"}, Conflict, id="taken-with-a-code"),
        pytest.param({"field": ["id"], "message": "Customer does not exist"}, NotFound, id="gone-without-a-code"),
        pytest.param({"field": ["orderId"], "message": "Gone", "code": "NOT_FOUND"}, NotFound, id="gone-with-a-code"),
        pytest.param({"field": ["customerId"], "message": "Customer can't be found"}, NotFound, id="an-invited-nobody"),
        pytest.param({"field": None, "message": "No valid update parameters"}, Refusal, id="any-other"),
    ],
)
def test_a_refused_change(problem: dict[str, Any], kind: type[Refusal]) -> None:
    assert type(refused("customerUpdate", [problem], {})) is kind


def test_every_reason_of_a_refusal_is_told() -> None:
    said = [{"field": ["email"], "message": "Email is too long"}, {"field": ["email"], "message": "Email is invalid"}]
    told = str(refused("customerUpdate", said, {"input": {"email": "b@example.com"}}))
    assert told == (
        "shopify refused customerUpdate: email: Email is too long; email: Email is invalid. "
        "Shorten the value and ask for the change again."
    )


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    said = [
        {"field": ["firstName"], "message": "Bo is not a name"},
        {"field": ["email"], "message": "a@b.c is odd"},
        {"field": ["phone"], "message": "5035550100 is odd", "code": "INVALID"},
    ]
    told = str(refused("customerUpdate", said, {"input": {"firstName": "Bo", "tags": ["x"]}}))
    assert told.startswith("shopify refused customerUpdate: firstName (no code); email (no code); phone (INVALID). ")
