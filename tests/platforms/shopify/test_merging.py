"""A merge of two customers: only as it was previewed and approved, sent once, and proven by where things are then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from include.apply.comparing import differing, reads_after, reads_before
from include.errors import NotFound, NotPermitted, Refusal, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes, merging
from include.platforms.shopify.api import Api
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, INVITED, NEW_BO, STUB, STUBS_ORDER

Ours = Callable[..., Platform]

BOS, STUBS = "Bo.Wang@example.com", "bo.wnag@example.com"


def customer(id: str) -> str:
    return f"shopify:customer:{id}"


def merge(survivor: str = BO, duplicate: str = STUB, email: str = BOS, other: str = STUBS, **orders: str) -> Fix:
    """A merge as a reviewer sees it: `orders` are the duplicate's, each with its address."""
    moved = {f"shopify:order:{id[1:]}": address for id, address in (orders or {f"_{STUBS_ORDER}": STUBS}).items()}
    return Fix(
        Ref.parse(customer(survivor)),
        Action.MERGE,
        {
            "duplicate": customer(duplicate),
            "email": email,
            "duplicate_email": other,
            "orders": {name: {"contact": customer(duplicate), "email": old} for name, old in moved.items()},
        },
        {
            "duplicate": None,
            "email": email,
            "duplicate_email": None,
            "orders": {name: {"contact": customer(survivor), "email": email} for name in moved},
        },
    )


def sent(shopify: Shopify) -> list[Any]:
    return [change for change in shopify.changes() if change[1] == "merge"]


@pytest.mark.parametrize("polls", [0, 1, 3], ids=["at-once", "soon", "later"])
def test_a_merge_reads_as_before_is_sent_once_and_reads_as_after(
    polls: int, shopify_with: OpenShop, ours: Ours, waited: list[float]
) -> None:
    shopify = shopify_with(shopify_merge_polls=polls)
    api = ours(shopify).api
    assert fixes.read(api, merge()) == merge().before
    fixes.write(api, merge())
    read = fixes.read(api, merge())
    assert read == merge().after
    assert reads_after(fixes, merge(), read)
    assert sent(shopify) == [(customer(BO), "merge", {"duplicate": [customer(STUB), None]}, "applied")]
    assert fixes.aliases(merge()) == {customer(STUB): customer(BO)}
    assert len(waited) == polls


def test_after_it_the_duplicate_is_nowhere_and_its_order_is_the_survivors_under_another_address(
    shopify: Shopify, ours: Ours
) -> None:
    api = ours(shopify).api
    fixes.write(api, merge())
    with pytest.raises(NotFound):
        api.customer(STUB)
    assert api.holder(STUBS) is None
    assert sorted(api.order_ids(BO)) == [BOS_ORDER, STUBS_ORDER]
    assert api.order(STUBS_ORDER)["email"] == BOS


def test_the_survivor_keeps_its_own_values_and_nobodys_note_or_tag_is_lost(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    for id, note, tags in ((BO, "Prefers mornings.", ["vip"]), (STUB, "Called twice.", ["guest", "b2b"])):
        api.update_customer(id, note=note, tags=tags)
    api.update_customer(STUB, phone="+15035550177", firstName="B", lastName="Wnag")
    before = api.customer(BO)
    fixes.write(api, merge())
    api.merge_status("gid://shopify/Job/0")
    after = api.customer(BO)
    same = ("defaultEmailAddress", "defaultPhoneNumber", "firstName", "lastName", "defaultAddress", "state")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["note"] == "Prefers mornings.\nCalled twice."
    assert after["tags"] == ["b2b", "guest", "vip"]


def test_what_the_survivor_lacks_it_takes_from_the_duplicate(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    fixes.write(api, merge(NEW_BO, BO, "bo@wang.example", BOS, **{f"_{BOS_ORDER}": "bo.wang@example.com"}))
    assert api.customer(NEW_BO)["defaultPhoneNumber"] == {"phoneNumber": "+15035550100"}


def test_both_customers_and_the_orders_are_kept_whole_as_they_were(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    whole = {customer(BO): api.customer(BO), customer(STUB): api.customer(STUB)}
    assert fixes.image(api, merge()) == whole | {f"shopify:order:{STUBS_ORDER}": api.order(STUBS_ORDER)}
    assert fixes.CAN[Action.MERGE] == {"*"}


def test_of_many_orders_none_is_overlooked(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    for id in (STUBS_ORDER, "8000000000003"):
        api.set_order_customer(id, BO)
    assert len(api.order_ids(BO)) == 3
    assert set(fixes.read(api, merge(DAN, BO))["orders"]) == {f"shopify:order:800000000000{n}" for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("switches", "change", "says"),
    [
        pytest.param({}, merge(BO, BO), "one customer already", id="with-itself"),
        pytest.param(
            {},
            replace(merge(), before={"duplicate": customer(STUB), "email": BOS, "duplicate_email": STUBS}),
            "approved without showing them",
            id="orders-that-nobody-was-shown",
        ),
        pytest.param({}, merge(email="other@example.com"), "another address than was approved", id="another-address"),
    ]
    + [
        pytest.param({"shopify_unmergeable": {id: [field]}}, merge(), says, id=f"{field}-{side}")
        for field, says in merging.BLOCKERS.items()
        for side, id in (("survivor", BO), ("duplicate", STUB))
    ],
)
def test_what_stands_against_a_merge_is_said_in_plain_words_and_nothing_is_sent(
    switches: dict[str, Any], change: Fix, says: str, shopify_with: OpenShop, ours: Ours
) -> None:
    shopify = shopify_with(**switches)
    with pytest.raises(Refusal) as refusal:
        fixes.write(ours(shopify).api, change)
    assert says in str(refusal.value)
    assert "@" not in str(refusal.value)
    assert shopify.changes() == []


def test_a_survivor_that_shopify_would_not_let_survive_is_refused(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    api.update_customer(BO, email=None)
    with pytest.raises(Refusal, match=f"{customer(STUB)} survive and not {customer(BO)}"):
        fixes.write(api, merge())
    assert sent(shopify) == []


@pytest.mark.parametrize("field", ["note", "tags"])
def test_notes_and_tags_that_do_not_fit_together_are_refused_before_the_merge(
    field: str, shopify: Shopify, ours: Ours
) -> None:
    api = ours(shopify).api
    for id in (BO, STUB):
        many = {"note": "x" * 4000} if field == "note" else {"tags": [f"{id}-{n}" for n in range(200)]}
        api.update_customer(id, **many)
    with pytest.raises(Refusal, match="notes together"):
        fixes.write(api, merge())
    assert sent(shopify) == []


@pytest.mark.parametrize(
    ("scopes", "named"),
    [
        pytest.param([], "read_customer_merge", id="neither"),
        pytest.param(["read_customer_merge"], "write_customer_merge", id="preview-only"),
    ],
)
def test_a_missing_scope_is_named(scopes: list[str], named: str, shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(shopify_scopes=["read_all_orders", "write_customers", "write_orders", *scopes])
    with pytest.raises(NotPermitted, match=named):
        fixes.write(ours(shopify).api, merge())
    assert sent(shopify) == []


def test_a_job_that_fails_is_no_merge_and_its_reason_is_told(shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(shopify_merge_fails=True)
    api = ours(shopify).api
    with pytest.raises(UnclearOutcome, match="job failed: one of them has subscriptions"):
        fixes.write(api, merge())
    assert fixes.read(api, merge()) == merge().before


def test_a_job_that_outlasts_our_patience_is_left_to_the_read_back(
    shopify_with: OpenShop, ours: Ours, waited: list[float]
) -> None:
    shopify = shopify_with(shopify_merge_polls=9)
    api = ours(shopify).api
    fixes.write(api, merge())
    assert waited == list(merging.PAUSES)
    assert not reads_after(fixes, merge(), fixes.read(api, merge()))
    for _ in range(3):
        api.accounts_version()
    assert reads_after(fixes, merge(), fixes.read(api, merge()))
    assert len(sent(shopify)) == 1


def test_a_merge_under_way_is_not_started_again(shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(shopify_merge_polls=99)
    api = ours(shopify).api
    fixes.write(api, merge())
    with pytest.raises(Refusal, match="being merged already"):
        fixes.write(api, merge())
    assert len(sent(shopify)) == 1


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"errors": [{"message": "x", "extensions": {"code": "BAD_REQUEST"}}]}, id="refused"),
        pytest.param(
            {"data": None, "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}, id="throttled"
        ),
        pytest.param({"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, id="failed"),
    ],
)
def test_a_merge_whose_job_cannot_be_asked_for_is_unclear_and_never_taken_for_not_sent(
    status: dict[str, Any], saying: Callable[..., Api]
) -> None:
    sides = {side: {"mergeable": {"isMergeable": True, "errorFields": []}} for side in ("survivor", "duplicate")}
    preview = {
        "resultingCustomerId": f"gid://shopify/Customer/{BO}",
        "customerMergeErrors": None,
        "blockingFields": None,
        "defaultFields": {"email": {"emailAddress": BOS}},
    }
    kept = dict.fromkeys(merging.KEEPS)
    job = {"resultingCustomerId": f"gid://shopify/Customer/{BO}", "job": {"id": "gid://shopify/Job/1"}}
    api = saying(
        {"data": {"customer": kept}},
        {"data": sides | {"customerMergePreview": preview}},
        {"data": {"customerMerge": job | {"userErrors": []}}},
        *[status] * 4,
    )
    with pytest.raises(UnclearOutcome, match="accepted the merge"):
        fixes.write(api, merge())


@pytest.mark.parametrize(
    ("meanwhile", "differs"),
    [
        pytest.param(lambda api: api.set_order_customer(BOS_ORDER, STUB), ["orders"], id="another-order"),
        pytest.param(lambda api: api.set_order_customer(STUBS_ORDER, DAN), ["orders"], id="an-order-less"),
        pytest.param(lambda api: api.update_order(STUBS_ORDER, email="x@example.com"), ["orders"], id="its-address"),
        pytest.param(lambda api: api.update_customer(STUB, email="y@example.com"), ["duplicate_email"], id="email"),
        pytest.param(
            lambda api: fixes.write(api, merge(INVITED, STUB, "ivy@example.com")),
            ["duplicate", "duplicate_email", "orders"],
            id="merged-into-another",
        ),
    ],
)
def test_what_changed_since_the_approval_makes_it_stale(
    meanwhile: Callable[[Api], None], differs: list[str], shopify: Shopify, ours: Ours
) -> None:
    api = ours(shopify).api
    meanwhile(api)
    api.accounts_version()
    read = fixes.read(api, merge())
    assert differing(fixes, merge(), read) == differs
    assert not reads_before(fixes, merge(), read)
    assert not reads_after(fixes, merge(), read)


def test_a_survivor_who_is_gone_is_not_found(shopify: Shopify, ours: Ours) -> None:
    for act in (fixes.read, fixes.image, fixes.write):
        with pytest.raises(NotFound):
            act(ours(shopify).api, merge("7"))


def test_a_duplicate_who_is_gone_is_not_merged(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(Refusal):
        fixes.write(ours(shopify).api, merge(BO, "7"))
    assert shopify.changes() == []
