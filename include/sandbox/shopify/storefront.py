"""
The Storefront endpoint, as far as it is of use here: `customerRecover`, which mails the way to a new password.

The mail itself is never sent from here; the write log tells that it was asked for. Nothing of the customer changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate
from starlette.responses import JSONResponse

from include.sandbox.shopify.shop import ref
from include.sandbox.shopify.variables import refuse_variables

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from include.sandbox.shopify.shop import Shop

TOKENS = {"X-Shopify-Storefront-Access-Token": "sandbox", "Shopify-Storefront-Private-Token": "shpat_sandbox"}
SCOPE = "unauthenticated_write_customers"
LIMITED = "Resetting password limit exceeded. Please try again later."  # as apps have seen it
NOBODY = {"field": ["email"], "message": "Could not find customer", "code": "UNIDENTIFIED_CUSTOMER"}


class Storefront:
    """Answers the Storefront's GraphQL over a shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._schema = make_schema()

    async def answer(self, request: Request) -> Response:
        """The answer to one request."""
        if not any(request.headers.get(name) == token for name, token in TOKENS.items()):
            unauthorized = {"errors": [{"message": "", "extensions": {"code": "UNAUTHORIZED"}}]}
            return JSONResponse(unauthorized, self._shop.desk.switches["shopify_storefront_unauthorized"])
        try:
            asked = json.loads(await request.body())
            query, variables = str(asked["query"]), dict(asked.get("variables") or {})
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return JSONResponse(self._body(query, variables, request))

    def _body(self, query: str, variables: dict[str, Any], request: Request) -> dict[str, Any]:
        try:
            document = parse(query)
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        errors: list[Any] = [error.formatted for error in validate(self._schema, document)]
        if errors := errors or refuse_variables(self._schema, document, variables):
            return {"errors": errors}
        asked = (self._shop, request)
        result = execute_sync(self._schema, document, context_value=asked, variable_values=variables)
        failed = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
        return {"data": result.data, **failed, "extensions": {"cost": {"requestedQueryCost": 12}}}


def make_schema() -> GraphQLSchema:
    """The schema, with its two fields bound to their answers."""
    schema = build_schema((Path(__file__).parent / "storefront.graphql").read_text("utf-8"))
    answers = {"QueryRoot": ("shop", lambda *_: {"name": "Sandbox"}), "Mutation": ("customerRecover", _recover)}
    for type_name, (field, answer) in answers.items():
        schema.type_map[type_name].fields[field].resolve = answer  # type: ignore[attr-defined]
    return schema


def _recover(_: Any, info: Any, email: str) -> dict[str, Any]:
    """Ask for the mail, as whoever forgot a password would: by the address, and only if an account is behind it."""
    shop, request = info.context
    if SCOPE not in shop.desk.switches["shopify_storefront_scopes"]:
        said = f"Access denied for customerRecover field. Required access: `{SCOPE}` access scope."
        raise GraphQLError(said, extensions={"code": "ACCESS_DENIED", "requiredAccess": f"`{SCOPE}` access scope."})
    if limited := shop.desk.switches["shopify_resets_limited"]:
        shop.desk.wrote("shopify", request, "", "recover", {}, "refused")
        if limited != "user":
            raise GraphQLError(LIMITED, extensions={"code": "THROTTLED"} if limited == "coded" else None)
        told: list[dict[str, Any]] = [{"field": None, "message": LIMITED, "code": None}]
        return {"customerUserErrors": told, "userErrors": told}
    customer = shop.holder("email", email)
    classic = shop.desk.switches["shopify_customer_accounts"] == "CLASSIC"
    known = customer is not None and customer["state"] == "ENABLED" and classic
    shop.desk.wrote("shopify", request, ref(customer) or "", "recover", {}, "applied" if known else "refused")
    errors = [] if known else [NOBODY]
    return {"customerUserErrors": errors, "userErrors": errors}
