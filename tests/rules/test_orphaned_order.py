"""Guest orders and the accounts they belong to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.model import Action, State
from tests.rules.tables import ANN, BOB, NEW, OLD, SPRING, SUMMER, contact, found, order

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


HOME = {"address": "1 Oak St", "postcode": "97301"}
HOLDER = contact("shopify", "7", state=State.ACTIVATED, **ANN, **HOME)


def kinds(finding) -> set[str]:
    return {evidence.evidence for evidence in finding.because}


@pytest.mark.parametrize(
    ("bought", "reason"),
    [
        pytest.param(order("shopify", "70", NEW, phone=ANN["phone"]), "phone", id="name-and-number"),
        pytest.param(order("shopify", "70", NEW, **HOME), "street", id="name-house-and-postcode"),
        pytest.param(order("shopify", "70", "ann@hotmial.com"), "looks_like", id="a-misspelled-address"),
        pytest.param(order("shopify", "70", None, phone=ANN["phone"]), "phone", id="no-address"),
    ],
)
def test_an_account_with_another_address_is_for_a_person_to_judge(bought, reason):
    account = contact("shopify", "7", "ann@hotmail.com", state=State.ACTIVATED, **ANN, **HOME)
    (finding,) = found("orphaned_order", account, bought)
    assert finding.recommended is None
    assert reason in kinds(finding)


def test_a_misspelled_invoice_address_becomes_the_account_s():
    account = contact("shopify", "7", "ann@hotmail.com", state=State.ACTIVATED, **ANN)
    (finding,) = found("orphaned_order", account, order("shopify", "70", "ann@hotmial.com"))
    put_right = finding.options[0].fixes[1]
    assert (put_right.before, put_right.after) == ({"email": "ann@hotmial.com"}, {"email": "ann@hotmail.com"})


def test_an_account_with_the_order_s_address_goes_before_any_other():
    other = contact("shopify", "8", NEW, state=State.ACTIVATED, **ANN, **HOME)
    (finding,) = found("orphaned_order", ACCOUNT, other, order("shopify", "70", phone=ANN["phone"], **HOME))
    assert [str(option.fixes[0].after["contact"]) for option in finding.options] == ["shopify:customer:7"]


def test_the_likeliest_account_comes_first_and_none_is_recommended():
    accounts = [
        contact("bigcommerce", id, f"annlee{tag}@gmail.com", **ANN | {"phone": phone})
        for id, tag, phone in (("7", "", None), ("8", "+shop", "(503) 234-8761"))
    ]
    (finding,) = found("orphaned_order", *accounts, order("bigcommerce", "70", "annlee@gmail.com", phone=ANN["phone"]))
    assert [fix.after["contact"] for option in finding.options for fix in option.fixes if fix.action == "attach"] == [
        "bigcommerce:customer:8",
        "bigcommerce:customer:7",
    ]
    assert finding.recommended is None


def test_the_order_of_a_customer_never_activated_goes_to_the_account_whose_address_it_bears():
    unused = contact("shopify", "8", NEW, state=State.DISABLED, **ANN)
    (finding,) = found("orphaned_order", ACCOUNT, unused, order("shopify", "70", contact_id="8"))
    assert finding.options[0].fixes[0].before == {"contact": "shopify:customer:8"}


@pytest.mark.parametrize(
    ("bought", "made", "recommended"),
    [
        pytest.param({}, SPRING, True, id="made-soon-after"),
        pytest.param({}, SPRING + timedelta(days=900), False, id="made-long-after"),
        pytest.param({"phone": ANN["phone"]}, SPRING + timedelta(days=900), True, id="with-the-same-number"),
        pytest.param({"first_name": "A."}, SPRING, False, id="an-initial"),
        pytest.param({"status": "refunded"}, SPRING, False, id="refunded"),
        pytest.param({"status": "partially refunded"}, SPRING, True, id="refunded-in-part"),
    ],
)
def test_an_attachment_is_recommended_only_where_nothing_speaks_against_it(bought, made, recommended):
    account = contact("shopify", "7", state=State.ACTIVATED, created_at=made, **ANN)
    (finding,) = found("orphaned_order", account, order("shopify", "70", placed_at=SPRING, **bought))
    assert (finding.recommended is not None) is recommended


@pytest.mark.parametrize(
    ("account", "bought"),
    [
        pytest.param(
            contact("shopify", "7", state="activated", created_at=SUMMER, first_name="Eve", last_name="Ray"),
            order("shopify", "70", placed_at=SPRING - timedelta(days=900)),
            id="a-mailbox-that-passed-to-a-stranger",
        ),
        pytest.param(HOLDER, order("shopify", "70", NEW, first_name="Bob", **HOME), id="a-household-by-its-street"),
        pytest.param(HOLDER, order("shopify", "70", NEW, first_name="A.", **HOME), id="an-initial-by-its-street"),
        pytest.param(HOLDER, order("shopify", "70", NEW), id="a-name-alone"),
        pytest.param(HOLDER, order("shopify", "70", contact_id="9"), id="an-account-that-is-gone"),
        pytest.param(ACCOUNT, order("whmcs", "70"), id="no-shop"),
        *(
            pytest.param(ACCOUNT, order("shopify", "70", status=status), id=status)
            for status in ("Declined", "VOIDED", "expired")
        ),
    ],
)
def test_left_alone_too(account, bought):
    assert found("orphaned_order", account, bought) == []


def test_a_nickname_fits_and_is_for_a_person_to_judge():
    account = contact("shopify", "7", first_name="Daniel", last_name="Lee")
    (finding,) = found("orphaned_order", account, order("shopify", "70", first_name="Dan"))
    assert finding.recommended is None
    assert finding.because[-1].says.startswith("No option is recommended: it is not beyond doubt")
    assert finding.options[0].label.endswith(f"account 7 ({OLD})")
