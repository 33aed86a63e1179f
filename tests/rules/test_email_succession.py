"""One person, different addresses: successions, what is left alone, and what lasts from night to night."""

from __future__ import annotations

import pytest

from include.model import Action
from include.store.filing import content
from tests.rules.mismatches import (
    FIFTEENTH,
    HUBSPOT,
    SHOPIFY,
    THIRD,
    only,
    the_night_before,
)
from tests.rules.tables import ANN, BOB, NEW, OLD, SUMMER, contact, found, night

SUCCESSOR = {"first_name": "Bob", "last_name": "Ray", "phone": "+15032340000"}


def test_a_succession_offers_to_change_the_names_too():
    finding = only(HUBSPOT, contact("shopify", "7", NEW, state="activated", **SUCCESSOR))
    to_bob, to_ann = [option for option in finding.options if option.label.startswith("A new person")]
    assert to_bob.label == f"A new person took the account over: Bob Ray, {NEW}"
    renamed = next(fix for fix in to_bob.fixes if fix.action == Action.SET_NAME)
    assert str(renamed.target) == "hubspot:contact:1"
    assert renamed.after == {"first_name": "Bob", "last_name": "Ray"}
    assert [str(fix.action) for fix in to_bob.fixes] == ["set_email", "set_name", "add_note"]
    assert [str(fix.action) for fix in to_ann.fixes] == ["set_email", "set_name", "reset_access", "add_note"]


@pytest.mark.parametrize(
    ("platform", "state", "access"),
    [
        pytest.param("shopify", "activated", "reset_access", id="a-password-is-reset"),
        pytest.param("bigcommerce", "activated", "reset_access", id="a-password-is-taken-away"),
        pytest.param("shopify", "disabled", "invite", id="an-account-never-used-is-invited"),
        pytest.param("shopify", "invited", None, id="an-invitation-stands"),
    ],
)
def test_access_is_handed_over_where_the_platform_can(platform, state, access):
    hubspot = contact("hubspot", "1", NEW, links=(f"{platform}:customer:7",), **SUCCESSOR)
    finding = only(hubspot, contact(platform, "7", OLD, state=state, **ANN))
    taken = next(option for option in finding.options if "Bob Ray" in option.label)
    kinds = [fix for fix in taken.fixes if fix.action in {Action.RESET_ACCESS, Action.INVITE}]
    assert [str(fix.action) for fix in kinds] == ([access] if access else [])
    if access == "reset_access":
        assert kinds[0].after["email"] == NEW
        assert kinds[0].after["note"].startswith("Rollcall ")


def test_a_name_that_was_changed_with_the_address_tells_of_a_succession():
    finding = only(HUBSPOT, contact("shopify", "7", NEW, **SUCCESSOR), before=the_night_before())
    assert any("from Ann Lee" in one.says for one in finding.because if one.evidence == "changed_name")
    assert finding.recommended is None


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((HUBSPOT, contact("shopify", "7", "ANN@old.example", **ANN)), id="only-the-case-differs"),
        pytest.param(
            (contact("hubspot", "1", "a.lee@gmail.com", **ANN), contact("shopify", "7", "alee+x@gmail.com", **ANN)),
            id="one-mailbox-spelled-apart",
        ),
        pytest.param((contact("hubspot", "1", other_emails=(NEW,), **ANN), SHOPIFY), id="hubspot-knows-both"),
        pytest.param((HUBSPOT, contact("hubspot", "2", NEW, **ANN), SHOPIFY), id="two-hubspot-contacts-hold-one-each"),
        pytest.param((HUBSPOT, contact("shopify", "8", NEW, **BOB)), id="two-people"),
        pytest.param((HUBSPOT, contact("shopify", "7", None, **ANN)), id="no-address-is-no-other-address"),
    ],
)
def test_left_alone(rows):
    assert found("email_mismatch", *rows) == []


def test_a_change_since_the_night_before_is_evidence():
    before = night([HUBSPOT, contact("shopify", "7", OLD, **ANN)])
    finding = only(HUBSPOT, SHOPIFY, before=before)
    assert "changed_since" in {evidence.evidence for evidence in finding.because}


@pytest.mark.parametrize(
    ("rows", "lasts"),
    [
        pytest.param((HUBSPOT, SHOPIFY), True, id="no-longer-since-the-night-before"),
        pytest.param((HUBSPOT, contact("shopify", "7", NEW, updated_at=FIFTEENTH, **ANN)), True, id="edited-since"),
        pytest.param(
            (contact("hubspot", "1", updated_at=FIFTEENTH, links=HUBSPOT.links, **ANN), SHOPIFY),
            True,
            id="the-other-record-was-edited-last",
        ),
        pytest.param((HUBSPOT, contact("shopify", "7", THIRD, updated_at=SUMMER, **ANN)), False, id="another-address"),
        pytest.param(
            (HUBSPOT, contact("shopify", "7", NEW, updated_at=SUMMER, **ANN | {"phone": None})),
            False,
            id="fewer-reasons-that-it-is-one-person",
        ),
    ],
)
def test_what_is_judged_is_not_when_something_changed(rows, lasts):
    before = the_night_before()
    told = only(HUBSPOT, SHOPIFY, before=before)
    later = only(*rows, before=night([HUBSPOT, SHOPIFY], before))
    assert {one.evidence for one in told.because} >= {"changed_last", "changed_since"}
    assert later.because != told.because
    assert (content(later) == content(told)) is lasts
