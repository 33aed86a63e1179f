"""Access is reset by a mail to the address a customer has, where a password exists: asked for once, and never seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from include.errors import NotFound, RateLimited, Refusal, RollcallError, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, INVITED, NEW_BO

Ours = Callable[..., Platform]

EMAIL, TOKEN = "Bo.Wang@example.com", {"storefront_token": "sandbox"}
ASKED = [(f"shopify:customer:{BO}", "recover", {}, "applied")]


def reset(id: str = BO, **after: Any) -> Fix:
    return Fix(Ref("shopify", "customer", id), Action.RESET_ACCESS, {"access": "kept"}, {"access": "reset"} | after)


@pytest.mark.parametrize("token", ["sandbox", "shpat_sandbox"], ids=["public", "private"])
def test_the_mail_is_asked_for_once_and_nothing_shows_it(token: str, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, storefront_token=token).api
    before = fixes.image(api, reset())
    assert fixes.read(api, reset()) == reset().before
    fixes.write(api, reset())
    assert shopify.changes() == ASKED
    assert fixes.read(api, reset()) == reset().before
    assert fixes.image(api, reset()) == before
    assert reset().action in fixes.CAN.keys() & fixes.UNSEEN


def test_the_mail_goes_to_the_address_the_customer_has_by_then(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, **TOKEN).api
    api.update_customer(BO, email="bo@new.example")
    fixes.write(api, reset(email="bo@new.example"))
    assert shopify.changes()[1:] == ASKED


@pytest.mark.parametrize(
    ("switches", "options", "change", "says"),
    [
        pytest.param(
            {"shopify_customer_accounts": "NEW_CUSTOMER_ACCOUNTS"},
            TOKEN,
            reset(),
            "sign in with the code",
            id="new-accounts-have-no-password",
        ),
        pytest.param({}, TOKEN, reset(NEW_BO), "invite it instead", id="never-activated"),
        pytest.param({}, TOKEN, reset(INVITED), "invite it instead", id="invited"),
        pytest.param({}, {}, reset(), "extra as storefront_token", id="no-token"),
        pytest.param({}, TOKEN, reset(email="old@example.com"), "approved for", id="another-address-by-now"),
        pytest.param({"shopify_storefront_scopes": []}, TOKEN, reset(), "unauthenticated_write_customers", id="scope"),
    ]
    + [
        pytest.param(
            {"shopify_storefront_unauthorized": status},
            {"storefront_token": "guessed"},
            reset(),
            "storefront_token in the connection's extra|scope unauthenticated_write_customers",
            id=f"a-wrong-token-{status}",
        )
        for status in (200, 401, 403)
    ],
)
def test_who_is_not_to_be_mailed_is_not_and_it_says_why(
    switches: dict[str, Any], options: dict[str, Any], change: Fix, says: str, shopify_with: OpenShop, ours: Ours
) -> None:
    shopify = shopify_with(**switches)
    with pytest.raises(Refusal, match=says) as refusal:
        fixes.write(ours(shopify, **options).api, change)
    assert shopify.changes() == []
    assert "@" not in str(refusal.value)
    assert "guessed" not in str(refusal.value)


@pytest.mark.parametrize("how", ["error", "coded", "user"])
def test_a_limit_of_resets_is_a_refusal_that_says_to_wait(how: str, shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(shopify_resets_limited=how)
    with pytest.raises(Refusal, match=r"(?i)wait an hour, and approve the reset again") as refusal:
        fixes.write(ours(shopify, **TOKEN).api, reset())
    assert type(refusal.value) is Refusal
    assert [effect for *_, effect in shopify.changes()] == ["refused"]


def test_a_customer_without_an_address_is_not_mailed(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, **TOKEN).api
    api.update_customer(BO, email=None)
    with pytest.raises(Refusal, match="no address"):
        fixes.write(api, reset())


@pytest.mark.parametrize("act", [fixes.read, fixes.image, fixes.write])
def test_a_customer_who_is_gone_is_not_found(act: Callable[..., Any], shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(NotFound):
        act(ours(shopify, **TOKEN).api, reset("7"))


@pytest.mark.parametrize(
    ("body", "raises", "says"),
    [
        pytest.param({"data": {"customerRecover": None}}, UnclearOutcome, "no clear answer", id="nothing"),
        pytest.param({"data": {"customerRecover": {}}}, UnclearOutcome, "no clear answer", id="half-an-answer"),
        pytest.param({"errors": [{"message": "Internal error"}]}, UnclearOutcome, "no clear answer", id="an-error"),
        pytest.param(
            {"data": {"customerRecover": {"customerUserErrors": []}}, "errors": [{"message": "Internal error"}]},
            UnclearOutcome,
            "no clear answer",
            id="an-error-beside-a-yes",
        ),
        pytest.param([], UnclearOutcome, "no clear answer", id="another-shape"),
        pytest.param(
            {"data": None, "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]},
            RateLimited,
            "asks to wait",
            id="throttled",
        ),
        pytest.param(
            {
                "data": {
                    "customerRecover": {
                        "customerUserErrors": [
                            {"code": "UNIDENTIFIED_CUSTOMER", "field": ["email"], "message": "Could not find customer"}
                        ]
                    }
                }
            },
            Refusal,
            "email: Could not find customer",
            id="as-recorded-for-nobody",
        ),
        pytest.param(
            {
                "data": {
                    "customerRecover": {
                        "customerUserErrors": [
                            {"code": "INVALID", "field": ["email"], "message": f"{EMAIL} is invalid"}
                        ]
                    }
                }
            },
            Refusal,
            r"email \(INVALID\)",
            id="a-sentence-that-repeats-the-address",
        ),
    ],
)
def test_what_the_storefront_may_answer(
    body: Any,
    raises: type[RollcallError],
    says: str,
    saying_storefront: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(raises, match=says) as failed:
        saying_storefront(body).recover_customer(EMAIL)
    assert EMAIL not in str(failed.value) + caplog.text
    assert "storefront-secret" not in str(failed.value) + caplog.text
