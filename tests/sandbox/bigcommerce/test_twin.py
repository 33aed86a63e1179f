"""The sandbox's BigCommerce: its two APIs' shapes, and everything that a careless change sets off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.people_world import CARA, CARA_ELSEWHERE, CARAS_ORDER, DEE, GUESTS_ORDER, UNFINISHED
from tests.sandbox.twin import OpenTwin, Twin

CUSTOMERS = "/v3/customers"
ORDERS = "/v2/orders"


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [str(one["id"]) for one in found]


def test_a_wrong_token_is_refused_in_each_apis_own_shape(bigcommerce: Twin) -> None:
    v3 = bigcommerce.call("GET", CUSTOMERS, signed={"X-Auth-Token": "another"})
    v2 = bigcommerce.call("GET", ORDERS, signed={})
    assert (v3.status_code, v2.status_code) == (401, 401)
    assert v3.json()["status"] == 401
    assert isinstance(v2.json(), list)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, [CARA, CARA_ELSEWHERE, DEE], id="all"),
        pytest.param({"id:in": f"{DEE},77"}, [DEE], id="by-id"),
        pytest.param({"email:in": "CARA@example.com"}, [CARA, CARA_ELSEWHERE], id="by-address-on-two-channels"),
        pytest.param({"name:in": "Dee Fox"}, [DEE], id="by-name"),
        pytest.param({"date_modified:min": "2026-05-20T08:30:00Z"}, [CARA, CARA_ELSEWHERE, DEE], id="changed-since"),
        pytest.param({"date_modified:min": "2026-06-01"}, [], id="nobody-changed"),
        pytest.param({"limit": 2, "page": 2}, [DEE], id="the-second-page"),
    ],
)
def test_customers_are_found(query: dict[str, Any], found: list[str], bigcommerce: Twin) -> None:
    assert ids(bigcommerce.get(CUSTOMERS, **query)["data"]) == found


def test_cursors_lead_through_all_customers_and_numbers_leave_them_out(bigcommerce: Twin) -> None:
    first = bigcommerce.get(CUSTOMERS, limit=2)
    cursors = first["meta"]["cursor_pagination"]
    assert "next" in cursors["links"]
    second = bigcommerce.get(CUSTOMERS, limit=2, after=cursors["end_cursor"])
    assert ids(first["data"] + second["data"]) == [CARA, CARA_ELSEWHERE, DEE]
    assert "next" not in second["meta"]["cursor_pagination"]["links"]
    assert "pagination" not in second["meta"]
    assert "cursor_pagination" not in bigcommerce.get(CUSTOMERS, limit=2, page=2)["meta"]


def test_addresses_come_only_when_asked_for(bigcommerce: Twin) -> None:
    assert "addresses" not in bigcommerce.get(CUSTOMERS)["data"][0]
    cara, _, dee = bigcommerce.get(CUSTOMERS, include="addresses")["data"]
    assert (cara["addresses"][0]["address1"], dee["addresses"]) == ("12 Mill Lane", [])
    assert (cara["channel_ids"], dee["channel_ids"]) == ([1], None)


@pytest.mark.parametrize(
    ("path", "status", "shape"),
    [
        pytest.param(f"{CUSTOMERS}?colour=red", 422, dict, id="a-filter-v3-does-not-know"),
        pytest.param(f"{ORDERS}?colour=red", 400, list, id="a-filter-v2-does-not-know"),
        pytest.param(f"{CUSTOMERS}?limit=251", 422, dict, id="too-large-a-page"),
        pytest.param(f"{CUSTOMERS}?after=x", 422, dict, id="no-cursor"),
        pytest.param(f"{ORDERS}/7", 404, list, id="no-order"),
    ],
)
def test_what_cannot_be_asked_is_refused(path: str, status: int, shape: type, bigcommerce: Twin) -> None:
    answer = bigcommerce.call("GET", path)
    assert answer.status_code == status
    assert isinstance(answer.json(), shape)


@pytest.mark.parametrize(
    ("sent", "status", "path"),
    [
        pytest.param({"id": 12}, 422, "id", id="an-object-for-a-list"),
        pytest.param([{"id": 77, "email": "a@b.example"}], 422, "0.id", id="nobody"),
        pytest.param([{"id": 13, "email": "cara@example.com"}], 422, ".customer_update", id="a-taken-address"),
        pytest.param([{"id": 13, "date_created": "x"}], 422, "0.date_created", id="not-to-be-written"),
        pytest.param([{"id": 13, "first_name": ""}], 422, "0.first_name", id="too-short"),
        pytest.param([{"id": 13}] * 11, 413, None, id="eleven"),
        pytest.param(
            [{"id": 13, "authentication": {"new_password": "aaaaaaa"}}],
            422,
            "0.authentication.new_password",
            id="a-password-without-a-digit",
        ),
    ],
)
def test_a_customer_that_cannot_be_updated_is_refused_by_its_path(
    sent: Any, status: int, path: str | None, bigcommerce: Twin
) -> None:
    answer = bigcommerce.call("PUT", CUSTOMERS, json=sent)
    assert answer.status_code == status
    assert path is None or path in answer.json()["errors"]


@pytest.mark.parametrize(("batch", "saved"), [("atomic", "Dee"), ("good_rows", "Mia")])
def test_a_put_of_several_may_save_the_good_ones(batch: str, saved: str, bigcommerce_with: OpenTwin) -> None:
    bigcommerce = bigcommerce_with(bigcommerce_batch=batch)
    sent = [{"id": int(DEE), "first_name": "Mia"}, {"id": 77}]
    assert bigcommerce.call("PUT", CUSTOMERS, json=sent).status_code == 422
    assert bigcommerce.get(CUSTOMERS, **{"id:in": DEE})["data"][0]["first_name"] == saved


def test_a_password_is_neither_told_nor_written_down(bigcommerce: Twin) -> None:
    access = {"force_password_reset": True, "new_password": "a-secret-of-32-bytes"}
    answer = bigcommerce.call("PUT", CUSTOMERS, json=[{"id": int(DEE), "authentication": access}])
    assert answer.json()["data"][0]["authentication"] == {"force_password_reset": True}
    assert "a-secret-of-32-bytes" not in answer.text + str(bigcommerce.desk.writes)
    ((_, _, changed, effect),) = bigcommerce.changes()
    assert (changed["password"], effect) == (["old", "new"], "applied")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("customer_id=0", ["102", "103", "104"], id="guests"),
        pytest.param("min_id=103&sort=id:asc", ["103", "104"], id="from-an-id"),
        pytest.param("sort=id:desc&limit=1", ["104"], id="the-last"),
        pytest.param("channel_id=2", ["104"], id="a-channel"),
        pytest.param("email=cara@example.com", [CARAS_ORDER], id="an-address-finds-no-guests"),
    ],
)
def test_orders_are_found(query: str, found: list[str], bigcommerce: Twin) -> None:
    assert ids(bigcommerce.call("GET", f"{ORDERS}?{query}").json()) == found


def test_no_orders_are_no_content(bigcommerce: Twin) -> None:
    answer = bigcommerce.call("GET", f"{ORDERS}?min_id=500")
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_unfinished_checkout_has_status_0(bigcommerce: Twin) -> None:
    order = bigcommerce.get(f"{ORDERS}/{UNFINISHED}")
    assert (order["status_id"], order["status"]) == (0, "Incomplete")


def test_only_the_customer_moves_when_only_the_customer_is_sent(bigcommerce: Twin) -> None:
    before = bigcommerce.get(f"{ORDERS}/{GUESTS_ORDER}")
    after = bigcommerce.call("PUT", f"{ORDERS}/{GUESTS_ORDER}", json={"customer_id": int(CARA)}).json()
    assert {name for name in before if before[name] != after[name]} == {"customer_id", "date_modified"}
    assert bigcommerce.changes() == [
        (f"bigcommerce:order:{GUESTS_ORDER}", "attach", {"customer_id": [0, int(CARA)]}, "applied")
    ]


@pytest.mark.parametrize(
    ("careless", "moved"),
    [
        pytest.param({"billing_address": {"email": "a@b.example"}}, {"billing_address", "total_inc_tax"}, id="address"),
        pytest.param({"products": []}, {"discount_amount", "total_inc_tax"}, id="discounts-are-cleared"),
        pytest.param({"fees": []}, {"fees"}, id="fees-are-deleted"),
        pytest.param({"status_id": 2}, {"status_id", "status"}, id="the-status"),
        pytest.param({"is_deleted": True}, {"is_deleted"}, id="archived"),
    ],
)
def test_a_careless_update_shows(careless: dict[str, Any], moved: set[str], bigcommerce: Twin) -> None:
    sent = {"customer_id": int(CARA)} | careless
    assert bigcommerce.call("PUT", f"{ORDERS}/{GUESTS_ORDER}", json=sent).status_code == 200
    ((_, _, changed, _),) = bigcommerce.changes()
    assert set(changed) == {"customer_id"} | moved


def test_an_order_sent_back_whole_is_refused(bigcommerce: Twin) -> None:
    order = bigcommerce.get(f"{ORDERS}/{GUESTS_ORDER}")
    answer = bigcommerce.call("PUT", f"{ORDERS}/{GUESTS_ORDER}", json=order | {"customer_id": int(CARA)})
    assert answer.status_code == 400
    assert "cannot be written to" in answer.json()[0]["message"]
    assert bigcommerce.get(f"{ORDERS}/{GUESTS_ORDER}") == order
    assert [effect for *_, effect in bigcommerce.changes()] == ["refused"]


@pytest.mark.parametrize(
    ("switches", "order", "customer", "status"),
    [
        pytest.param({}, GUESTS_ORDER, 77, 400, id="nobody-is-refused"),
        pytest.param({"bigcommerce_unknown_customer": "accepted"}, GUESTS_ORDER, 77, 200, id="nobody-is-accepted"),
        pytest.param({}, GUESTS_ORDER, int(CARA_ELSEWHERE), 200, id="another-channel-is-accepted"),
        pytest.param(
            {"bigcommerce_channels_enforced": True}, GUESTS_ORDER, int(CARA_ELSEWHERE), 400, id="another-channel-is-not"
        ),
        pytest.param({}, CARAS_ORDER, 0, 200, id="back-to-nobody"),
        pytest.param({"bigcommerce_detach": "refused"}, CARAS_ORDER, 0, 400, id="not-back-to-nobody"),
    ],
)
def test_whom_an_order_may_be_given(
    switches: dict[str, Any], order: str, customer: int, status: int, bigcommerce_with: OpenTwin
) -> None:
    answer = bigcommerce_with(**switches).call("PUT", f"{ORDERS}/{order}", json={"customer_id": customer})
    assert answer.status_code == status
