"""
The Admin endpoint: one POST, its envelope, its bucket of points and its errors, all as Shopify words them.

It decides nothing about records. 200 is its answer to almost everything, as it is Shopify's.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, execute_sync, parse, validate
from starlette.responses import JSONResponse

from include.sandbox.shopify.asked import Asked
from include.sandbox.shopify.cost import MOST, Bucket, Price
from include.sandbox.shopify.merging import Merging
from include.sandbox.shopify.resolvers import make_schema, redact
from include.sandbox.shopify.variables import refuse_ids, refuse_variables

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from include.sandbox.shopify.shop import Shop
    from include.sandbox.shopify.tokens import Tokens

VERSION = "2026-10"
DOCUMENTATION = "https://shopify.dev/api/usage/rate-limits"
UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")


class Admin:
    """Answers GraphQL over a shop."""

    def __init__(self, shop: Shop, tokens: Tokens) -> None:
        self._shop = shop
        self._tokens = tokens
        self._schema = make_schema()
        self._documents: dict[str, tuple[DocumentNode | None, list[dict[str, Any]]]] = {}
        self.bucket = Bucket(*self._plan())

    async def answer(self, request: Request) -> Response:
        """The answer to one request. Any version asked for is answered by the one there is, and the header tells."""
        if not self._tokens.takes(request.headers.get("X-Shopify-Access-Token")):
            said = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": said}, 401)
        try:
            asked = json.loads(await request.body())
            query, variables = asked["query"], dict(asked.get("variables") or {})
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        body = self._body(str(query), variables, request)
        return JSONResponse(body, headers={"X-Shopify-API-Version": VERSION, "X-Request-Id": str(uuid.uuid4())})

    def _body(self, query: str, variables: dict[str, Any], request: Request) -> dict[str, Any]:
        document, errors = self._read(query)
        if document is None or errors:
            return {"errors": errors}
        if errors := refuse_variables(self._schema, document, variables):
            return {"errors": errors}
        price = Price(self._schema, document, variables)
        asked = price.asked()
        if asked > MOST:
            return _too_dear(asked)
        self.bucket.size, self.bucket.rate = self._plan()
        if not self.bucket.take(asked):
            self._count("throttled", 1)
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": DOCUMENTATION}}
            return {"errors": [throttled], "extensions": {"cost": self._cost(asked, None)}}
        Merging(self._shop).progress()
        context = Asked(self._shop, request)
        middleware = (redact,) if context.switched("redacted") else None
        result = execute_sync(
            self._schema, document, context_value=context, variable_values=variables, middleware=middleware
        )
        used = min(asked, price.used(result.data))
        self.bucket.give_back(asked - used)
        self._count("points", used)
        extensions = {"cost": self._cost(asked, used)}
        if context.searches:
            extensions["search"] = context.searches  # type: ignore[assignment]
        failed = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
        return {"data": result.data, **failed, "extensions": extensions}

    def _read(self, query: str) -> tuple[DocumentNode | None, list[dict[str, Any]]]:
        """The document, parsed and held against the schema once."""
        if query not in self._documents:
            try:
                document = parse(query)
                errors = [_invalid(error) for error in validate(self._schema, document)]
                errors = errors or refuse_ids(self._schema, document)
            except GraphQLSyntaxError as error:
                document, errors = None, [dict(error.formatted)]
            self._documents[query] = document, errors
        return self._documents[query]

    def _plan(self) -> tuple[int, int]:
        """The shop's plan, as it is switched now: the size of the bucket and the points that come back each second."""
        switches = self._shop.desk.switches
        return switches["shopify_points"], switches["shopify_points_a_second"]

    def _count(self, what: str, much: int) -> None:
        tally = self._shop.desk.quota.setdefault("shopify", {})
        tally[what] = tally.get(what, 0) + much

    def _cost(self, asked: int, used: int | None) -> dict[str, Any]:
        return {"requestedQueryCost": asked, "actualQueryCost": used, "throttleStatus": self.bucket.status()}


def _too_dear(asked: int) -> dict[str, Any]:
    extensions = {"code": "MAX_COST_EXCEEDED", "cost": asked, "maxCost": MOST, "documentation": DOCUMENTATION}
    message = f"Query cost is {asked}, which exceeds the single query max cost limit ({MOST})."
    return {"errors": [{"message": message, "extensions": extensions}]}


def _invalid(error: GraphQLError) -> dict[str, Any]:
    said: dict[str, Any] = dict(error.formatted)
    if found := UNKNOWN_FIELD.match(error.message):
        field, type_ = found.groups()
        said["message"] = f"Field '{field}' doesn't exist on type '{type_}'"
        said["extensions"] = {"code": "undefinedField", "typeName": type_, "fieldName": field}
    return said
