"""A page tells nothing any more of a record that was erased by its number, and of every other one what it told."""

from __future__ import annotations

from typing import Any

import pytest

from include.forgetting import nights
from include.forgetting.pseudonyms import Erased, Key
from include.registry import load
from include.store.snapshots import Snapshot
from tests.forgetting.test_erasing import NIGHT, filled, house
from tests.test_stages import PLATFORMS

__all__ = ["filled", "house"]  # fixtures

NOBODY = Erased(Key(b"0" * 32), frozenset())  # no address is known: the number alone tells
TELLS = ("first_name", "last_name", "phone", "address", "city", "postcode", "company")
KINDS = [*((name, "") for name in PLATFORMS), ("whmcs", "login")]


def told(snapshot: Snapshot, platform: str, table: str) -> dict[str, Any]:
    """What the pages of a platform say, by the reference of each record."""
    raw = {stream: list(bodies) for stream, bodies in snapshot.raw(platform).bodies().items()}
    rows = getattr(load("platforms", platform, "rows"), table)(raw)
    return {f"{platform}:{getattr(row, 'kind', 'order')}:{row.id}": row for row in rows}


@pytest.mark.parametrize(("platform", "kind"), KINDS)
def test_a_page_forgets_a_record_by_its_number_and_no_other(house, platform, kind):
    snapshot = house.store.get(f"{NIGHT}.1")
    before = told(snapshot, platform, "contacts")
    ref = next(ref for ref, row in before.items() if kind in ref and row.email)
    assert nights.erase(snapshot, NOBODY, frozenset({ref}))
    after = told(house.store.get(f"{NIGHT}.1"), platform, "contacts")
    assert after.keys() == before.keys()
    assert _says(after[ref]) == {}
    assert before[ref].email not in str(after[ref])
    others = {name for name in before if before[name] != after[name]} - {ref}
    assert others <= {name for name in before if ref in before[name].links or name in before[ref].links}


@pytest.mark.parametrize("platform", ["shopify", "bigcommerce"])
def test_it_forgets_what_that_record_ordered(house, platform):
    snapshot = house.store.get(f"{NIGHT}.1")
    before = told(snapshot, platform, "orders")
    name, order = next((name, row) for name, row in before.items() if row.contact_id and _says(row))
    nights.erase(snapshot, NOBODY, frozenset({f"{platform}:customer:{order.contact_id}"}))
    after = told(house.store.get(f"{NIGHT}.1"), platform, "orders")
    assert _says(after[name]) == {}
    changed = {row.contact_id for ref, row in before.items() if after[ref] != row}
    assert changed == {order.contact_id}


def _says(row: Any) -> dict[str, Any]:
    return {name: value for name in TELLS if (value := getattr(row, name, None))}
