"""What stands against a merge of two customers is found before it is sent, and said in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from include.errors import NotPermitted, Refusal
from include.model import Fix
from include.platforms import Platform
from include.platforms.shopify import fixes, merging
from tests.platforms.shopify.merges import BOS, STUBS, customer, merge, sent
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, STUB

Ours = Callable[..., Platform]


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
