"""The sandbox's Storefront: a true part of the official schema, and whom it mails the way to a new password."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from graphql import GraphQLSchema, NoDeprecatedCustomRule, build_client_schema, parse, validate

from include.platforms.shopify.storefront import RECOVER
from include.sandbox.shopify.storefront import make_schema
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.test_schema import differences

SPECS = Path(__file__).parents[4] / "shared" / "specs" / "shopify"
OFFICIAL = SPECS / "storefront-graphql_2026-10.json.gz"
NOBODY = {"field": ["email"], "message": "Could not find customer", "code": "UNIDENTIFIED_CUSTOMER"}


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    if not OFFICIAL.is_file():
        pytest.skip("Shopify's own schema is not beside this checkout")
    told = json.loads(gzip.decompress(OFFICIAL.read_bytes()))
    return build_client_schema(told.get("data", told), assume_valid=True)


def ask(shopify: Shopify, email: str, header: str, token: str) -> requests.Response:
    asked = {"query": RECOVER, "variables": {"email": email}}
    return requests.post(f"{shopify.base}/api/2026-10/graphql.json", json=asked, headers={header: token}, timeout=5)


def recover(shopify: Shopify, email: str) -> Any:
    return ask(shopify, email, "X-Shopify-Storefront-Access-Token", "sandbox").json()


def test_the_schema_and_what_we_send_fit_the_official_one(official: GraphQLSchema) -> None:
    assert list(differences(make_schema(), official)) == []
    assert validate(official, parse(RECOVER)) == []


def test_what_we_send_fits_the_sandbox_and_asks_for_nothing_deprecated() -> None:
    assert validate(make_schema(), parse(RECOVER)) == []
    assert validate(make_schema(), parse(RECOVER), [NoDeprecatedCustomRule]) == []


@pytest.mark.parametrize(
    ("accounts", "email", "errors"),
    [
        pytest.param("CLASSIC", "BO.wang@example.com", [], id="an-account-whatever-its-case"),
        pytest.param("CLASSIC", "nobody@example.com", [NOBODY], id="nobody"),
        pytest.param("CLASSIC", "bo.wnag@example.com", [NOBODY], id="a-stub"),
        pytest.param("NEW_CUSTOMER_ACCOUNTS", "bo.wang@example.com", [NOBODY], id="an-account-without-a-password"),
    ],
)
def test_whom_it_mails(accounts: str, email: str, errors: list[Any], shopify_with: OpenShop) -> None:
    shopify = shopify_with(shopify_customer_accounts=accounts)
    assert recover(shopify, email)["data"]["customerRecover"]["customerUserErrors"] == errors
    assert [effect for *_, effect in shopify.changes()] == ["refused" if errors else "applied"]
    assert email.casefold() not in str(shopify.desk.writes).casefold()


def test_that_nobody_is_found_was_recorded(shopify: Shopify) -> None:
    recorded = SPECS / "recorded_cases.json"
    if not recorded.is_file():
        pytest.skip("the recorded answers are not beside this checkout")
    cases = json.loads(recorded.read_text("utf-8"))["cases"]
    case = next(one for one in cases if "customerRecover" in (one["query"] or ""))
    told = recover(shopify, "nobody@example.com")
    said = case["body"]
    assert (
        told["data"]["customerRecover"]["customerUserErrors"] == said["data"]["customerRecover"]["customerUserErrors"]
    )
    assert told["extensions"] == said["extensions"]


@pytest.mark.parametrize(
    ("header", "token", "status"),
    [
        pytest.param("X-Shopify-Storefront-Access-Token", "sandbox", 200, id="public"),
        pytest.param("Shopify-Storefront-Private-Token", "shpat_sandbox", 200, id="private"),
        pytest.param("X-Shopify-Storefront-Access-Token", "guessed", 401, id="guessed"),
        pytest.param("X-Shopify-Access-Token", "sandbox", 401, id="the-admins"),
    ],
)
def test_it_has_tokens_of_its_own(header: str, token: str, status: int, shopify: Shopify) -> None:
    assert ask(shopify, "bo.wang@example.com", header, token).status_code == status


def test_a_token_without_the_scope_is_denied(shopify_with: OpenShop) -> None:
    shopify = shopify_with(shopify_storefront_scopes=[])
    told = recover(shopify, "bo.wang@example.com")
    assert told["data"] == {"customerRecover": None}
    assert told["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert shopify.changes() == []


@pytest.mark.parametrize(
    "body", ["", "[]", '{"query": 1}', '{"query": "{"}', '{"query": "{ nothing }"}', '{"query": 0}']
)
def test_a_body_it_cannot_read_is_refused(body: str, shopify: Shopify) -> None:
    signed = {"X-Shopify-Storefront-Access-Token": "sandbox", "Content-Type": "application/json"}
    answer = requests.post(f"{shopify.base}/api/2026-10/graphql.json", data=body, headers=signed, timeout=5)
    assert answer.json()["errors"]
