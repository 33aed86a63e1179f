"""Every refusal in BigCommerce's catalogue has a place in the tree of errors, and says what to do next."""

from __future__ import annotations

from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

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
from include.platforms.bigcommerce import fixes
from include.platforms.bigcommerce.refusals import judge
from include.transport import Answer
from tests.platforms.bigcommerce.wanted import attach, set_email
from tests.sandbox.people_world import CARA, DEE, GUESTS_ORDER
from tests.sandbox.twin import Twin

SOMEBODY = "somebody@example.com"


def v2(status: int, message: str, **more: Any) -> list[dict[str, Any]]:
    return [{"status": status, "message": message} | more]


def v3(status: int, title: str, errors: Any = None) -> dict[str, Any]:
    kind = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
    return {"status": status, "title": title, "type": kind} | ({} if errors is None else {"errors": errors})


TAKEN = f"Error updating customers: email {SOMEBODY} already in use"
WRITTEN = "The field 'item_total' cannot be written to. Please remove it from your request before trying again."
CATALOGUE = [
    pytest.param(400, v2(400, "The field 'foo' is not supported by this resource."), Refusal, "at foo", id="v2-field"),
    pytest.param(400, v2(400, WRITTEN), Refusal, "at item_total. Look", id="v2-read-only"),
    pytest.param(400, v2(400, f"{SOMEBODY} is invalid", details={"why": SOMEBODY}), Refusal, "400", id="v2"),
    pytest.param(400, v2(400, "The field 'customer_id' is invalid."), Refusal, "at customer_id", id="v2-no-customer"),
    pytest.param(400, v2(400, f"The email {SOMEBODY} is already in use."), Conflict, "another", id="v2-taken"),
    pytest.param(400, v3(400, "Input is invalid", {}), Refusal, "do it there by hand", id="v3-invalid"),
    pytest.param(400, None, Refusal, "HTTP 400", id="no-body"),
    pytest.param(401, v2(401, "Unauthorized"), Unauthorized, "put a valid one", id="v2-token"),
    pytest.param(401, v3(401, "X-Auth-Token header is required"), Unauthorized, "put a valid one", id="v3-token"),
    pytest.param(403, v2(403, "You don't have a required scope."), NotPermitted, "store_v2_orders", id="v2-scope"),
    pytest.param(403, v3(403, "You don't have a required scope"), NotPermitted, "store_v2_customers", id="v3-scope"),
    pytest.param(403, {}, NotPermitted, "not suspended", id="a-store-that-is-closed"),
    pytest.param(404, v2(404, "The requested resource was not found."), NotFound, "this record", id="v2-none"),
    pytest.param(404, v3(404, "The route is not found"), NotFound, "this record", id="v3-none"),
    pytest.param(404, v2(404, WRITTEN), Refusal, "at item_total", id="v2-read-only-by-another-status"),
    pytest.param(405, v2(405, "Method not allowed"), Refusal, "newer Rollcall", id="not-served"),
    pytest.param(409, v3(409, "Conflict", {}), Refusal, "approve again", id="another-state"),
    pytest.param(409, v3(409, TAKEN, {}), Conflict, "another customer", id="taken-as-a-conflict"),
    pytest.param(413, v3(413, "Too many items"), Refusal, "nothing was changed", id="too-many"),
    pytest.param(415, v3(415, "Unsupported media type"), Refusal, "newer Rollcall", id="not-json"),
    pytest.param(422, v3(422, "Failed.", {".customer_update": TAKEN}), Conflict, "another", id="taken"),
    pytest.param(422, v3(422, "Failed.", {"0.email": TAKEN}), Conflict, "another", id="taken-by-field"),
    pytest.param(422, v3(422, "No.", {"0.id": "invalid customer ID"}), NotFound, "this customer", id="no-customer"),
    pytest.param(422, v3(422, "No.", {"id": "error.path.missing"}), Refusal, "at id. Correct", id="no-id"),
    pytest.param(422, v3(422, "No.", {"0.first_name": "too long"}), Refusal, "at 0.first_name", id="too-long"),
    pytest.param(422, v3(422, "The filter(s): foo are not valid."), Refusal, "HTTP 422", id="an-unknown-filter"),
    pytest.param(422, v3(422, "No.", [SOMEBODY]), Refusal, "HTTP 422", id="errors-that-are-no-map"),
    pytest.param(422, v3(422, "Failed.", [TAKEN]), Conflict, "another customer", id="taken-in-a-list"),
    pytest.param(422, v3(422, "Failed.", [{"code": 1, "message": TAKEN}]), Conflict, "another", id="taken-in-objects"),
    pytest.param(422, v3(422, "No.", ["invalid customer ID"]), NotFound, "this customer", id="no-customer-in-a-list"),
    pytest.param(423, v3(423, "Locked"), RateLimited, "locked this record", id="locked"),
    pytest.param(429, v2(429, "Too many requests"), RateLimited, "asks us to wait", id="v2-too-many"),
    pytest.param(429, v3(429, "Too many requests"), RateLimited, "asks us to wait", id="v3-too-many"),
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
    ("status", "headers", "seconds"),
    [
        pytest.param(423, {}, 5.0, id="locked"),
        pytest.param(423, {"X-Retry-After": "30"}, 30.0, id="locked-and-told-how-long"),
        pytest.param(429, {"x-rate-limit-time-reset-ms": "0"}, None, id="a-window-that-ends-now"),
        pytest.param(429, {"X-Rate-Limit-Time-Reset-Ms": "soon", "Retry-After": "4"}, 4.0, id="not-a-number"),
    ],
)
def test_how_long_to_wait(status: int, headers: dict[str, str], seconds: float | None) -> None:
    error = judge(Answer(status, CaseInsensitiveDict(headers), None))
    assert isinstance(error, RateLimited)
    assert error.seconds == seconds if seconds else not error.seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504, 507])
@pytest.mark.parametrize(
    "change", [set_email(DEE, "dee@example.com", "d@new.example"), attach(GUESTS_ORDER, None, CARA)], ids=["v3", "v2"]
)
@pytest.mark.parametrize(
    ("method", "kind", "times"), [("GET", Unreachable, 4), ("PUT", UnclearOutcome, 1)], ids=["read", "write"]
)
def test_a_fault_on_the_vendors_side_is_read_again_and_never_written_again(
    status: int, change: Any, method: str, kind: type[RollcallError], times: int, bigcommerce: Twin
) -> None:
    api, told = bigcommerce.ours().api, []
    app = bigcommerce.faults.app

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != method:
            await app(scope, receive, send)
            return
        told.append(scope["path"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>"})

    bigcommerce.faults.app = failing
    act = fixes.read if method == "GET" else fixes.write
    with pytest.raises(kind, match=str(status)) as failed:
        act(api, change)
    assert isinstance(failed.value, TryLater) == (method == "GET")
    assert len(told) == times


def test_a_write_that_must_wait_was_not_made_and_is_not_repeated(bigcommerce: Twin) -> None:
    bigcommerce.trouble("PUT", "429", times=9)
    with pytest.raises(RateLimited):
        fixes.write(bigcommerce.ours().api, set_email(DEE, "dee@example.com", "d@new.example"))
    assert (bigcommerce.changes(), bigcommerce.waited) == ([], [])
