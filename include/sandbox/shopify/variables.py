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
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_location,
    print_ast,
    type_from_ast,
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
