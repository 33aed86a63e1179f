"""Many records at once are read as each is read alone, whatever they hold; and plain ones are never read alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial, reduce
from typing import Any

import pyarrow as pa
import pytest

from include.columns import Columns, Rows, Told
from include.columns.kinds import Exact, Text
from include.columns.parts import TYPED, Within
from include.columns.shapes import decoder
from include.errors import SnapshotMissing, UnexpectedAnswer
from include.json_text import parsed
from include.platforms.bigcommerce import rows as bigcommerce
from include.platforms.hubspot import rows as hubspot
from include.platforms.shopify import rows as shopify
from include.store.bodies import Bodies, Body
from include.store.tables import of_rows
from tests.platforms.bigcommerce import test_rows as bigcommerce_rows
from tests.platforms.hubspot import test_rows as hubspot_rows
from tests.platforms.shopify import test_rows as shopify_rows

PLAIN = [
    pytest.param(hubspot.CONTACT, hubspot_rows.RECORD, id="hubspot-contacts"),
    pytest.param(shopify.CONTACTS, shopify_rows.CUSTOMER, id="shopify-customers"),
    pytest.param(shopify.ORDERS, shopify_rows.ORDER, id="shopify-orders"),
    pytest.param(bigcommerce.CONTACTS, bigcommerce_rows.CUSTOMER, id="bigcommerce-customers"),
    pytest.param(bigcommerce.ORDERS, bigcommerce_rows.ORDER, id="bigcommerce-orders"),
]
GONE = object()
VALUES = [
    *(GONE, None, True, False, [], {}, [1, "a"], [None], [{}], 0, 3, -1, 2**63, 2**70, 1.0),
    *("", " \x1f", "\u2003x ", "x\ud83d", "7", " 7 ", "\u0663", "DISABLED", "a; b;", "gid://shopify/Customer/"),
    *("gid://shopify/Order/7", "gid://shopify/Customer/\u0663", "PARTIALLY_REFUNDED"),
    *("2024-08-15T17:09:13.648Z", "2024-08-15T17:09:13.6481234Z", "2024-08-15 17:09+02:00", "2024-08-15T17:09:13"),
    *("2024-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "2024-W33-4T00:00:00Z"),
    *("Tue, 05 Mar 2019 21:40:11 -0500", "Tue, 05 Mar 2019 21:40:11 -0000", "Tue, 5 Mar 19 21:40:11 GMT"),
    *("Tue, 05 Mar 0019 21:40:11 +0000", "Tue, 30 Feb 2019 21:40:11 +0000", "Tue, 05 Mar 2019 21:40:11 -00"),
    *("xxx, 05 Mar 2019 21:40:11 +0000", "Mon, 01 Jan 0100 00:00:00 +0000", "Tue; 05 Mar 2019 21:40:11 +0000"),
]


def spoiled(plain: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """The record with one field, or one of an object's within it, as it should not or need not be."""
    links = {"properties": plain["properties"] | dict.fromkeys(hubspot.LINKS, "7")} if "properties" in plain else {}
    for path in _paths(plain | links):
        for value in VALUES:
            record = deepcopy(plain | links)
            place = record
            for step in path[:-1]:
                place = place[step]
            if value is GONE:
                del place[path[-1]]
            else:
                place[path[-1]] = value
            yield ".".join(map(str, path)), value, record


def _paths(value: Any) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for step, within in steps:
        yield (step,)
        yield from ((step, *path) for path in _paths(within))


def told(make: Any) -> Any:
    try:
        return make()
    except UnexpectedAnswer as refusal:
        return str(refusal)


def page(columns: Columns[Any], records: list[dict[str, Any]]) -> Any:
    """Records as a page of the platform holds them."""
    return reduce(lambda held, name: {name: held, "more": [1.5, {"a": None}]}, reversed(columns.at), records)


def listed(columns: Columns[Any], body: Any) -> list[dict[str, Any]]:
    return reduce(lambda held, name: held[name], columns.at, body)


def rows(columns: Columns[Any], *pages: list[dict[str, Any]], kept: bool = False) -> Rows[Any]:
    """The rows of pages of these records, parsed or as they are kept."""
    bodies: Any = [page(columns, records) for records in pages]
    if kept:
        raw = [Body(json.dumps(body).encode("ascii"), "hubspot full: page 1") for body in bodies]
        bodies = Bodies(lambda: iter(raw))
    return Rows(columns, "stream", bodies, partial(listed, columns))


def said(columns: Columns[Any], found: Told) -> tuple[pa.Table, list[str], Sequence[str]]:
    return of_rows(columns.name, found), found.ids.to_pylist(), found.replaced


@pytest.mark.parametrize("kept", [False, True], ids=["parsed", "as-kept"])
@pytest.mark.parametrize(("columns", "plain"), PLAIN)
def test_records_read_at_once_are_what_they_are_one_by_one(
    columns: Columns[Any], plain: dict[str, Any], kept: bool
) -> None:
    for path, value, record in spoiled(plain):
        records = [plain, record, plain]
        held = parsed(json.dumps(records).encode("ascii")) if kept else records
        alone = told(lambda held=held: said(columns, columns.alone(held)))
        at_once = told(lambda records=records: said(columns, rows(columns, records, kept=kept).told()))
        assert at_once == alone, (path, value)


@pytest.mark.parametrize(("columns", "plain"), PLAIN)
def test_a_table_holds_the_rows_that_come_one_by_one(columns: Columns[Any], plain: dict[str, Any]) -> None:
    every = [record for _, _, record in spoiled(plain)]
    records = [record for record in every if not isinstance(told(lambda record=record: columns.alone([record])), str)]
    table = of_rows(columns.name, rows(columns, *([record] for record in records)))
    assert table.equals(of_rows(columns.name, list(rows(columns, *([record] for record in records)))))
    assert table.num_rows > len(records) / 2


@pytest.mark.parametrize(("columns", "plain"), PLAIN)
def test_plain_records_are_never_read_one_by_one(columns: Columns[Any], plain: dict[str, Any]) -> None:
    empty = {name: None if isinstance(value, dict) and name != "properties" else value for name, value in plain.items()}
    if "billing_address" in plain:
        empty = plain
    records = [plain, empty] * 3
    decoded = columns.decode(json.dumps(page(columns, records)).encode("ascii"))
    assert decoded is not None
    alone = columns.alone(records)
    for batch in (columns.batch(records), columns.batch(decoded, TYPED)):
        told = columns.at_once(batch)
        assert isinstance(told.rows, pa.Table)
        assert told.rows.equals(alone.rows)
        assert (told.ids.to_pylist(), told.replaced) == (columns.ids(records), alone.replaced)


def test_pages_are_read_once_and_in_their_order() -> None:
    pages = iter([{"results": [hubspot_rows.RECORD | {"id": id}]} for id in ("10", "9", "8")])
    found = hubspot.contacts({"contacts": pages})
    assert found.table().column("id").to_pylist() == ["10", "9", "8"]
    assert found.table().num_rows == 0


def test_pages_as_they_were_kept_are_read_in_their_order_whichever_of_them_must_be_parsed() -> None:
    odd = {"archived": 1, "properties": hubspot_rows.RECORD["properties"] | {"company": "Ann\ud83d"}}
    named = [hubspot_rows.RECORD | {"id": str(number)} | (odd if number in (3, 4, 7) else {}) for number in range(9)]
    found = rows(hubspot.CONTACT, *([record] for record in named), kept=True).told()
    assert found.ids.to_pylist() == found.rows.column("id").to_pylist() == [str(number) for number in range(9)]
    assert found.rows.column("company").to_pylist().count("Ann\ufffd") == 3


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda page: page[:-1], id="cut-short"),
        pytest.param(lambda page: page.replace(b"1.5", b"1.5.5"), id="what-is-passed-over-is-no-json"),
        pytest.param(lambda page: page.replace(b'"a"', b'"\xff"'), id="what-is-passed-over-is-not-utf-8"),
    ],
)
def test_a_page_that_is_no_json_is_damaged_even_where_nothing_is_read(spoil: Callable[[bytes], bytes]) -> None:
    body = json.dumps(page(hubspot.CONTACT, [hubspot_rows.RECORD])).encode("ascii")
    bodies = Bodies(lambda: iter([Body(spoil(body), "hubspot full: page 1")]))
    with pytest.raises(SnapshotMissing, match="hubspot full: page 1 is damaged or gone"):
        hubspot.contacts({"contacts": bodies}).table()


def test_a_field_can_be_declared_twice_only_as_the_same_thing() -> None:
    texts = (Text("name"), Exact("name"), Text("name", Within("part")))
    decode = decoder((), [field for text in texts for field in text.fields()])
    assert decode(b'[{"name": "Ann", "part": {"name": null}}]') is not None
    assert decode(b'[{"name": null, "part": {"name": null}}]') is None
    with pytest.raises(TypeError, match="part is declared as two things"):
        decoder((), [*Text("part").fields(), *Text("name", Within("part")).fields()])


def test_a_page_is_read_whatever_json_says() -> None:
    assert parsed(b'{"name": "Ann\\ud83d", "n": 3}') == {"name": "Ann\ud83d", "n": 3}
    with pytest.raises(ValueError, match="line 1"):
        parsed(b"<html>")
