"""The sandbox's Shopify schema is a true subset of the official one, and every document we send fits both."""

from __future__ import annotations

import ast
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    build_client_schema,
    is_specified_scalar_type,
    parse,
    print_ast,
    validate,
)

from include.platforms.shopify import documents, notes
from include.sandbox.shopify.resolvers import make_schema

OFFICIAL = Path(__file__).parents[4] / "shared" / "specs" / "shopify" / "admin_2026-10.json.gz"

DOCUMENTS = {
    name: text
    for name, text in {**vars(documents), **vars(notes)}.items()
    if isinstance(text, str) and name.isupper() and not text.lstrip().startswith("fragment")
}


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    if not OFFICIAL.is_file():
        pytest.skip("Shopify's own schema is not beside this checkout")
    return build_client_schema(json.loads(gzip.decompress(OFFICIAL.read_bytes()))["data"], assume_valid=True)


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    """What of ours is not in theirs, or is there of another type."""
    for name, type_ in ours.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(type_):
            continue
        other: Any = theirs.type_map.get(name)
        if type(other) is not type(type_):
            yield f"{name}: {other}"
            continue
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{name}.{value}" for value in type_.values if value not in other.values)
        if isinstance(type_, GraphQLInputObjectType):
            if type_.is_one_of != other.is_one_of:
                yield f"{name}: oneOf"
            yield from parts(name, type_.fields, other.fields)
        elif hasattr(type_, "fields"):
            interfaces = {i.name for i in type_.interfaces} - {i.name for i in other.interfaces}
            yield from (f"{name} implements {interface}" for interface in interfaces)
            for field, said in type_.fields.items():
                if field not in other.fields or str(said.type) != str(other.fields[field].type):
                    yield f"{name}.{field}: {said.type}"
                else:
                    yield from parts(f"{name}.{field}", said.args, other.fields[field].args)


def parts(where: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """What of these arguments or input fields is not theirs, and which of theirs must be there."""
    for name, said in ours.items():
        other = theirs.get(name)
        if other is None or str(said.type) != str(other.type) or default(said) != default(other):
            yield f"{where}({name}: {said.type})"
    for name, other in theirs.items():
        if isinstance(other.type, GraphQLNonNull) and name not in ours:
            yield f"{where} lacks {name}"


def default(said: Any) -> str | None:
    """An argument's default, as it is written in a schema."""
    return said.default and print_ast(said.default.literal)


def test_the_schema_is_a_true_subset_of_the_official_one(official: GraphQLSchema) -> None:
    assert list(differences(make_schema(), official)) == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_document_fits_the_official_schema(name: str, official: GraphQLSchema) -> None:
    assert validate(official, parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_document_fits_the_sandbox(name: str) -> None:
    assert validate(make_schema(), parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_no_document_asks_for_what_is_deprecated(name: str) -> None:
    assert validate(make_schema(), parse(DOCUMENTS[name]), [NoDeprecatedCustomRule]) == []


def test_no_document_is_written_where_no_schema_is_held_against_it() -> None:
    files = {
        path.name
        for path in Path(documents.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and re.match(r"\s*(query|mutation)\b[^{.]*\{", str(node.value))
    }
    assert files == {"documents.py", "notes.py", "storefront.py"}  # the last is for the Storefront API: its test has it
