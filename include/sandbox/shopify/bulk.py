"""
Bulk operations of the sandbox's Shopify: run, looked at, canceled, and their files of lines.

An operation reads the shop when it begins, and gets on by being looked at. Its file is at a signed address; who sends
the connection's token there is refused, for the real storage is not Shopify's to give it to.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLSchema, parse, validate
from starlette.responses import PlainTextResponse, Response

from include.sandbox.shopify.bulk_rules import problems
from include.sandbox.shopify.connections import TERM, refused
from include.sandbox.shopify.shop import Record, Shop, stamp

if TYPE_CHECKING:
    from starlette.requests import Request

PLACES = 5  # for operations of one app that are under way
UNDER_WAY = ("CREATED", "RUNNING", "CANCELING")
FIRST = 7_700_000_000_000  # numbers of operations begin after it
STATUSES = {"canceled", "canceling", "completed", "created", "failed", "running"}
TYPES = {"mutation", "query"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Bulk:
    """The operations of one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def run(self, schema: GraphQLSchema, query: str, base: str, execute: Callable[[Any], Any]) -> Record:
        """bulkOperationRunQuery. `execute` runs a document over the whole shop."""
        if self._switched("denied"):
            said = "Access denied for bulkOperationRunQuery field."
            raise GraphQLError(said, extensions={"code": "ACCESS_DENIED"})
        wrong = problems(schema, query) or [error.message for error in validate(schema, parse(query))]
        if wrong:
            return _refused("INVALID", *wrong, field=["query"])
        if self._switched("limited"):
            return _refused("LIMIT_REACHED", "Bulk operation limit reached. Please try again later.")
        taken = [id for id, held in self._shop.operations.items() if held["status"] in UNDER_WAY]
        taken += [f"gid://shopify/BulkOperation/{number + 1}" for number in range(self._switched("others"))]
        if len(taken) >= PLACES:
            if self._switched("others_end"):
                self._shop.desk.switches["shopify_bulk_others"] -= 1
            told = f"A bulk query operation for this app and shop is already in progress: {', '.join(taken)}."
            return _refused("OPERATION_IN_PROGRESS", told)
        operation = self._begun(query)
        self._read(operation, execute(parse(query)), base)
        return {"bulkOperation": operation, "userErrors": []}

    def look(self, id: str) -> Record | None:
        """bulkOperation: how far it is now; it gets on after that."""
        if not id.startswith("gid://shopify/BulkOperation/"):
            raise refused(f"Invalid id: {id}", "RESOURCE_NOT_FOUND")
        operation = self._shop.operations.get(id)
        if operation is None:
            return None
        told = dict(operation)
        self._get_on(operation)
        return told

    def cancel(self, id: str) -> Record:
        """bulkOperationCancel."""
        operation = self._shop.operations.get(id)
        if operation is None:
            error = {"field": ["id"], "message": "Bulk operation does not exist"}
            return {"bulkOperation": None, "userErrors": [error]}
        if operation["status"] not in UNDER_WAY:
            told = f"A bulk operation cannot be canceled when it is {operation['status'].lower()}"
            return {"bulkOperation": operation, "userErrors": [{"field": None, "message": told}]}
        operation["status"] = "CANCELING"
        return {"bulkOperation": operation, "userErrors": []}

    def listed(self, warn: Callable[[Record], None], asked: Mapping[str, Any]) -> Record:
        """bulkOperations: those that match, in the order they were begun."""
        if asked.get("first") is not None and asked.get("last") is not None:
            raise refused("providing both first and last is not supported")
        found = list(self._shop.operations.values())
        for _, field, _, quoted in TERM.findall(asked.get("query") or ""):
            value = quoted.strip("\"'").casefold()
            if field == "created_at" and not DAY.match(value):
                raise refused("Invalid timestamp for query filter `created_at`.")
            accepted = {"status": STATUSES, "operation_type": TYPES}.get(field)
            if accepted and value not in accepted:
                warning = f"Input `{quoted}` is not an accepted value."
                warned = {"field": field, "message": warning, "code": "invalid_value"}
                parsed = {"field": field, "match_all": quoted}
                warn({"path": ["bulkOperations"], "query": asked["query"], "parsed": parsed, "warnings": [warned]})
            found = [one for one in found if _matches(one, field, value)]
        if asked.get("reverse"):
            found.reverse()
        page = found[: asked.get("first") or len(found)]
        cursors = [base64.b64encode(one["id"].encode()).decode() for one in page]
        return {
            "nodes": page,
            "edges": [{"cursor": cursor, "node": one} for cursor, one in zip(cursors, page, strict=True)],
            "pageInfo": {
                "hasNextPage": len(found) > len(page),
                "hasPreviousPage": False,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
            },
        }

    def _begun(self, query: str) -> Record:
        id = f"gid://shopify/BulkOperation/{FIRST + len(self._shop.operations) + 1}"
        self._shop.operations[id] = {
            "__typename": "BulkOperation",
            "id": id,
            "status": "CREATED",
            "type": "QUERY",
            "errorCode": None,
            "createdAt": stamp(self._shop.desk.tick()),
            "completedAt": None,
            "objectCount": "0",
            "rootObjectCount": "0",
            "fileSize": None,
            "url": None,
            "partialDataUrl": None,
            "query": query,
            "looks": 0,
        }
        return self._shop.operations[id]

    def _read(self, operation: Record, result: Any, base: str) -> None:
        """What the operation will have brought once it has ended."""
        failed = bool(result.errors) and self._switched("redacted") == "FAILED"
        lines = list(_lines(result.data or {}))
        kept = lines[: len(lines) - self._switched("lost_lines")]
        operation["file"] = "".join(json.dumps(line).replace("/", "\\/") + "\n" for line in kept).encode()
        operation["name"], operation["signature"] = secrets.token_hex(14), secrets.token_urlsafe(24)
        signed = f"{base}bulk-operation-outputs/{operation['name']}?Expires=1&Signature={operation['signature']}"
        operation["end"] = "FAILED" if failed else self._switched("status")
        operation["why"] = "ACCESS_DENIED" if failed else self._switched("error")
        operation["brought"] = len(lines), sum("__parentId" not in line for line in lines), signed

    def _get_on(self, operation: Record) -> None:
        operation["looks"] += 1
        if operation["status"] == "CANCELING":
            operation["status"] = "CANCELED"
        if operation["status"] not in UNDER_WAY:
            return
        if operation["looks"] < self._switched("looks"):
            operation["status"] = "RUNNING"
            return
        objects, roots, signed = operation["brought"]
        operation["status"], operation["completedAt"] = operation["end"], stamp(self._shop.desk.tick())
        operation["objectCount"], operation["rootObjectCount"] = str(objects), str(roots)
        match operation["end"]:
            case "COMPLETED" if objects:
                operation["url"], operation["fileSize"] = signed, str(len(operation["file"]))
            case "FAILED":
                operation["errorCode"] = operation["why"]
                operation["partialDataUrl"] = signed if objects else None

    def _switched(self, name: str) -> Any:
        return self._shop.desk.switches[f"shopify_bulk_{name}"]


class Files:
    """The storage that signed addresses lead to."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def answer(self, request: Request) -> Response:
        """An operation's file."""
        if {"x-shopify-access-token", "authorization"} & set(request.headers):
            return PlainTextResponse("a token was sent to a host that is not Shopify", 400)
        for operation in self._shop.operations.values():
            if operation["name"] == request.path_params["name"]:
                if request.query_params.get("Signature") != operation["signature"]:
                    return PlainTextResponse("SignatureDoesNotMatch", 403)
                return Response(operation["file"], media_type="application/jsonl")
        return PlainTextResponse("NoSuchKey", 404)


def _refused(code: str, *messages: str, field: list[str] | None = None) -> Record:
    errors = [{"field": field, "message": message, "code": code} for message in messages]
    return {"bulkOperation": None, "userErrors": errors}


def _matches(operation: Record, field: str, value: str) -> bool:
    match field:
        case "status":
            return bool(operation["status"].casefold() == value)
        case "operation_type":
            return bool(operation["type"].casefold() == value)
        case "id":
            return bool(operation["id"].endswith(f"/{value}"))
        case _:
            return True


def _lines(data: Record) -> Iterator[Record]:
    """Every record of the root connections, and what hangs on them as lines of their own, which come first."""
    for connection in data.values():
        for edge in (connection or {}).get("edges", ()):
            yield from _flat(edge["node"], {})


def _flat(node: Record, above: Record) -> Iterator[Record]:
    kept = {name: value for name, value in node.items() if not (isinstance(value, dict) and "edges" in value)}
    for name in node.keys() - kept.keys():
        for edge in node[name]["edges"]:
            yield from _flat(edge["node"], {"__parentId": node["id"]})
    yield kept | above
