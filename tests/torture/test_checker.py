"""The checker sees what it is there for: a write that went elsewhere, or did more than was approved."""

from __future__ import annotations

import copy

import pytest

from include.store.ledger import open_ledger, upgrade
from tests.apply.cases import Worker
from tests.torture import cells, changes, checker

KINDS = {**changes.KINDS, "reset of access": cells.KINDS["reset of access"].make}
NOTE = ["Call her first.", "Changed. [Rollcall 000000000001-torture]"]


@pytest.fixture
def applied(sandbox, sqlite_path):
    """Apply a change of this kind, and give the ledger and the log of writes."""

    def apply(kind: str):
        upgrade(url := f"sqlite:///{sqlite_path}")
        ledger = open_ledger(url)
        cells.approve(ledger, KINDS[kind](sandbox, 1, 1))
        Worker(ledger, sandbox).apply()
        return ledger, sandbox.writes()

    return apply


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_done_as_it_was_approved_is_in_order(applied, kind):
    ledger, writes = applied(kind)
    assert writes
    assert checker.violations(ledger.engine, writes) == []


@pytest.mark.parametrize(
    ("kind", "action", "forged", "says"),
    [
        pytest.param("guest order", "attach", {"customer_id": [0, 424242]}, "R1", id="another-customer"),
        pytest.param("guest order", "attach", {"status": [1, 2]}, "R1", id="an-order-s-other-field"),
        pytest.param("guest order", "note", {"staff_notes": NOTE}, "R4", id="a-note-in-place-of-another"),
        pytest.param("merge", "merge", {"duplicate": ["hubspot:contact:424242", None]}, "R1", id="another-duplicate"),
        pytest.param("merge", "merge", {"email": ["a@a.example", "b@b.example"]}, "R4", id="a-survivor-s-address"),
        pytest.param("invitation", "invite", {"tags": [None, "vip"]}, "R4", id="an-invited-one-s-tags"),
        pytest.param("shopify address", "update", {"phone": ["1", "2"]}, "R4", id="a-phone-beside-an-address"),
        pytest.param("shopify address", "update", {"email": ["a@a.example", "b@b.example"]}, "R1", id="an-address"),
        pytest.param("reset of access", "update", {"email": ["a@a.example", ""]}, "R4", id="more-than-an-access"),
    ],
)
def test_what_was_done_otherwise_is_told(applied, kind, action, forged, says):
    ledger, writes = applied(kind)
    seen = copy.deepcopy(writes)
    next(one for one in seen if one["action"] == action)["changed"] |= forged
    assert says in {one[:2] for one in checker.violations(ledger.engine, seen)}


def test_an_address_that_was_told_to_one_of_two_services_only_is_told(applied):
    ledger, writes = applied("several platforms")
    with ledger.write() as connection:
        connection.exec_driver_sql("UPDATE notice SET text = replace(text, '(BigCommerce)', '')")
    found = checker.violations(ledger.engine, writes, over=True)
    assert [one[:2] for one in found] == ["R8", "R8"]
