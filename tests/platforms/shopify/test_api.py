"""What Shopify answers is handed on whole, or becomes an error in our words; never a part of it, never silently."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from include.errors import (
    NotFound,
    NotPermitted,
    RateLimited,
    Refusal,
    RollcallError,
    Unauthorized,
    UnclearOutcome,
    UnexpectedAnswer,
    Unreachable,
)
from include.platforms import Key, Platform
from include.platforms.shopify import rows
from include.platforms.shopify.api import Api, judge
from include.transport import Answer
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, INVITED, NEW_BO, NOBODYS_ORDER, STUB, STUBS_ORDER

Ours = Callable[..., Platform]

COST = {
    "requestedQueryCost": 752,
    "actualQueryCost": None,
    "throttleStatus": {"maximumAvailable": 1000.0, "currentlyAvailable": 652, "restoreRate": 50.0},
}


def error(message: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"message": message, **({"extensions": {"code": code}} if code else {}), **more}


class Scripted:
    """A transport whose answers are written out, each given once; it remembers how long it was made to wait."""

    def __init__(self, *bodies: Any, version: str = "2026-10") -> None:
        self._bodies = iter(bodies)
        self._version = version
        self.waited: list[float] = []

    def read(self, *_: Any, **__: Any) -> Answer:
        return Answer(200, {"X-Shopify-API-Version": self._version}, next(self._bodies))

    write = read

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


def api(*bodies: Any, version: str = "2026-10") -> Api:
    return Api(Scripted(*bodies, version=version), Key("sandbox", "sandbox"))  # type: ignore[arg-type]


def test_the_full_pull_tells_every_customer_and_order(shopify: Shopify, ours: Ours) -> None:
    pages = list(ours(shopify).api.pages())
    raw = {stream: [p.body for p in group] for stream, group in itertools.groupby(pages, lambda page: page.stream)}
    assert [contact.id for contact in rows.contacts(raw)] == [BO, NEW_BO, STUB, DAN, INVITED]
    owners = {order.id: order.contact_id for order in rows.orders(raw)}
    assert owners == {BOS_ORDER: BO, STUBS_ORDER: STUB, NOBODYS_ORDER: None}
    assert [rows.count(page) for page in pages] == [5, 3]
    assert shopify.changes() == []


@pytest.mark.parametrize(
    ("switches", "kind", "names"),
    [
        pytest.param(
            {"shopify_scopes": ["write_customers", "read_orders"]}, NotPermitted, "read_all_orders", id="old-orders"
        ),
        pytest.param({"shopify_scopes": []}, NotPermitted, "read_customers", id="no-scope-at-all"),
        pytest.param(
            {"shopify_redacted": ["Customer.defaultEmailAddress"]},
            NotPermitted,
            "customers.nodes.defaultEmailAddress",
            id="a-redacted-address-is-not-no-address",
        ),
        pytest.param({"shopify_redacted": ["Order.email"]}, NotPermitted, "orders.nodes.email", id="a-redacted-order"),
    ],
)
def test_a_pull_that_would_miss_something_is_refused(
    switches: dict[str, Any], kind: type[RollcallError], names: str, shopify_with: OpenShop, ours: Ours
) -> None:
    with pytest.raises(kind, match=names):
        list(ours(shopify_with(**switches)).api.pages())


def test_a_wrong_token_is_unauthorized(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(Unauthorized, match="access token"):
        list(ours(shopify, secret="another").api.pages())


def test_another_version_than_the_one_asked_for_is_refused(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(UnexpectedAnswer, match="2025-01 was asked and 2026-10 answered"):
        list(ours(shopify, api_version="2025-01").api.pages())


def test_an_empty_bucket_is_waited_out_and_then_given_up(shopify_with: OpenShop, ours: Ours) -> None:
    poor = shopify_with(shopify_points=5, shopify_points_a_second=1)
    with pytest.raises(RateLimited):
        list(ours(poor).api.pages())


def test_the_next_query_waits_until_the_bucket_holds_what_it_costs() -> None:
    cost = COST | {"requestedQueryCost": 22, "throttleStatus": {"currentlyAvailable": 2, "restoreRate": 100}}
    found = {"data": {"customerByIdentifier": None}, "extensions": {"cost": cost}}
    asked = api(found, found)
    assert asked.holder("nobody@example.com") is None
    assert asked._http.waited == []  # type: ignore[attr-defined]
    asked.holder("nobody@example.com")
    assert asked._http.waited == [pytest.approx(0.2)]  # type: ignore[attr-defined]


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
    ("body", "kind", "says"),
    [
        pytest.param([], UnexpectedAnswer, "object", id="a-list"),
        pytest.param({"extensions": {}}, UnexpectedAnswer, "neither", id="neither-data-nor-errors"),
        pytest.param({"data": {"customer": None}}, NotFound, "customer 7", id="gone"),
        pytest.param(
            {"data": {"customer": None}, "errors": [error("Internal error", "INTERNAL_SERVER_ERROR")]},
            Unreachable,
            "inside",
            id="it-failed-inside",
        ),
        pytest.param(
            {"data": {"customer": {}}, "errors": [error("Boom", "SOMETHING", path=["customer", "note"])]},
            UnexpectedAnswer,
            r"customer\.note \(SOMETHING\)",
            id="an-error-we-do-not-know",
        ),
        pytest.param(
            {"data": {"customer": {}}, "extensions": {"search": [{"warnings": [{"code": "invalid_field"}]}]}},
            UnexpectedAnswer,
            "everything",
            id="a-search-that-matched-everything",
        ),
    ],
)
def test_a_read_that_is_not_whole_is_an_error(body: Any, kind: type[RollcallError], says: str) -> None:
    with pytest.raises(kind, match=says):
        api(body).customer("7")


@pytest.mark.parametrize(
    "info",
    [
        pytest.param({"hasNextPage": True, "endCursor": None}, id="no-cursor"),
        pytest.param({"hasNextPage": True, "endCursor": "same"}, id="the-same-cursor-again"),
    ],
)
def test_a_cursor_that_leads_nowhere_ends_the_pull(info: dict[str, Any]) -> None:
    scopes = [{"handle": h} for h in ("read_customers", "read_orders", "read_all_orders")]
    shop = {"data": {"shop": {}, "currentAppInstallation": {"accessScopes": scopes}}}
    page = {"data": {"customers": {"nodes": [], "pageInfo": info}}}
    with pytest.raises(UnexpectedAnswer, match="cursor"):
        list(api(shop, page, page, page).pages())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"data": None, "errors": [error("Internal error", "INTERNAL_SERVER_ERROR")]}, id="it-failed"),
        pytest.param(
            {"data": {"customerUpdate": {"customer": {}, "userErrors": []}}, "errors": [error("x")]}, id="done-but"
        ),
        pytest.param({"data": {"customerUpdate": {"customer": None, "userErrors": []}}}, id="neither-nor"),
    ],
)
def test_a_change_without_a_clear_answer_is_unclear(body: Any) -> None:
    with pytest.raises(UnclearOutcome):
        api(body).update_customer("7", firstName="Bo")


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    said = [{"field": ["firstName"], "message": "Bo is not a name"}, {"field": ["email"], "message": "a@b.c is odd"}]
    with pytest.raises(Refusal) as refusal:
        api({"data": {"customerUpdate": {"customer": None, "userErrors": said}}}).update_customer("7", firstName="Bo")
    assert str(refusal.value) == "shopify refused customerUpdate: firstName (no code); email (no code)"
