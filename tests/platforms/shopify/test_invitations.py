"""Who is invited: only who never activated an account, only where there are invitations, and nobody twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from include.apply.comparing import reads_after, reads_before
from include.errors import Refusal
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes
from include.sandbox.world import World
from tests.sandbox.shopify.serving import OpenShop
from tests.sandbox.shopify.worlds import customer

Ours = Callable[..., Platform]

ID = "1000000000009"


def invite(before: str = "disabled") -> Fix:
    return Fix(Ref("shopify", "customer", ID), Action.INVITE, {"state": before}, {"state": "invited"})


def shop_of_one(state: str, email: str | None = "kim@example.com") -> World:
    account = customer(ID, email, "Kim", "Ode", state=state)
    return World(seed=1, humans=[], accounts=[account], purchases=[], planted=[])


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        pytest.param("disabled", True, False, id="never-activated-is-to-be-invited"),
        pytest.param("declined", True, False, id="declined-is-to-be-invited-again"),
        pytest.param("invited", False, True, id="invited-is-not-mailed-a-second-time"),
        pytest.param("activated", False, False, id="activated-since-is-stale"),
    ],
)
def test_the_state_says_whether_an_invitation_is_called_for(
    state: str, before: bool, after: bool, shopify_with: OpenShop, ours: Ours
) -> None:
    api = ours(shopify_with(world=shop_of_one(state))).api
    read = fixes.read(api, invite())
    assert (reads_before(fixes, invite(), read), reads_after(fixes, invite(), read)) == (before, after)
    assert fixes.already(api, invite()) is None


@pytest.mark.parametrize("again", [True, False], ids=["shopify-lets-us", "shopify-does-not"])
def test_who_declined_is_invited_again_where_shopify_allows_it(again: bool, shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(world=shop_of_one("declined"), shopify_invites_declined=again)
    api = ours(shopify).api
    if again:
        fixes.write(api, invite())
        assert reads_after(fixes, invite(), fixes.read(api, invite()))
    else:
        with pytest.raises(Refusal, match="whether it declined"):
            fixes.write(api, invite())
        assert fixes.read(api, invite()) == {"state": "disabled"}
    assert [change[3] for change in shopify.changes()] == ["applied" if again else "refused"]


def test_who_has_no_address_cannot_be_invited(shopify_with: OpenShop, ours: Ours) -> None:
    shopify = shopify_with(world=shop_of_one("disabled", None))
    with pytest.raises(Refusal, match="no address"):
        fixes.write(ours(shopify).api, invite())
    assert shopify.changes() == []


@pytest.mark.parametrize("state", ["disabled", "declined", "invited", "activated"])
@pytest.mark.parametrize("action", [Action.INVITE, Action.RESET_ACCESS])
def test_with_new_customer_accounts_all_is_done_already_and_it_says_what_to_tell_the_customer(
    action: Action, state: str, shopify_with: OpenShop, ours: Ours
) -> None:
    shopify = shopify_with(world=shop_of_one(state), shopify_customer_accounts="NEW_CUSTOMER_ACCOUNTS")
    api = ours(shopify, storefront_token="sandbox").api
    told = {"access": "kept"}, {"access": "reset"}
    change = invite() if action is Action.INVITE else Fix(Ref("shopify", "customer", ID), action, *told)
    assert reads_after(fixes, change, fixes.read(api, change))
    assert "sign in with the code" in (fixes.already(api, change) or "")
    with pytest.raises(Refusal, match="nothing was sent"):
        fixes.write(api, change)
    assert shopify.changes() == []


def test_of_what_has_nothing_to_do_with_access_new_accounts_say_nothing(shopify_with: OpenShop, ours: Ours) -> None:
    api = ours(shopify_with(world=shop_of_one("disabled"), shopify_customer_accounts="NEW_CUSTOMER_ACCOUNTS")).api
    change = Fix(
        Ref("shopify", "customer", ID), Action.SET_EMAIL, {"email": "kim@example.com"}, {"email": "k@example.com"}
    )
    assert fixes.already(api, change) is None
    assert fixes.read(api, change) == change.before
