"""Schemathesis asks every route of the page what it can think of, signed in or not: nothing breaks, none is open."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from hypothesis import HealthCheck, given, settings

from include.review.app import review_page
from include.review.guards import CSRF, HEADERS, csrf_token
from include.store.schema import decision
from tests.review.page import ROOT, SECRET
from tests.store.cases import a_finding, filed, rows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for what its dependencies have deprecated (seen 2026-11)
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import ignored_auth

TOKEN = "Bearer the-token-of-ann"
SCHEMA = "/openapi.json"
WRITES = {"post", "put", "patch", "delete"}


def signed_in(request: Request) -> str:
    """Ann, and nobody else."""
    if request.headers.get("Authorization") != TOKEN:
        raise HTTPException(401, "Not authenticated")
    return "ann"


def described(page: FastAPI, known: dict[str, str]) -> dict[str, Any]:
    """What the app says of its routes, with what it does not say: that each needs a login, and takes JSON."""
    told = page.openapi()
    told["components"] = told.get("components", {}) | {
        "securitySchemes": {"login": {"type": "http", "scheme": "bearer"}}
    }
    told["security"] = [{"login": []}]
    told["paths"] = {ROOT + path: methods for path, methods in told["paths"].items()}
    for methods in told["paths"].values():
        for method, operation in methods.items():
            for one in operation.get("parameters", []):
                if one["name"] in known:
                    one["schema"]["examples"] = [known[one["name"]]]
            if method in WRITES and "requestBody" not in operation:
                operation["requestBody"] = {"content": {"application/json": {"schema": {}}}}
    return told


@pytest.fixture
def schema(sqlite_ledger):
    page = review_page(signed_in, lambda: sqlite_ledger, secret=SECRET)
    row = filed(sqlite_ledger, a_finding())
    told = described(page, {"finding": row.id, "name": "page.js"})
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.add_route(SCHEMA, lambda request: JSONResponse(told))
    outer.mount(ROOT, page)
    return schemathesis.openapi.from_asgi(SCHEMA, outer)


def operations(schema: Any) -> list[Any]:
    return [each.ok() for each in schema.get_all_operations()]


def asker(operation: Any, headers: dict[str, str], statuses: dict[str, set[int]]) -> Any:
    """A test of one route, with whatever Hypothesis makes of what the route says it takes."""

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=[ignored_auth, not_a_server_error], headers=headers)
        statuses.setdefault(operation.label, set()).add(answer.status_code)
        if urlsplit(answer.request.url).path.startswith(f"{ROOT}/"):  # a guessed `..` may lead out of the page
            told = {name.lower(): values for name, values in answer.headers.items()}
            kept = {name: told.get(name.lower(), [""])[0] for name in HEADERS}
            assert (operation.label, answer.request.url, answer.status_code, kept) == (
                operation.label, answer.request.url, answer.status_code, HEADERS,
            )  # fmt: skip

    return asked


def test_whoever_guesses_at_any_route_finds_no_way_around_the_login_and_no_error_of_ours(schema, sqlite_ledger):
    signature = {"Authorization": TOKEN, CSRF: csrf_token(SECRET, "ann"), "Origin": "http://testserver"}
    statuses: dict[str, set[int]] = {}
    for operation in operations(schema):
        asker(operation, signature, statuses)()
    assert len(statuses) >= 6
    assert {status for seen in statuses.values() for status in seen} >= {200, 404, 422}
    assert rows(sqlite_ledger, decision) == []


def test_the_check_itself_finds_a_route_that_forgot_the_login(sqlite_ledger):
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    told = {
        "openapi": "3.1.0", "info": {"title": "open", "version": "1"}, "security": [{"login": []}],
        "components": {"securitySchemes": {"login": {"type": "http", "scheme": "bearer"}}},
        "paths": {"/open": {"get": {"responses": {"200": {"description": "fine"}}}}},
    }  # fmt: skip
    outer.add_route(SCHEMA, lambda request: JSONResponse(told))
    outer.add_route("/open", lambda request: JSONResponse({}))
    (operation,) = operations(schemathesis.openapi.from_asgi(SCHEMA, outer))
    headers = {"Authorization": TOKEN}
    case = operation.Case()
    answer = case.call(headers=headers)
    with pytest.raises(FailureGroup, match="distinct failure"):
        case.validate_response(answer, checks=[ignored_auth], headers=headers)
