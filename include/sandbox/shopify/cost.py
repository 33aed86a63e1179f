"""
What a query costs in Shopify's points, and the bucket they come out of.

The prices fit the recorded ones (`customers(first: 1)` 3, `first: 5` 5, a mutation 10, each object in it 1). Shopify
publishes another rule and charges less: a client must read the answer's `extensions.cost` and compute nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)

TRANSPARENT = frozenset({"nodes", "edges", "node", "pageInfo", "userErrors"})
MOST = 1000  # points a single query may ask for


class Bucket:
    """A leaky bucket of points. `clock` gives seconds."""

    def __init__(self, size: int, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.size, self.rate, self._clock = size, rate, clock
        self._held, self._at = float(size), clock()

    def available(self) -> float:
        """How many points there are now."""
        now = self._clock()
        self._held = min(float(self.size), self._held + (now - self._at) * self.rate)
        self._at = now
        return self._held

    def take(self, points: int) -> bool:
        """Take points out, if there are as many."""
        if self.available() < points:
            return False
        self._held -= points
        return True

    def give_back(self, points: int) -> None:
        """What was asked for and not used."""
        self._held = min(float(self.size), self.available() + points)

    def status(self) -> dict[str, Any]:
        """The `throttleStatus` of an answer."""
        return {"maximumAvailable": self.size, "currentlyAvailable": int(self.available()), "restoreRate": self.rate}


class Price:
    """The price of one document: before it runs (`asked`), and by what came back (`used`)."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema, self._variables = schema, dict(variables)
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))

    def asked(self) -> int:
        """The most it can cost."""
        return self._root(None)

    def used(self, data: Mapping[str, Any] | None) -> int:
        """What it did cost: what came back null or empty is free."""
        return self._root(data or {})

    def _root(self, data: Mapping[str, Any] | None) -> int:
        root = self._schema.get_root_type(self._operation.operation)
        changing = self._operation.operation is OperationType.MUTATION
        total = 0
        for field in self._fields(self._operation.selection_set):
            said = None if data is None else data.get(_key(field), ())
            total += 10 + self._payload(field, root, said) if changing else self._field(field, root, said, 1)
        return total

    def _payload(self, field: FieldNode, root: Any, said: Any) -> int:
        """In a mutation's payload the changed record is free, and what hangs on it is not."""
        payload = get_named_type(root.fields[field.name.value].type)
        total = 0
        for part in self._fields(field.selection_set):
            if is_composite_type(get_named_type(payload.fields[part.name.value].type)):
                value = None if said is None else (said or {}).get(_key(part))
                if said is None or value:
                    total += self._inside(part, payload, value, 1)
        return total

    def _field(self, field: FieldNode, parent: Any, said: Any, weight: int) -> int:
        name = field.name.value
        if name.startswith("__") or said == ():
            return 0
        type_ = get_named_type(parent.fields[name].type)
        if not is_composite_type(type_):
            return 0
        if type_.name.endswith("Connection"):
            size = self._size(field, said).bit_length()
            return 2 + size + self._inside(field, parent, said, max(1, size // 2))
        return (0 if name in TRANSPARENT else weight) + self._inside(field, parent, said, weight)

    def _inside(self, field: FieldNode, parent: Any, said: Any, weight: int) -> int:
        type_ = get_named_type(parent.fields[field.name.value].type)
        if not hasattr(type_, "fields"):
            return 0
        values = said if isinstance(said, list) else [said]
        first = next((value for value in values if value), None)
        if said is not None and first is None:
            return 0
        total = 0
        for part in self._fields(field.selection_set):
            value = first.get(_key(part), ()) if first else None
            if said is None or value is not None:
                total += self._field(part, type_, value, weight)
        return total

    def _size(self, field: FieldNode, said: Any) -> int:
        if isinstance(said, dict):
            return len(said.get("nodes") or said.get("edges") or ())
        values = {a.name.value: value_from_ast_untyped(a.value, self._variables) for a in field.arguments or ()}
        return int(values.get("first") or values.get("last") or 1)

    def _fields(self, selection: Any) -> Iterator[FieldNode]:
        for part in selection.selections if selection else ():
            match part:
                case FieldNode():
                    yield part
                case FragmentSpreadNode():
                    yield from self._fields(self._fragments[part.name.value].selection_set)
                case InlineFragmentNode():
                    yield from self._fields(part.selection_set)


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value
