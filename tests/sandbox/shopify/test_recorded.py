"""What live Shopify stores answered, asked of the sandbox again: the same fields, sentences and codes."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from tests.sandbox.shopify.replaying import (
    ARGUMENTS,
    SCHEMA,
    Case,
    cases,
    noted_before,
    plainly,
    recorded,
    world_before,
)
from tests.sandbox.shopify.serving import OpenShop, Shopify

ABSENT = [pytest.param(None, marks=pytest.mark.skip(reason="the recorded answers are not beside this checkout"))]
CASES = [pytest.param(case, id=case.name) for case in recorded()] or ABSENT
MALFORMED = [
    pytest.param(case, id=case["case"].strip("/"))
    for case in cases()
    if case["query"] and "errors" in case["body"] and not validate(SCHEMA, parse(case["query"]))
] or ABSENT


@pytest.mark.parametrize("case", CASES)
def test_the_sandbox_answers_as_shopify_did(case: Case, shopify_with: OpenShop) -> None:
    shopify = shopify_with(world=world_before(case))
    for document, variables in noted_before(case):
        (payload,) = shopify.ask(document, **variables)["data"].values()
        assert payload == {"userErrors": []}
    body = shopify.ask(case.document, **case.variables)
    assert "errors" not in body
    assert plainly(body["data"]) == {case.root: case.expected}
    if case.verbatim:
        assert body["extensions"]["cost"]["requestedQueryCost"] == case.points


@pytest.mark.parametrize("case", MALFORMED)
def test_the_sandbox_refuses_a_malformed_request_as_shopify_did(case: dict[str, Any], shopify: Shopify) -> None:
    # Some recordings have lost their blank beginning, which line and column count.
    query = case["query"] if case["query"].startswith("#") else f"\n  {case['query']}"
    body = shopify.ask(query, **case["variables"])
    assert {name: told for name, told in body.items() if name != "extensions"} == {
        name: told for name, told in case["body"].items() if name != "extensions"
    }


def test_every_root_that_was_recorded_is_replayed() -> None:
    if not cases():
        pytest.skip("the recorded answers are not beside this checkout")
    replayed = {case.root for case in recorded()}
    assert replayed == set(ARGUMENTS) - {"orderUpdate"}  # recorded once, without its variables
