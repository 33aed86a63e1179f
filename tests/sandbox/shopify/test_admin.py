"""The sandbox's Admin endpoint: token, envelope, version, points, pages, searches, scopes, redaction."""

from __future__ import annotations

import base64
import json

import pytest

from include.sandbox.shopify.cost import Bucket
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, NOBODYS_ORDER, STUB, STUBS_ORDER

IDS = "nodes { legacyResourceId } pageInfo { hasNextPage endCursor hasPreviousPage startCursor }"


def numbers(body: dict, root: str = "customers") -> list[str]:
    return [node["legacyResourceId"] for node in body["data"][root]["nodes"]]


def test_a_wrong_token_is_refused_as_shopify_does(shopify: Shopify) -> None:
    answer = shopify.post("{ shop { name } }", token="another")
    assert answer.status_code == 401
    assert answer.json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def test_an_answer_tells_its_version_and_its_cost(shopify: Shopify) -> None:
    answer = shopify.post("{ customers(first: 2) { nodes { id } } }")
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"
    cost = answer.json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 4
    assert set(cost) == {"requestedQueryCost", "actualQueryCost", "throttleStatus"}
    assert set(cost["throttleStatus"]) == {"maximumAvailable", "currentlyAvailable", "restoreRate"}


@pytest.mark.parametrize(
    ("query", "points"),
    [
        pytest.param("{ customers(first: 1) { nodes { id } } }", 3, id="a-page-of-one"),
        pytest.param("{ customers(first: 5) { nodes { id } } }", 5, id="a-page-of-five"),
        pytest.param("{ customer(id: %s) { id state } }", 1, id="one-record"),
        pytest.param(
            "{ customer(id: %s) { defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } } }",
            3,
            id="one-record-with-two-in-it",
        ),
        pytest.param("mutation { customerUpdate(input: {id: %s}) { customer { id } } }", 10, id="a-change"),
        pytest.param(
            "mutation { customerUpdate(input: {id: %s}) { customer { defaultEmailAddress { emailAddress } } } }",
            11,
            id="a-change-with-an-object",
        ),
    ],
)
def test_prices_are_the_recorded_ones(query: str, points: int, shopify: Shopify) -> None:
    body = shopify.ask(query.replace("%s", f'"gid://shopify/Customer/{BO}"'))
    assert body["extensions"]["cost"]["requestedQueryCost"] == points


def test_an_empty_bucket_throttles_with_200_and_fills_again() -> None:
    now = 0.0
    bucket = Bucket(100, 50, lambda: now)
    assert bucket.take(90)
    assert not bucket.take(20)
    now = 0.2
    assert bucket.take(20)
    assert bucket.status() == {"maximumAvailable": 100, "currentlyAvailable": 0, "restoreRate": 50}
    now = 60.0
    assert bucket.status()["currentlyAvailable"] == 100


def test_throttled_comes_as_200(shopify_with: OpenShop) -> None:
    poor = shopify_with(shopify_points=5, shopify_points_a_second=1)
    answer = [poor.post("{ customers(first: 1) { nodes { id } } }") for _ in range(2)][1]
    assert answer.status_code == 200
    body = answer.json()
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert body["extensions"]["cost"]["actualQueryCost"] is None
    assert poor.desk.quota["shopify"] == {"points": 3, "throttled": 1}


def test_pages_follow_one_another_by_cursor(shopify: Shopify) -> None:
    seen, after = [], None
    while True:
        body = shopify.ask(f"query ($a: String) {{ customers(first: 2, after: $a) {{ {IDS} }} }}", a=after)
        seen += numbers(body)
        info = body["data"]["customers"]["pageInfo"]
        if not info["hasNextPage"]:
            break
        after = info["endCursor"]
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 5
    assert json.loads(base64.b64decode(after))["last_id"] == int(seen[3])


def test_pages_go_backward_and_in_reverse(shopify: Shopify) -> None:
    last = shopify.ask(f"{{ customers(last: 2) {{ {IDS} }} }}")
    turned = shopify.ask(f"{{ customers(first: 2, reverse: true) {{ {IDS} }} }}")
    assert numbers(last) == numbers(turned)[::-1]
    before = last["data"]["customers"]["pageInfo"]["startCursor"]
    assert numbers(shopify.ask(f'{{ customers(last: 5, before: "{before}") {{ {IDS} }} }}')) == [
        BO,
        str(int(BO) + 1),
        STUB,
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param("first: 1, last: 1", "providing both first and last is not supported", id="both"),
        pytest.param("sortKey: ID", "you must provide one of first or last", id="neither"),
        pytest.param("first: 251", "first must be between 1 and 250", id="too-many"),
        pytest.param('first: 1, after: "x"', "Invalid cursor for current pagination sort.", id="a-broken-cursor"),
    ],
)
def test_a_connection_refuses(arguments: str, says: str, shopify: Shopify) -> None:
    body = shopify.ask(f"{{ customers({arguments}) {{ nodes {{ id }} }} }}")
    assert body["errors"][0]["message"] == says
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("root", "search", "found"),
    [
        pytest.param("customers", "email:'DAN@example.com'", [DAN], id="email-whatever-its-case"),
        pytest.param("customers", f"id:{BO}", [BO], id="id"),
        pytest.param("customers", "state:ENABLED -first_name:Dan", [BO], id="two-terms-one-negated"),
        pytest.param("orders", "updated_at:>='2026-09-20T12:00:00Z'", [STUBS_ORDER, NOBODYS_ORDER], id="to-the-second"),
        pytest.param("orders", "updated_at:>'2026-09-20T12:00:00Z'", [], id="after-that-second"),
        pytest.param("orders", "name:#1001", [BOS_ORDER], id="order-name"),
    ],
)
def test_a_search_finds(root: str, search: str, found: list[str], shopify: Shopify) -> None:
    body = shopify.ask(f"query ($q: String) {{ {root}(first: 9, query: $q, sortKey: ID) {{ {IDS} }} }}", q=search)
    assert numbers(body, root) == found
    assert "search" not in body["extensions"]


def test_customers_updated_at_matches_whole_days(shopify: Shopify) -> None:
    query = f"query ($q: String) {{ customers(first: 9, query: $q) {{ {IDS} }} }}"
    body = shopify.ask(query, q="updated_at:>='2026-03-01T23:59:59Z'")
    assert len(numbers(body)) == 5


def test_an_unknown_search_field_matches_everything_and_warns(shopify: Shopify) -> None:
    body = shopify.ask(f'{{ customers(first: 9, query: "e_mail:dan@example.com") {{ {IDS} }} }}')
    assert len(numbers(body)) == 5
    assert body["extensions"]["search"] == [
        {
            "path": ["customers"],
            "query": "e_mail:dan@example.com",
            "parsed": {"field": "e_mail", "match_all": "dan@example.com"},
            "warnings": [
                {"field": "e_mail", "message": "Invalid search field for this query.", "code": "invalid_field"}
            ],
        }
    ]


def test_a_missing_scope_is_access_denied_with_200(shopify_with: OpenShop) -> None:
    answer = shopify_with(shopify_scopes=["read_orders"]).post('{ customer(id: "gid://shopify/Customer/1") { id } }')
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] == {"customer": None}
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "`read_customers` access scope" in body["errors"][0]["message"]


def test_without_read_all_orders_older_ones_are_left_out_in_silence(shopify_with: OpenShop) -> None:
    body = shopify_with(shopify_scopes=["read_orders"]).ask(f"{{ orders(first: 9, sortKey: ID) {{ {IDS} }} }}")
    assert numbers(body, "orders") == [STUBS_ORDER, NOBODYS_ORDER]
    assert "errors" not in body


def test_a_redacted_field_is_null_with_an_error_beside_it(shopify_with: OpenShop) -> None:
    shy = shopify_with(shopify_redacted=["Customer.defaultEmailAddress"])
    body = shy.ask("{ customers(first: 1) { nodes { firstName defaultEmailAddress { emailAddress } } } }")
    assert body["data"]["customers"]["nodes"] == [{"firstName": "Bo", "defaultEmailAddress": None}]
    assert body["errors"][0]["path"] == ["customers", "nodes", 0, "defaultEmailAddress"]


@pytest.mark.parametrize(
    ("variables", "problems"),
    [
        pytest.param(
            {}, [{"path": ["id"], "explanation": "Expected value to not be null"}], id="a-required-field-is-missing"
        ),
        pytest.param(
            {"id": "gid://shopify/Order/1", "customerId": "x"},
            [{"path": ["customerId"], "explanation": "Field is not defined on OrderInput"}],
            id="an-order-takes-no-customer-id",
        ),
        pytest.param(
            {"id": "1001"}, [{"path": ["id"], "explanation": "Invalid global id '1001'"}], id="a-number-is-no-id"
        ),
    ],
)
def test_wrong_variables_are_refused_whole(variables: dict, problems: list, shopify: Shopify) -> None:
    body = shopify.ask(
        "mutation ($input: OrderInput!) { orderUpdate(input: $input) { order { id } } }", input=variables
    )
    assert "data" not in body
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert error["extensions"]["problems"] == problems
    assert error["message"].startswith("Variable $input of type OrderInput! was provided invalid value for ")


def test_a_field_that_does_not_exist_is_refused(shopify: Shopify) -> None:
    (error,) = shopify.ask("{ shop { nmae } }")["errors"]
    assert error["message"] == "Field 'nmae' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


@pytest.mark.parametrize(
    ("identifier", "found"),
    [
        pytest.param({"emailAddress": "bo.wang@EXAMPLE.com"}, BO, id="email-whatever-its-case"),
        pytest.param({"phoneNumber": "+1 503 555 0104"}, DAN, id="phone"),
        pytest.param({"emailAddress": "nobody@example.com"}, None, id="nobody"),
    ],
)
def test_a_customer_is_found_without_the_search_index(identifier: dict, found: str | None, shopify: Shopify) -> None:
    query = "query ($i: CustomerIdentifierInput!) { customerByIdentifier(identifier: $i) { legacyResourceId } }"
    said = shopify.ask(query, i=identifier)["data"]["customerByIdentifier"]
    assert said == (found and {"legacyResourceId": found})
