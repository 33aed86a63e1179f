"""A guest's order at Shopify, by the whole procedure: attached, its invoice's address put right, its buyer invited."""

from __future__ import annotations

import pytest

from include.model import Action, Fix, Ref
from tests.apply.cases import Worker, approved, receipts_of, state_of

MARKER = "Rollcall 0123456789ab"


@pytest.mark.parametrize(
    ("rewrites", "outcomes"),
    [
        pytest.param(True, ["applied", "applied", "applied", "applied"], id="the-email-follows-and-is-put-right"),
        pytest.param(False, ["applied", "already", "applied", "applied"], id="the-email-stayed-and-is-left-alone"),
    ],
)
def test_the_order_ends_with_its_account_and_its_own_address(sandbox, ledger, rewrites, outcomes):
    sandbox.switch(shopify_order_set_rewrites_email=rewrites)
    account = next(one for one in sandbox.world.of("shopify") if one.email and one.state == "disabled")
    order = next(one for one in sandbox.world.purchases_of("shopify") if one.account != account.id and one.email)
    stub = f"shopify:customer:{order.account}" if order.account else None
    target, invoice = Ref.parse(order.ref), {"email": order.email}
    id = approved(
        ledger,
        Fix(target, Action.ATTACH, {"contact": stub}, {"contact": account.ref}),
        Fix(target, Action.SET_ORDER_EMAIL, {"email": account.email}, invoice),
        Fix(Ref.parse(account.ref), Action.INVITE, {"state": "disabled"}, {"state": "invited"}),
        Fix(target, Action.ADD_NOTE, {"note": None}, {"note": MARKER, "text": "Attached this guest order."}),
    )
    Worker(ledger, sandbox).apply()
    assert [outcome for outcome, _ in receipts_of(ledger)] == outcomes
    assert state_of(ledger, id) == ("settled", 1)
    api = sandbox.open("shopify").api
    told = api.order(order.id)
    assert (told["email"], told["customer"]["id"]) == (order.email, f"gid://shopify/Customer/{account.id}")
    assert api.has_order(account.id, order.id)
    assert MARKER in told["note"]
    assert api.customer(account.id)["state"] == "INVITED"
    if stub:
        assert api.customer(order.account)["id"]
    assert [write["action"] for write in sandbox.writes()].count("update") == outcomes.count("applied") - 2
