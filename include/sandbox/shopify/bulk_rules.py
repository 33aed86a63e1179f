"""
What Shopify lets run in bulk: its rules about a query beyond the schema, as it words them (recorded 2026-05).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    parse,
)

LARGEST = 65_535  # bytes
MOST, DEEPEST = 5, 2  # connections, and how deep they are nested


def problems(schema: GraphQLSchema, text: str) -> list[str]:
    """Why a query is not run in bulk; nothing when it is."""
    size = len(text.encode())
    if size > LARGEST:
        return [f"Query is too large ({size} bytes; maximum is {LARGEST} bytes)"]
    try:
        document = parse(text)
    except GraphQLError as error:
        return [error.message]
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    if operation.operation is not OperationType.QUERY:
        return ["Invalid operation type. Only `query` operations are supported."]
    found = _Found()
    root = schema.query_type
    found.top_level = [f.name.value for f in _fields(operation.selection_set) if f.name.value in {"node", "nodes"}]
    found.visit(operation.selection_set, root, 0, False)
    return list(found.sentences())


@dataclass
class _Found:
    """What a query has in it."""

    top_level: list[str] = field(default_factory=list)
    connections: int = 0
    deepest: int = 0
    without_edges: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    in_list: bool = False

    def sentences(self) -> Iterator[str]:
        for name in self.top_level:
            yield f"Bulk queries cannot contain a top level `{name}` field."
        if self.without_edges:
            yield (
                "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
                "'products { edges { node {'. Selecting via 'nodes' is not supported. "
                f"Invalid connection fields: {', '.join(map(repr, self.without_edges))}."
            )
        if self.in_list:
            yield "Queries that contain a connection field within a list field are not currently supported."
        if self.deepest > DEEPEST:
            yield f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
        if self.connections > MOST:
            yield f"Bulk queries cannot contain more than {MOST} connections."
        if self.without_id:
            yield (
                "The parent 'node' field for a nested connection must select the 'id' field without an alias and must "
                f"be of 'ID' return type. Connection fields without 'id': {', '.join(self.without_id)}."
            )
        if not self.connections:
            yield "Bulk queries must contain at least one connection."

    def visit(self, selection: Any, type_: Any, depth: int, listed: bool) -> bool:
        """Go through a selection of `type_`. Returns whether there is a connection in it."""
        any_ = False
        for part in _fields(selection):
            said = getattr(type_, "fields", {}).get(part.name.value)
            if said is None or part.selection_set is None:
                continue
            inner = get_named_type(said.type)
            if inner.name.endswith("Connection"):
                any_ = True
                self._connection(part, inner, depth + 1, listed)
            else:
                any_ |= self.visit(part.selection_set, inner, depth, listed or _is_list(said.type))
        return any_

    def _connection(self, part: FieldNode, type_: Any, depth: int, listed: bool) -> None:
        self.connections += 1
        self.deepest = max(self.deepest, depth)
        self.in_list |= listed
        edges = [f for f in _fields(part.selection_set) if f.name.value == "edges"]
        nodes = [f for edge in edges for f in _fields(edge.selection_set) if f.name.value == "node"]
        if not nodes:
            self.without_edges.append(part.name.value)
        for node in nodes:
            inner = get_named_type(get_named_type(type_.fields["edges"].type).fields["node"].type)
            has_id = any(f.name.value == "id" and f.alias is None for f in _fields(node.selection_set))
            if self.visit(node.selection_set, inner, depth, False) and not has_id:
                self.without_id.append(part.name.value)


def _fields(selection: Any) -> Iterator[FieldNode]:
    for part in selection.selections if selection else ():
        if isinstance(part, FieldNode):
            yield part
        elif isinstance(part, InlineFragmentNode):
            yield from _fields(part.selection_set)


def _is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
