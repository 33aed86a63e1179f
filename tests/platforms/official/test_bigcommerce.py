"""BigCommerce's own client works against the sandbox: its V2 resources, and V3 through its connection."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from bigcommerce.api import BigcommerceApi
from bigcommerce.connection import OAuthConnection
from bigcommerce.exception import ClientRequestException
from requests.adapters import HTTPAdapter
from starlette.applications import Starlette

from include.sandbox.bigcommerce import routes
from tests.sandbox.people_world import (
    CARA,
    CARA_ELSEWHERE,
    CARAS_ORDER,
    DEE,
    GUEST_ON_TWO,
    GUESTS_ORDER,
    UNFINISHED,
    people_world,
)
from tests.sandbox.twin import Twin

V3 = "/stores/{}/v3/{}"


class Unencrypted(HTTPAdapter):
    """Takes what the client sends by https to the sandbox, which speaks http."""

    def send(self, request: Any, *how: Any, **more: Any) -> Any:
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *how, **more)


@pytest.fixture
def store(bigcommerce_server: tuple[Starlette, str]) -> Twin:
    return Twin("bigcommerce", bigcommerce_server, routes, people_world(), {"X-Auth-Token": "sandbox"})


@pytest.fixture
def host(store: Twin) -> str:
    return urlsplit(store.base).netloc + "/bigcommerce"


@pytest.fixture
def client(host: str, monkeypatch: pytest.MonkeyPatch) -> BigcommerceApi:
    monkeypatch.setenv("BC_API_ENDPOINT", host)
    api = BigcommerceApi(client_id="sandbox", store_hash="sandbox", access_token="sandbox")
    api.connection._session.mount("https://", Unencrypted())
    return api


@pytest.fixture
def v3(host: str) -> OAuthConnection:
    connection = OAuthConnection("sandbox", "sandbox", "sandbox", host=host, api_path=V3)
    connection._session.mount("https://", Unencrypted())
    return connection


def test_orders_are_listed_to_their_end(client: BigcommerceApi) -> None:
    assert [str(one.id) for one in client.Orders.iterall()] == [CARAS_ORDER, GUESTS_ORDER, UNFINISHED, GUEST_ON_TWO]


def test_a_page_past_the_last_one_is_empty(client: BigcommerceApi) -> None:
    assert "id" not in client.Orders.all(page=9, limit=2)
    assert client.connection._last_response.status_code == 204


def test_an_order_and_where_it_goes_are_read(client: BigcommerceApi) -> None:
    order = client.Orders.get(CARAS_ORDER)
    assert order.billing_address["email"] == "cara@example.com"
    (address,) = order.shipping_addresses()
    assert address.order_id == order.id


def test_an_order_is_given_to_a_customer(client: BigcommerceApi, store: Twin) -> None:
    given = client.Orders.get(GUESTS_ORDER).update(customer_id=int(CARA))
    assert given.customer_id == int(CARA)
    assert client.Orders.get(GUESTS_ORDER).customer_id == int(CARA)
    assert store.changes() == [
        (f"bigcommerce:order:{GUESTS_ORDER}", "attach", {"customer_id": [0, int(CARA)]}, "applied")
    ]


def test_the_store_s_clock_is_read(client: BigcommerceApi) -> None:
    assert isinstance(client.Time.all().time, int)


def test_an_order_that_is_not_there_is_the_client_s_own_exception(client: BigcommerceApi) -> None:
    with pytest.raises(ClientRequestException) as refused:
        client.Orders.get(999)
    assert refused.value.status_code == 404
    assert refused.value.response.json() == [{"status": 404, "message": "The requested resource was not found."}]


def test_customers_are_listed_by_cursor_and_found_by_address(v3: OAuthConnection) -> None:
    first = v3.get("customers", limit=2)
    cursor = first["meta"]["cursor_pagination"]["end_cursor"]
    rest = v3.get("customers", limit=2, after=cursor)
    assert [str(one["id"]) for one in first["data"] + rest["data"]] == [CARA, CARA_ELSEWHERE, DEE]
    assert [str(one["id"]) for one in v3.get("customers", **{"email:in": "dee@example.com"})["data"]] == [DEE]


def test_a_customer_is_updated(v3: OAuthConnection) -> None:
    told = v3.put("customers", [{"id": int(DEE), "email": "dee@new.example"}])
    assert [one["email"] for one in told["data"]] == ["dee@new.example"]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        pytest.param({"id": int(DEE), "email": "cara@example.com"}, ".customer_update", id="taken"),
        pytest.param({"id": 999, "email": "x@example.com"}, "0.id", id="nobody"),
    ],
)
def test_a_refused_update_is_the_client_s_own_exception(sent: dict[str, Any], path: str, v3: OAuthConnection) -> None:
    with pytest.raises(ClientRequestException) as refused:
        v3.put("customers", [sent])
    assert refused.value.status_code == 422
    assert path in refused.value.response.json()["errors"]


def test_a_wrong_token_is_refused(host: str) -> None:
    stranger = OAuthConnection("sandbox", "sandbox", "another", host=host, api_path=V3)
    stranger._session.mount("https://", Unencrypted())
    with pytest.raises(ClientRequestException) as refused:
        stranger.get("customers")
    assert refused.value.status_code == 401
