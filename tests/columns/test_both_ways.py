"""Many records at once are read as each is read alone, whatever they hold; and plain ones are never read alone."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pyarrow as pa
import pytest

from include.columns import Columns, Rows
from include.errors import UnexpectedAnswer
from include.json_text import parsed
from include.platforms.bigcommerce import rows as bigcommerce
from include.platforms.hubspot import rows as hubspot
from include.platforms.shopify import rows as shopify
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
    *(GONE, None, True, False, [], {}, [1, "a"], [None], [{}], 0, 3, -1, 2**63, 2**70, 1.0, float("nan")),
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


@pytest.mark.parametrize(("columns", "plain"), PLAIN)
def test_records_read_at_once_are_what_they_are_one_by_one(columns: Columns[Any], plain: dict[str, Any]) -> None:
    for path, value, record in spoiled(plain):
        records = [plain, record, plain]
        alone = told(lambda records=records: of_rows(columns.name, list(Rows(columns, [records]))))
        at_once = told(lambda records=records: of_rows(columns.name, Rows(columns, [records])))
        same = at_once == alone if isinstance(alone, str) else at_once.equals(alone)
        assert same, (path, value, alone, at_once)


@pytest.mark.parametrize(("columns", "plain"), PLAIN)
def test_plain_records_are_never_read_one_by_one(columns: Columns[Any], plain: dict[str, Any]) -> None:
    empty = {name: None if isinstance(value, dict) and name != "properties" else value for name, value in plain.items()}
    if "billing_address" in plain:
        empty = plain
    table = columns.at_once([plain, empty] * 3)
    assert isinstance(table, pa.Table)
    assert table.equals(of_rows(columns.name, list(Rows(columns, [[plain, empty] * 3]))))


def test_pages_are_read_once_and_in_their_order() -> None:
    pages = iter([[hubspot_rows.RECORD | {"id": id}] for id in ("10", "9", "8")])
    rows = Rows(hubspot.CONTACT, pages)
    assert rows.table().column("id").to_pylist() == ["10", "9", "8"]
    assert rows.table().num_rows == 0


def test_a_page_is_read_whatever_json_says() -> None:
    assert parsed(b'{"name": "Ann\\ud83d", "n": 3}') == {"name": "Ann\ud83d", "n": 3}
    with pytest.raises(ValueError, match="line 1"):
        parsed(b"<html>")
