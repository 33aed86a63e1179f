"""A merge of two customers: only as it was previewed and approved, sent once, and proven by where things are then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from include.apply.comparing import differing, reads_after, reads_before
from include.errors import NotFound, Refusal, UnclearOutcome
from include.model import Action
from include.platforms import Platform
from include.platforms.shopify import fixes, merging
from include.platforms.shopify.api import Api
from tests.platforms.shopify.merges import BOS, STUBS, customer, merge, sent
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, BOS_ORDER, DAN, INVITED, NEW_BO, STUB, STUBS_ORDER

Ours = Callable[..., Platform]


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
