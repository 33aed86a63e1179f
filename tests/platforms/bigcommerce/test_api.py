"""What we ask BigCommerce, and what its refusals mean."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from include.errors import (
    Conflict,
    NotFound,
    NotPermitted,
    RateLimited,
    Refusal,
    RollcallError,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
)
from include.key import Key
from include.platforms import open_platform
from include.platforms.bigcommerce import rows
from include.platforms.bigcommerce.api import judge
from include.platforms.bigcommerce.pulls import PAGE, following
from include.sandbox.world import World
from include.transport import Answer
from tests.sandbox.people_world import account, order
from tests.sandbox.twin import OpenTwin, Twin
from tests.scripted import says, serve

SOMEBODY = "bobby.bob@bobberton.example"


def many(number: int) -> World:
    people = [account("bigcommerce", str(id), f"p{id}@example.com", "P", "Q") for id in range(1, number + 1)]
    return World(1, [], people, [order(str(id), None, "a@example.com") for id in range(1, number + 1)], [])


@pytest.mark.parametrize(
    ("number", "sizes"),
    [
        pytest.param(2 * PAGE, [PAGE, PAGE], id="full-pages"),
        pytest.param(PAGE + 1, [PAGE, 1], id="one-more"),
        pytest.param(0, [0], id="nothing"),
    ],
)
def test_a_pull_asks_for_every_record_once(number: int, sizes: list[int], bigcommerce_with: OpenTwin) -> None:
    bigcommerce = bigcommerce_with(many(number))
    pages = list(bigcommerce.ours().api.pages())
    for stream in ("customers", "orders"):
        told = [page for page in pages if page.stream == stream]
        assert [rows.count(page) for page in told if rows.count(page)] == [size for size in sizes if size]
        assert [id for page in told for id in rows.ids(page)] == [str(id) for id in range(1, number + 1)]
    assert bigcommerce.changes() == []


def test_a_store_without_orders_is_an_empty_stream_and_not_an_absent_one(bigcommerce_with: OpenTwin) -> None:
    pages = list(bigcommerce_with(many(0)).ours().api.pages())
    assert {page.stream for page in pages} == {"customers", "orders"}
    raw = {page.stream: [page.body] for page in pages}
    assert (list(rows.contacts(raw)), list(rows.orders(raw))) == ([], [])


@pytest.mark.parametrize("path", ["/v2/orders", "/v2/orders/7/products"], ids=["a-pull", "parts"])
@pytest.mark.parametrize("body", [b"null", b"{}", b"0", b""], ids=["null", "no-fields", "zero", "nothing"])
def test_e4_what_is_no_list_of_orders_is_never_an_empty_one(path: str, body: bytes) -> None:
    customers = says(200, {"data": [], "meta": {"pagination": {"total": 0}, "cursor_pagination": {"per_page": 250}}})
    with serve(lambda script: says(200, body) if path in script.asked[-1] else customers) as script:
        key = Key("", "sandbox", {})
        api = open_platform("bigcommerce", requests.Session(), script.url, key, sleep=lambda seconds: None).api
        with pytest.raises((UnexpectedAnswer, Unreachable)):
            api.order_parts("7", "products") if "products" in path else list(api.pages())


@pytest.mark.parametrize(
    ("match", "fault", "kind"),
    [
        pytest.param("GET .*/customers", "duplicate_page", UnexpectedAnswer, id="a-page-of-customers-given-twice"),
        pytest.param("GET .*/orders", "duplicate_page", UnexpectedAnswer, id="a-page-of-orders-given-twice"),
        pytest.param("GET .*/customers", "html", Unreachable, id="a-login-page"),
        pytest.param("GET .*/orders", "truncate", Unreachable, id="a-cut-page"),
        pytest.param("GET .*/orders", "503", Unreachable, id="out-of-order"),
    ],
)
def test_a_pull_that_is_not_whole_fails(
    match: str, fault: str, kind: type[RollcallError], bigcommerce_with: OpenTwin
) -> None:
    bigcommerce = bigcommerce_with(many(3 * PAGE))
    bigcommerce.trouble(match, fault, after=1, times=9)
    with pytest.raises(kind):
        list(bigcommerce.ours().api.pages())


@pytest.mark.parametrize(
    ("links", "per_page", "goes_on"),
    [
        pytest.param({"links": {"next": "?after=end"}}, 250, True, id="a-next-page"),
        pytest.param({"links": {"next": None}}, 250, False, id="no-next-page-as-null"),
        pytest.param({"links": None}, 250, False, id="no-links-as-null"),
        pytest.param({"links": None}, 1, True, id="a-full-page-whatever-is-linked"),
        pytest.param({}, 250, False, id="no-links"),
    ],
)
def test_a_cursor_is_followed_where_there_may_be_more(links: dict[str, Any], per_page: int, goes_on: bool) -> None:
    cursors = {"per_page": per_page, "end_cursor": "end"} | links
    told = following({"data": [{"id": 1}], "meta": {"cursor_pagination": cursors}})
    assert told == ("end" if goes_on else None)


def test_a_wrong_token_is_not_accepted(bigcommerce: Twin) -> None:
    with pytest.raises(Unauthorized):
        list(bigcommerce.ours(secret="another").api.pages())


def test_a_missing_scope_is_told(bigcommerce_with: OpenTwin) -> None:
    with pytest.raises(NotPermitted, match="scopes"):
        list(bigcommerce_with(bigcommerce_missing_scope=True).ours().api.pages())


def v3(status: int, title: str, **errors: str) -> dict[str, Any]:
    return {"status": status, "title": title, "type": "https://developer.bigcommerce.com/", "errors": errors}


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        pytest.param(401, None, Unauthorized, "token", id="no-token"),
        pytest.param(403, {}, NotPermitted, "scopes", id="no-scope"),
        pytest.param(
            404,
            [{"status": 404, "message": "The requested resource was not found."}],
            NotFound,
            "this record",
            id="no-order",
        ),
        pytest.param(
            404,
            [{"status": 404, "message": "The field 'item_total' cannot be written to. Please remove it"}],
            Refusal,
            "at item_total",
            id="a-field-not-to-be-written-is-no-missing-order",
        ),
        pytest.param(
            400,
            [{"status": 400, "message": "The field 'custom_status' is not supported by this resource."}],
            Refusal,
            "at custom_status",
            id="an-unknown-filter",
        ),
        pytest.param(
            422,
            v3(422, "Update customers failed.", **{"0.id": "invalid customer ID"}),
            NotFound,
            "this customer",
            id="no-customer",
        ),
        pytest.param(
            422,
            v3(422, "Create customers failed.", **{".customer_create": f"Error: email {SOMEBODY} already in use"}),
            Conflict,
            "another customer",
            id="taken",
        ),
        pytest.param(422, v3(422, f"email {SOMEBODY} already in use"), Conflict, "another", id="taken-in-the-title"),
        pytest.param(422, v3(422, "No.", **{"0.email": f"{SOMEBODY} is bad"}), Refusal, "at 0.email", id="a-field"),
        pytest.param(422, v3(422, SOMEBODY, **{SOMEBODY: "no"}), Refusal, "HTTP 422", id="nothing-that-may-be-told"),
        pytest.param(413, {}, Refusal, "HTTP 413", id="too-many"),
        pytest.param(415, "text", Refusal, "HTTP 415", id="not-json"),
    ],
)
def test_what_a_refusal_means(status: int, body: Any, kind: type[RollcallError], says: str) -> None:
    error = judge(Answer(status, {}, body))
    assert type(error) is kind
    assert says in str(error)
    assert SOMEBODY not in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"X-Rate-Limit-Time-Reset-Ms": "15000", "X-Rate-Limit-Requests-Left": "35"}, 15.0, id="told"),
        pytest.param({"X-Retry-After": "9"}, 9.0, id="told-in-seconds"),
        pytest.param({}, None, id="the-vendor-is-busy"),
    ],
)
def test_how_long_bigcommerce_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    error = judge(Answer(429, headers, None))
    assert isinstance(error, RateLimited)
    assert error.seconds == seconds


def test_an_empty_list_of_orders_is_no_refusal() -> None:
    assert judge(Answer(204, {}, None)) is None
