"""The sandbox runs bulk operations as Shopify did, and refuses what Shopify refused, in its sentences."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

import pytest
import requests
from graphql import GraphQLSchema, build_client_schema

from include.platforms.shopify import documents
from include.sandbox.shopify.bulk_rules import problems
from tests.sandbox.shopify.replaying import cases
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.test_schema import OFFICIAL

ABSENT = [pytest.param(None, marks=pytest.mark.skip(reason="the recorded answers are not beside this checkout"))]


@cache
def official() -> GraphQLSchema:
    return build_client_schema(json.loads(gzip.decompress(OFFICIAL.read_bytes()))["data"], assume_valid=True)


def run(case: dict[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = ((case["body"] or {}).get("data") or {}).get("bulkOperationRunQuery")
    return found if found and "query" in (case["variables"] or {}) else None


JUDGED = [pytest.param(case, id=case["case"]) for case in cases() if run(case) and OFFICIAL.is_file()] or ABSENT


@pytest.mark.parametrize("case", JUDGED)
def test_a_query_is_judged_as_shopify_judged_it(case: dict[str, Any]) -> None:
    told = run(case)
    assert told
    busy = any(error.get("code") == "OPERATION_IN_PROGRESS" for error in told["userErrors"])
    expected = [] if busy else [error["message"] for error in told["userErrors"]]
    assert problems(official(), case["variables"]["query"]) == expected


@pytest.mark.parametrize("query", [documents.ALL_CUSTOMERS, documents.ALL_ORDERS], ids=["customers", "orders"])
def test_what_we_run_obeys_the_rules(query: str) -> None:
    if not OFFICIAL.is_file():
        pytest.skip("Shopify's own schema is not beside this checkout")
    assert problems(official(), query) == []


def begin(shopify: Shopify) -> dict[str, Any]:
    told = shopify.ask(documents.RUN_IN_BULK, query=documents.ALL_CUSTOMERS)["data"]["bulkOperationRunQuery"]
    return dict(told)


def test_the_sixth_operation_is_refused_and_names_the_five(shopify: Shopify) -> None:
    ids = [begin(shopify)["bulkOperation"]["id"] for _ in range(5)]
    (error,) = begin(shopify)["userErrors"]
    said = f"A bulk query operation for this app and shop is already in progress: {', '.join(ids)}."
    assert error == {"field": None, "message": said, "code": "OPERATION_IN_PROGRESS"}


def test_an_operation_is_created_runs_and_ends_with_a_signed_file(shopify_with: OpenShop) -> None:
    shopify = shopify_with(shopify_bulk_looks=2)
    id = begin(shopify)["bulkOperation"]["id"]
    looks = [shopify.ask(documents.BULK_OPERATION, id=id)["data"]["bulkOperation"] for _ in range(3)]
    assert [look["status"] for look in looks] == ["CREATED", "RUNNING", "COMPLETED"]
    url = looks[-1]["url"]
    file = requests.get(url, timeout=5)
    assert file.headers["Content-Type"].startswith("application/jsonl")
    assert b"gid:\\/\\/shopify\\/Customer\\/" in file.content
    assert len(file.text.splitlines()) == int(looks[-1]["objectCount"]) == int(looks[-1]["rootObjectCount"])
    assert requests.get(f"{url}x", timeout=5).status_code == 403
    assert requests.get(url, headers={"X-Shopify-Access-Token": "sandbox"}, timeout=5).status_code == 400


def test_an_operation_is_canceled_once(shopify: Shopify) -> None:
    id = begin(shopify)["bulkOperation"]["id"]

    def cancel(of: str) -> dict[str, Any]:
        return dict(shopify.ask(documents.CANCEL_BULK_OPERATION, id=of)["data"]["bulkOperationCancel"])

    assert cancel(id)["bulkOperation"] == {"status": "CANCELING"}
    shopify.ask(documents.BULK_OPERATION, id=id)
    assert shopify.ask(documents.BULK_OPERATION, id=id)["data"]["bulkOperation"]["status"] == "CANCELED"
    unknown = {"field": ["id"], "message": "Bulk operation does not exist"}
    assert cancel("gid://shopify/BulkOperation/1")["userErrors"] == [unknown]
