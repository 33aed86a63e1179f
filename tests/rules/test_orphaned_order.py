"""Guest orders and the accounts they belong to."""

from __future__ import annotations

import pytest

from include.model import Action, State
from tests.rules.tables import ANN, BOB, NEW, OLD, contact, found, order

ACCOUNT = contact("shopify", "7", state=State.ACTIVATED, **ANN)
STUB = contact("shopify", "8", NEW, state=State.DISABLED)


def actions(option):
    return [str(fix.action) for fix in option.fixes]


def test_a_guest_order_goes_to_the_account_with_its_address():
    (finding,) = found("orphaned_order", ACCOUNT, order("shopify", "70"))
    assert finding.key == "orphaned_order/shopify:order:70/shopify:customer:7"
    attach = finding.options[finding.recommended].fixes[0]
    assert (attach.before, attach.after) == ({"contact": None}, {"contact": "shopify:customer:7"})
    assert actions(finding.options[0]) == ["attach", "add_note"]


def test_an_order_on_a_stub_is_taken_from_it():
    (finding,) = found("orphaned_order", ACCOUNT, STUB, order("shopify", "70", contact_id="8"))
    attach = finding.options[0].fixes[0]
    assert attach.before == {"contact": "shopify:customer:8"}
    assert "stub" in {evidence.evidence for evidence in finding.because}


def test_an_account_never_activated_is_invited():
    account = contact("shopify", "7", state=State.DISABLED, **ANN)
    (finding,) = found("orphaned_order", account, order("shopify", "70"))
    assert actions(finding.options[0]) == ["attach", "invite", "add_note"]


def test_the_invoice_keeps_its_own_address():
    account = contact("shopify", "7", "Ann@OLD.example", state=State.ACTIVATED, **ANN)
    (finding,) = found("orphaned_order", account, order("shopify", "70"))
    put_right = finding.options[0].fixes[1]
    assert put_right.action == Action.SET_ORDER_EMAIL
    assert (put_right.before, put_right.after) == ({"email": "Ann@OLD.example"}, {"email": OLD})


def test_bigcommerce_orders_are_attached_and_nothing_else():
    (finding,) = found("orphaned_order", contact("bigcommerce", "7", **ANN), order("bigcommerce", "70", channel="1"))
    assert actions(finding.options[0]) == ["attach", "add_note"]


def test_of_several_accounts_a_person_chooses():
    other = contact("bigcommerce", "8", "ANN@old.example", **ANN)
    (finding,) = found("orphaned_order", contact("bigcommerce", "7", **ANN), other, order("bigcommerce", "70"))
    assert finding.recommended is None
    assert len(finding.options) == 2


def test_a_buyer_without_a_name_is_left_to_a_person():
    (finding,) = found("orphaned_order", ACCOUNT, order("shopify", "70", first_name=None, last_name=None))
    assert finding.recommended is None


@pytest.mark.parametrize(
    ("account", "bought"),
    [
        pytest.param(ACCOUNT, order("shopify", "70", contact_id="7"), id="attached-already"),
        pytest.param(ACCOUNT, order("shopify", "70", NEW), id="another-address"),
        pytest.param(ACCOUNT, order("shopify", "70", status="cancelled"), id="cancelled"),
        pytest.param(ACCOUNT, order("shopify", "70", status="Incomplete"), id="never-finished"),
        pytest.param(contact("shopify", "7", state=State.ACTIVATED, **BOB), order("shopify", "70"), id="a-household"),
        pytest.param(contact("bigcommerce", "7", **ANN), order("shopify", "70"), id="an-account-elsewhere"),
        pytest.param(
            contact("bigcommerce", "7", channels=("2",), **ANN),
            order("bigcommerce", "70", channel="1"),
            id="an-account-of-another-storefront",
        ),
        pytest.param(
            contact("shopify", "7", "info@co.example", **ANN),
            order("shopify", "70", "info@co.example"),
            id="role-mailbox",
        ),
        pytest.param(STUB, order("shopify", "70", NEW, contact_id="8"), id="a-true-guest"),
    ],
)
def test_left_alone(account, bought):
    assert found("orphaned_order", account, bought) == []
