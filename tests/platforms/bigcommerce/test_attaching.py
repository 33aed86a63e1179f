"""An order is given to a customer by its id alone, and everything else about it is seen to be as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from include.errors import Refusal, UnexpectedAnswer
from include.model import Action, Fix, Ref
from include.platforms.bigcommerce import fixes
from include.store.schema import receipt
from tests.apply.cases import Worker, approved, receipts_of, state_of
from tests.platforms.bigcommerce.wanted import attach, bodies
from tests.sandbox.people_world import CARA, CARAS_ORDER, GUESTS_ORDER
from tests.sandbox.twin import OpenTwin, Twin
from tests.sandboxes import Sandbox


def test_an_order_that_was_deleted_meanwhile_is_given_to_nobody(bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    api.update_order(GUESTS_ORDER, is_deleted=True)
    with pytest.raises(Refusal, match="incomplete or deleted"):
        fixes.write(api, attach(GUESTS_ORDER, None, CARA))
    assert len(bigcommerce.changes()) == 1


@pytest.mark.parametrize("change", [attach(GUESTS_ORDER, None, CARA), attach(CARAS_ORDER, CARA, None)], ids=str)
def test_an_order_is_sent_nothing_but_whose_it_is(change: Fix, bigcommerce: Twin) -> None:
    sent = bodies(bigcommerce)
    fixes.write(bigcommerce.ours().api, change)
    assert sent == [{"customer_id": int(CARA) if change.after["contact"] else 0}]


@pytest.mark.parametrize(
    ("beside", "moved"),
    [
        pytest.param([], set(), id="nothing"),
        pytest.param(["totals"], {"total_inc_tax"}, id="totals"),
        pytest.param(["fees"], {"fees"}, id="fees"),
        pytest.param(["lines"], {"products"}, id="discounts-of-the-lines"),
        pytest.param(["shipping"], {"shipping_addresses"}, id="where-it-goes"),
    ],
)
def test_what_an_attach_changes_beside_it_shows_in_the_order_as_it_is_kept(
    beside: list[str], moved: set[str], bigcommerce_with: OpenTwin
) -> None:
    api = bigcommerce_with(bigcommerce_attach_recalculates=beside).ours().api
    change = attach(GUESTS_ORDER, None, CARA)
    before = fixes.image(api, change)
    fixes.write(api, change)
    after = fixes.image(api, change)
    assert {name for name in before if before[name] != after[name]} - fixes.CAN[Action.ATTACH] == moved
    assert before["billing_address"] == after["billing_address"]
    assert (before["billing_address"]["email"], len(before["products"]), len(before["shipping_addresses"])) == (
        "cara@example.com",
        1,
        1,
    )


@pytest.mark.parametrize("status", [204, 200], ids=["no-body", "an-empty-list"])
def test_an_order_that_goes_nowhere_has_no_addresses(status: int, bigcommerce: Twin) -> None:
    answer(bigcommerce, "shipping_addresses", status, b"[]" if status == 200 else b"")
    assert fixes.image(bigcommerce.ours().api, attach(GUESTS_ORDER, None, CARA))["shipping_addresses"] == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b'{"data": []}', "not a list of products", id="no-list"),
        pytest.param(json.dumps([{"id": 1}] * 250).encode(), "more products than any", id="a-page-again-and-again"),
    ],
)
def test_lines_that_cannot_be_told_are_no_proof(body: bytes, says: str, bigcommerce: Twin) -> None:
    answer(bigcommerce, "products", 200, body)
    with pytest.raises(UnexpectedAnswer, match=says):
        fixes.image(bigcommerce.ours().api, attach(GUESTS_ORDER, None, CARA))


def answer(twin: Twin, part: str, status: int, body: bytes) -> None:
    """Answer every request for this part of an order so."""
    app = twin.faults.app

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].endswith(part):
            await app(scope, receive, send)
            return
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": body})

    twin.faults.app = answering


def guests(sandbox: Sandbox, customer: str | None = None) -> Fix:
    """A guest's order of the whole sandbox, to be given to a customer who may buy on its channel."""
    order = next(
        one for one in sandbox.world.purchases_of("bigcommerce") if not one.account and one.status != "incomplete"
    )
    may = (a for a in sandbox.world.of("bigcommerce", "customer") if not a.channels or order.channel in a.channels)
    target = Ref("bigcommerce", "order", order.id)
    after = f"bigcommerce:customer:{customer or next(may).id}"
    return Fix(target, Action.ATTACH, {"contact": None}, {"contact": after})


@pytest.mark.parametrize(
    ("beside", "moved"),
    [([], []), (["totals", "lines"], ["products", "total_inc_tax"])],
    ids=["nothing-moved", "recalculated"],
)
def test_a_receipt_names_what_moved_beside_an_attach(ledger, sandbox, beside, moved) -> None:
    sandbox.switch(bigcommerce_attach_recalculates=beside)
    approved(ledger, guests(sandbox))
    assert Worker(ledger, sandbox).apply() == {"applied": 1}
    with ledger.read() as connection:
        assert connection.execute(sa.select(receipt.c.moved)).scalars().all() == [moved]


@pytest.mark.parametrize("unknown", ["refused", "accepted"])
def test_a_customer_who_is_gone_since_the_approval_is_given_nothing(ledger, sandbox, unknown) -> None:
    sandbox.switch(bigcommerce_unknown_customer=unknown)
    id = approved(ledger, guests(sandbox, customer="99999999"))
    assert Worker(ledger, sandbox).apply() == {"refused": 1}
    assert receipts_of(ledger) == [("refused", "bigcommerce does not have customer 99999999")]
    assert (sandbox.writes(), state_of(ledger, id)) == ([], ("open", 2))
