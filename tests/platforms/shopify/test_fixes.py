"""Each change reads as its `before`, is made by one request, reads as its `after`, and moves nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from include.errors import Conflict, NotFound, Refusal
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, INVITED, NEW_BO, NOBODYS_ORDER, STUB, STUBS_ORDER

Ours = Callable[..., Platform]

MARKER = "Rollcall 0123456789ab"


def fix(kind: str, id: str, action: Action, before: dict[str, Any], after: dict[str, Any]) -> Fix:
    return Fix(Ref("shopify", kind, id), action, before, after)


def attach(order: str, before: str | None, after: str) -> Fix:
    held = before and f"shopify:customer:{before}"
    return fix("order", order, Action.ATTACH, {"contact": held}, {"contact": f"shopify:customer:{after}"})


def note(kind: str, id: str, text: str = "Address changed on request.") -> Fix:
    return fix(kind, id, Action.ADD_NOTE, {"note": None}, {"note": MARKER, "text": text})


CHANGES = [
    pytest.param(
        fix("customer", BO, Action.SET_EMAIL, {"email": "Bo.Wang@example.com"}, {"email": "bo@new.example"}),
        {"email": ["Bo.Wang@example.com", "bo@new.example"]},
        id="set-email",
    ),
    pytest.param(
        fix(
            "customer",
            BO,
            Action.SET_NAME,
            {"first_name": "Bo", "last_name": "Wang"},
            {"first_name": "Mei", "last_name": "Wang"},
        ),
        {"firstName": ["Bo", "Mei"]},
        id="set-name",
    ),
    pytest.param(
        fix(
            "customer",
            STUB,
            Action.SET_NAME,
            {"first_name": None, "last_name": None},
            {"first_name": "Bo", "last_name": "Wang"},
        ),
        {"firstName": [None, "Bo"], "lastName": [None, "Wang"]},
        id="name-the-nameless",
    ),
    pytest.param(
        attach(NOBODYS_ORDER, None, BO),
        {
            "customer": [None, f"shopify:customer:{BO}"],
            "email": ["bo.wang@example.com", "Bo.Wang@example.com"],
        },
        id="attach-nobodys-order",
    ),
    pytest.param(
        attach(STUBS_ORDER, STUB, BO),
        {
            "customer": [f"shopify:customer:{STUB}", f"shopify:customer:{BO}"],
            "email": ["bo.wnag@example.com", "Bo.Wang@example.com"],
        },
        id="attach-a-stubs-order",
    ),
    pytest.param(
        fix("order", BOS_ORDER, Action.SET_ORDER_EMAIL, {"email": "bo.wang@example.com"}, {"email": "b@example.com"}),
        {"email": ["bo.wang@example.com", "b@example.com"]},
        id="set-order-email",
    ),
    pytest.param(
        fix("customer", NEW_BO, Action.INVITE, {"state": "disabled"}, {"state": "invited"}),
        {"state": ["DISABLED", "INVITED"]},
        id="invite",
    ),
    pytest.param(
        note("customer", BO), {"note": [None, f"Address changed on request. [{MARKER}]"]}, id="note-on-a-customer"
    ),
    pytest.param(
        note("order", BOS_ORDER), {"note": [None, f"Address changed on request. [{MARKER}]"]}, id="note-on-an-order"
    ),
]


@pytest.mark.parametrize(("change", "moved"), CHANGES)
def test_a_change_is_read_made_once_and_read_back(change: Fix, moved: dict, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    assert fixes.read(api, change) == change.before
    before = fixes.image(api, change)
    fixes.write(api, change)
    after = fixes.image(api, change)
    assert fixes.read(api, change) == {name: change.after[name] for name in change.before}
    assert {name for name in before if before[name] != after[name]} <= fixes.CAN[change.action]
    ((record, _, changed, effect),) = shopify.changes()
    assert (record, changed, effect) == (str(change.target), moved, "applied")


def test_every_action_we_can_do_is_shown_here_or_in_the_test_of_merges() -> None:
    assert {case.values[0].action for case in CHANGES} | {Action.MERGE} == set(fixes.CAN) - fixes.UNSEEN


@pytest.mark.parametrize(
    ("rewrites", "writes"),
    [pytest.param(True, 2, id="the-email-follows"), pytest.param(False, 1, id="the-email-stays")],
)
def test_an_attached_order_keeps_its_own_address(
    rewrites: bool, writes: int, shopify_with: OpenShop, ours: Ours
) -> None:
    shopify = shopify_with(shopify_order_set_rewrites_email=rewrites)
    api = ours(shopify).api
    back = fix(
        "order",
        STUBS_ORDER,
        Action.SET_ORDER_EMAIL,
        {"email": "Bo.Wang@example.com"},
        {"email": "bo.wnag@example.com"},
    )
    fixes.write(api, attach(STUBS_ORDER, STUB, BO))
    if fixes.read(api, back) == back.before:
        fixes.write(api, back)
    assert fixes.read(api, back) == back.after
    assert len(shopify.changes()) == writes


def test_a_taken_address_names_who_holds_it(shopify: Shopify, ours: Ours) -> None:
    change = fix("customer", BO, Action.SET_EMAIL, {"email": "Bo.Wang@example.com"}, {"email": "DAN@example.com"})
    with pytest.raises(Conflict) as conflict:
        fixes.write(ours(shopify).api, change)
    assert conflict.value.holder == f"shopify:customer:{DAN}"
    assert str(conflict.value).endswith(f"belongs to shopify:customer:{DAN}")
    assert [effect for *_, effect in shopify.changes()] == ["refused"]


@pytest.mark.parametrize(
    ("accounts", "id", "says"),
    [
        pytest.param("CLASSIC", BO, "activated", id="an-activated-account"),
        pytest.param("NEW_CUSTOMER_ACCOUNTS", NEW_BO, "sign in with the code", id="new-accounts-need-no-invitation"),
    ],
)
def test_who_cannot_be_invited_is_not(accounts: str, id: str, says: str, shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(shopify_customer_accounts=accounts)
    with pytest.raises(Refusal, match=says):
        fixes.write(ours(shopify).api, fix("customer", id, Action.INVITE, {"state": "disabled"}, {"state": "invited"}))
    assert shopify.changes() == []


def test_an_invited_customer_reads_as_invited_already(shopify: Shopify, ours: Ours) -> None:
    change = fix("customer", INVITED, Action.INVITE, {"state": "disabled"}, {"state": "invited"})
    assert fixes.read(ours(shopify).api, change) == change.after


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            fix("customer", "7", Action.SET_EMAIL, {"email": None}, {"email": "b@example.com"}), id="customer"
        ),
        pytest.param(attach("7", None, BO), id="order"),
        pytest.param(attach(BOS_ORDER, BO, "7"), id="the-customer-to-attach-to"),
    ],
)
def test_a_record_that_is_gone_is_not_found(change: Fix, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    with pytest.raises(NotFound):
        fixes.write(api, change)
    if change.target.id == "7":
        with pytest.raises(NotFound):
            fixes.read(api, change)


def test_what_we_cannot_do_is_refused_before_anything_is_sent(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(Refusal, match="add_email"):
        fixes.write(ours(shopify).api, fix("customer", BO, Action.ADD_EMAIL, {}, {}))
    assert Action.ADD_EMAIL not in fixes.CAN
    assert shopify.changes() == []


@pytest.mark.parametrize(
    ("action", "field", "a", "b", "equal"),
    [
        pytest.param(
            Action.SET_EMAIL, "email", "new bo@example.com", "newbo@example.com", True, id="spaces-are-dropped"
        ),
        pytest.param(Action.SET_EMAIL, "email", "Bo@example.com", "bo@example.com", False, id="case-is-kept"),
        pytest.param(Action.SET_EMAIL, "email", None, "bo@example.com", False, id="none-is-no-address"),
        pytest.param(Action.SET_NAME, "first_name", "", None, True, id="a-blank-name-is-none"),
        pytest.param(Action.ATTACH, "contact", None, "shopify:customer:1", False, id="contacts-exactly"),
    ],
)
def test_what_counts_as_the_same(action: Action, field: str, a: Any, b: Any, equal: bool) -> None:
    assert fixes.same(action, field, a, b) is equal
    assert fixes.same(action, field, b, a) is equal


@pytest.mark.parametrize("change", [pytest.param(case.values[0], id=case.id) for case in CHANGES])
def test_no_change_drops_a_tag_or_a_note_of_any_record(change: Fix, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    customers, orders = (BO, NEW_BO, STUB, DAN, INVITED), (BOS_ORDER, STUBS_ORDER, NOBODYS_ORDER)
    for id in customers:
        api.update_customer(id, note=f"Note of {id}", tags=["vip", id])
    for id in orders:
        api.update_order(id, note=f"Note of {id}", tags=["gift", id])
    fixes.write(api, change)
    for id, told in [*((id, api.customer(id)) for id in customers), *((id, api.order(id)) for id in orders)]:
        assert told["note"].startswith(f"Note of {id}")
        assert {id.casefold()} < {tag.casefold() for tag in told["tags"]}
        assert len(told["tags"]) == 2
