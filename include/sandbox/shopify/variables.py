"""
Shopify's verdict on a document's variables, in Shopify's own words and shape (as recorded 2026-05).

Only what can be said before anything runs: nothing here looks at a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    SourceLocation,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_location,
    get_named_type,
    print_ast,
    type_from_ast,
    visit,
)

GID = re.compile(r"gid://shopify/\w+/[\w-]+(\?.*)?")

Problem = tuple[list[str | int], str]


def refuse_variables(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One top-level error for each variable that its declared type does not admit."""
    errors = []
    for operation in document.definitions:
        for definition in getattr(operation, "variable_definitions", None) or ():
            name = definition.variable.name.value
            if name not in variables and definition.default_value is not None:
                continue
            value = variables.get(name)
            found = list(_problems(value, type_from_ast(schema, definition.type), []))
            if found and isinstance(operation, OperationDefinitionNode):
                place = get_location(definition.loc.source, definition.loc.start)
                errors.append(_error(name, print_ast(definition.type), value, found, place.line, place.column))
    return errors


def refuse_ids(schema: GraphQLSchema, document: DocumentNode) -> list[dict[str, Any]]:
    """One top-level error for each id that is written into the document and is none."""
    seen = _Ids(TypeInfo(schema))
    visit(document, TypeInfoVisitor(seen.types, seen))
    return seen.errors


class _Ids(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types, self.errors = types, list[dict[str, Any]]()
        self._operation = ""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self._operation = f"{node.operation.value} {node.name.value if node.name else ''}".strip()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        taken = getattr(self.types.get_field_def(), "args", {})
        for argument in node.arguments or ():
            said = taken.get(argument.name.value)
            if (
                said is None
                or get_named_type(said.type).name != "ID"
                or not isinstance(argument.value, StringValueNode)
            ):
                continue
            if not GID.fullmatch(argument.value.value):
                place = get_location(node.loc.source, node.loc.start) if node.loc else SourceLocation(1, 1)
                self.errors.append(
                    {
                        "message": f"Invalid global id '{argument.value.value}'",
                        "locations": [{"line": place.line, "column": place.column}],
                        "path": [self._operation, node.name.value, argument.name.value],
                        "extensions": {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"},
                    }
                )


def _error(name: str, type_: str, value: Any, found: list[Problem], line: int, column: int) -> dict[str, Any]:
    says = ", ".join(f"{'.'.join(map(str, path))} ({why})" for path, why in found if path)
    return {
        "message": f"Variable ${name} of type {type_} was provided invalid value" + (f" for {says}" if says else ""),
        "locations": [{"line": line, "column": column}],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": value,
            "problems": [{"path": path, "explanation": why} for path, why in found],
        },
    }


def _problems(value: Any, type_: Any, path: list[str | int]) -> Iterator[Problem]:
    match type_:
        case GraphQLNonNull():
            if value is None:
                yield path, "Expected value to not be null"
            else:
                yield from _problems(value, type_.of_type, path)
        case _ if value is None:
            return
        case GraphQLList():
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                yield from _problems(item, type_.of_type, [*path, index])
        case GraphQLInputObjectType():
            yield from _object(value, type_, path)
        case GraphQLEnumType():
            if value not in type_.values:
                yield path, f'Expected "{value}" to be one of: {", ".join(type_.values)}'
        case _:
            yield from _scalar(value, type_.name, path)


def _object(value: Any, type_: GraphQLInputObjectType, path: list[str | int]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield path, f'Expected "{value}" to be a key-value object.'
        return
    if type_.is_one_of and sum(inner is not None for inner in value.values()) != 1:
        yield path, f"'{type_.name}' requires exactly one argument, but {len(value)} were provided."
    for name in value:
        if name not in type_.fields:
            yield [*path, name], f"Field is not defined on {type_.name}"
    for name, field in type_.fields.items():
        if name in value or isinstance(field.type, GraphQLNonNull):
            yield from _problems(value.get(name), field.type, [*path, name])


def _scalar(value: Any, name: str, path: list[str | int]) -> Iterator[Problem]:
    if name == "ID":
        if not (isinstance(value, str) and GID.fullmatch(value)):
            yield path, f"Invalid global id '{value}'"
    elif not isinstance(value, {"Int": int, "Boolean": bool}.get(name, str)):
        yield path, f"Could not coerce value {value!r} to {name}"
