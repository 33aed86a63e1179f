"""Many records at once are read as each is read alone, whatever they hold; and plain ones are never read alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
TEXTS = st.text(max_size=3) | st.sampled_from(["", " \x1f", "\u2003x", "x\ud83d", "7", "\u0663", "DISABLED", "a; b;"])
TIMES = st.sampled_from(
    [
        "2024-08-15T17:09:13.648Z",
        "2024-08-15T17:09:13+02:00",
        "2024-08-15T17:09:13",
        "2024-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2024-W33-4T00:00:00Z",
        "Tue, 05 Mar 2019 21:40:11 -0500",
        "Tue, 05 Mar 2019 21:40:11 -0000",
        "Tue, 5 Mar 19 21:40:11 GMT",
        "Tue, 05 Mar 0019 21:40:11 +0000",
        "Tue, 30 Feb 2019 21:40:11 +0000",
    ]
)
NUMBERS = st.integers(-1, 3) | st.sampled_from([2**63, 2**70, 1.0, float("nan")])
OTHER = st.sampled_from([GONE, None, True, False, [], {}, [1, "a"], [None], [{}]])
VALUES = TEXTS | TIMES | NUMBERS | OTHER


@st.composite
def spoiled(draw: st.DrawFn, plain: dict[str, Any]) -> dict[str, Any]:
    """A record with up to three of its fields, or of an object's within it, as they should not or need not be."""
    record = deepcopy(plain)
    for _ in range(draw(st.integers(0, 3))):
        within = [record, *(value for value in record.values() if isinstance(value, dict) and value)]
        place = draw(st.sampled_from(within))
        if place:
            name, value = draw(st.sampled_from(sorted(place))), draw(VALUES)
            place.update({name: value}) if value is not GONE else place.pop(name)
    return record


def told(make: Any) -> Any:
    try:
        return make()
    except UnexpectedAnswer as refusal:
        return str(refusal)


@pytest.mark.parametrize(("columns", "plain"), PLAIN)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_records_read_at_once_are_what_they_are_one_by_one(columns: Columns[Any], plain: dict[str, Any], data) -> None:
    records = data.draw(st.lists(spoiled(plain), min_size=1, max_size=4))
    alone = told(lambda: of_rows(columns.name, list(Rows(columns, [records]))))
    at_once = told(lambda: of_rows(columns.name, Rows(columns, [records])))
    assert at_once == alone if isinstance(alone, str) else at_once.equals(alone)


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
