"""A merge of two Shopify customers, carried out by the engine: once, proven by reading, and followed by its name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from include.model import Action, Fix, Ref
from include.store import fixes
from include.store.schema import fix
from tests.apply.cases import Worker, approved, receipts_of, state_of

NO_MERGE = ["read_all_orders", "read_customer_merge", "write_customers", "write_orders"]


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def merge(sandbox) -> Fix:
    """A duplicate with an order, and a survivor without a note."""
    bought = next(one for one in sandbox.world.purchases_of("shopify") if one.account)
    survivor = next(one for one in sandbox.world.of("shopify") if one.email and one.id != bought.account)
    duplicate = next(one for one in sandbox.world.of("shopify") if one.id == bought.account)
    orders = [one for one in sandbox.world.purchases_of("shopify") if one.account == duplicate.id]
    return Fix(
        Ref.parse(survivor.ref),
        Action.MERGE,
        {
            "duplicate": duplicate.ref,
            "email": survivor.email,
            "duplicate_email": duplicate.email,
            "orders": {one.ref: {"contact": duplicate.ref, "email": one.email} for one in orders},
        },
        {
            "duplicate": None,
            "email": survivor.email,
            "duplicate_email": None,
            "orders": {one.ref: {"contact": survivor.ref, "email": survivor.email} for one in orders},
        },
    )


def sent(sandbox) -> int:
    writes = sandbox.served.app.state.sandbox.desk.writes
    return len([write for write in writes if write["action"] == "merge"])


@pytest.mark.parametrize(
    ("switches", "fault", "outcomes"),
    [
        pytest.param({}, None, ["applied"], id="answered"),
        pytest.param({"shopify_merge_polls": 9}, None, ["applied"], id="a-job-that-takes-its-time"),
        pytest.param({}, "reset_after", ["applied"], id="done-without-an-answer"),
        pytest.param({"shopify_merge_fails": True}, None, ["unknown", "failed"], id="the-job-fails"),
        pytest.param({}, "502", ["unknown", "failed"], id="lost-on-its-way"),
        pytest.param({"shopify_scopes": NO_MERGE}, None, ["refused"], id="no-scope"),
    ],
)
def test_it_is_sent_once_whatever_becomes_of_it(worker, sandbox, ledger, merge, switches, fault, outcomes):
    sandbox.switch(**switches)
    if fault:
        sandbox.arm({"platform": "shopify", "match": "customerMerge\\b", "fault": fault})
    approved(ledger, merge, by=("ada", "grace"))
    worker.apply()
    sandbox.arm()
    worker.clock.sleep(3_600)
    worker.verify()
    worker.apply()
    assert [outcome for outcome, _ in receipts_of(ledger)] == outcomes
    assert sent(sandbox) == (fault != "502" and outcomes != ["refused"])


def test_the_new_name_is_followed_and_both_are_kept_as_they_were(worker, sandbox, ledger, merge):
    id = approved(ledger, merge, by=("ada", "grace"))
    assert worker.apply() == {"applied": 1}
    assert state_of(ledger, id) == ("settled", 1)
    assert fixes.aliases(ledger) == {merge.before["duplicate"]: str(merge.target)}
    with ledger.read() as connection:
        image = connection.execute(sa.select(fix.c.image)).scalar_one()
    assert set(image) == {str(merge.target), merge.before["duplicate"], *merge.before["orders"]}
    for name, told in merge.before["orders"].items():
        assert image[name]["email"] == told["email"]


def test_an_order_that_came_in_since_makes_it_stale(worker, sandbox, ledger, merge):
    other = next(
        one for one in sandbox.world.purchases_of("shopify") if one.ref not in merge.before["orders"] and one.account
    )
    approved(ledger, merge, by=("ada", "grace"))
    sandbox.open("shopify").api.set_order_customer(other.id, Ref.parse(merge.before["duplicate"]).id)
    assert worker.apply() == {"stale": 1}
    assert sent(sandbox) == 0
