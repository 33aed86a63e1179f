"""One person, different addresses: what is found, what is proposed, what is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.model import Action
from include.store.filing import content
from tests.rules.tables import ANN, BOB, NEW, OLD, SPRING, SUMMER, contact, found, night

HUBSPOT = contact("hubspot", "1", links=("shopify:customer:7",), **ANN)
SHOPIFY = contact("shopify", "7", NEW, updated_at=SUMMER, **ANN)
THIRD = "ann@third.example"
FIFTEENTH = SUMMER + timedelta(days=14)


def only(*rows, **more):
    (finding,) = found("email_mismatch", *rows, **more)
    return finding


def changes(option):
    return [
        (str(f.target), f.before.get("email"), f.after.get("email")) for f in option.fixes if f.action == "set_email"
    ]


def notes_of(option):
    return [fix for fix in option.fixes if fix.action == Action.ADD_NOTE]


def test_the_address_of_the_record_changed_last_is_recommended():
    finding = only(HUBSPOT, SHOPIFY)
    assert finding.key == "email_mismatch/hubspot:contact:1/shopify:customer:7"
    assert finding.recommended == 0
    assert changes(finding.options[0]) == [("hubspot:contact:1", OLD, NEW)]
    assert changes(finding.options[1]) == [("shopify:customer:7", NEW, OLD)]


def test_hubspot_may_keep_both():
    (both,) = [option for option in only(HUBSPOT, SHOPIFY).options if option.label.startswith("Keep both")]
    added = next(fix for fix in both.fixes if fix.action == Action.ADD_EMAIL)
    assert (added.before, added.after) == ({"other_emails": []}, {"other_emails": [NEW]})


@pytest.mark.parametrize(
    ("known", "steps"),
    [
        pytest.param((), [[], [NEW], [NEW, THIRD]], id="none-yet"),
        pytest.param(("z@z.example", "a@a.example"), [[], [NEW], [NEW, THIRD]], id="some-that-only-hubspot-knows"),
    ],
)
def test_hubspot_is_given_one_further_address_at_a_time(known, steps):
    bigcommerce = contact("bigcommerce", "8", THIRD, **ANN)
    hubspot = contact("hubspot", "1", links=HUBSPOT.links, other_emails=known, **ANN)
    (both,) = [option for option in only(hubspot, SHOPIFY, bigcommerce).options if option.label.startswith("Keep both")]
    added = [fix for fix in both.fixes if fix.action == Action.ADD_EMAIL]
    states = [{"other_emails": sorted([*known, *more])} for more in steps]
    assert [fix.before for fix in added] == states[:-1]
    assert [fix.after for fix in added] == states[1:]
    assert both.fixes[: len(added)] == tuple(added)


def test_every_changed_record_gets_a_note_with_one_marker():
    notes = notes_of(only(HUBSPOT, SHOPIFY, contact("bigcommerce", "8", **ANN)).options[0])
    assert [str(note.target) for note in notes] == ["bigcommerce:customer:8", "hubspot:contact:1"]
    assert all(note.before == {"note": None} for note in notes)
    assert len({note.after["note"] for note in notes}) == 1
    assert notes[0].after["note"].startswith("Rollcall ")
    assert "@" not in notes[0].after["text"]


def markers(*rows, **more):
    return [{note.after["note"] for note in notes_of(option)} for option in only(*rows, **more).options]


def test_each_option_has_a_marker_of_its_own_that_is_the_same_every_night():
    told = markers(HUBSPOT, SHOPIFY)
    assert len(set.union(*told)) == len(told) == 3
    later = contact("shopify", "7", NEW, updated_at=FIFTEENTH, **ANN)
    assert markers(HUBSPOT, later, before=night([HUBSPOT, SHOPIFY])) == told


def test_the_same_records_with_another_address_have_other_markers():
    first, second = (set.union(*markers(HUBSPOT, contact("shopify", "7", new, **ANN))) for new in (NEW, THIRD))
    assert not first & second


def test_a_contact_of_a_platform_nobody_has_heard_of_is_changed_last_in_the_order_of_names():
    zenith, amber = contact("zenith", "2", **ANN), contact("amber", "3", kind="client", **ANN)
    option = only(zenith, HUBSPOT, amber, SHOPIFY).options[0]
    assert changes(option) == [
        ("hubspot:contact:1", OLD, NEW),
        ("amber:client:3", OLD, NEW),
        ("zenith:customer:2", OLD, NEW),
    ]


def test_a_whmcs_login_is_changed_before_its_client():
    login = contact("whmcs", "5", kind="login", first_name="Ann", last_name="Lee")
    client = contact("whmcs", "9", links=("whmcs:login:5",), updated_at=None, **ANN)
    finding = only(SHOPIFY, client, login)
    targets = [target for target, _, _ in changes(finding.options[0])]
    assert targets == ["whmcs:login:5", "whmcs:client:9"]


def test_a_login_at_another_address_is_not_touched():
    login = contact("whmcs", "5", "login@else.example", kind="login", first_name="Ann", last_name="Lee")
    client = contact("whmcs", "9", links=("whmcs:login:5",), updated_at=None, **ANN)
    targets = [target for target, _, _ in changes(only(SHOPIFY, client, login).options[0])]
    assert targets == ["whmcs:client:9"]


@pytest.mark.parametrize(
    ("shopify", "why"),
    [
        pytest.param(contact("shopify", "7", NEW, updated_at=SPRING, **ANN), None, id="nobody-changed-last"),
        pytest.param(contact("shopify", "7", NEW, updated_at=None, **ANN), None, id="nobody-says-when"),
        pytest.param(contact("shopify", "7", NEW, updated_at=SUMMER, **BOB), "other_name", id="another-name"),
    ],
)
def test_where_it_is_not_clear_a_person_must_choose(shopify, why):
    finding = only(HUBSPOT, shopify)
    assert finding.recommended is None
    assert why is None or why in {evidence.evidence for evidence in finding.because}


def test_a_succession_offers_to_change_the_names_too():
    taken = only(HUBSPOT, contact("shopify", "7", NEW, updated_at=SUMMER, **BOB)).options[-1]
    assert taken.label == "A new person took the account over"
    renamed = next(fix for fix in taken.fixes if fix.action == Action.SET_NAME)
    assert str(renamed.target) == "hubspot:contact:1"
    assert renamed.after == {"first_name": "Bob", "last_name": "Lee"}


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
        pytest.param((HUBSPOT, contact("shopify", "7", THIRD, updated_at=SUMMER, **ANN)), False, id="another-address"),
        pytest.param(
            (HUBSPOT, contact("shopify", "7", NEW, updated_at=SUMMER, **ANN | {"phone": None})),
            False,
            id="fewer-reasons-that-it-is-one-person",
        ),
        pytest.param(
            (contact("hubspot", "1", updated_at=FIFTEENTH, links=HUBSPOT.links, **ANN), SHOPIFY),
            False,
            id="another-address-is-proposed-first",
        ),
    ],
)
def test_what_is_judged_is_not_when_something_changed(rows, lasts):
    told = only(HUBSPOT, SHOPIFY, before=night([HUBSPOT, contact("shopify", "7", OLD, **ANN)]))
    later = only(*rows)
    assert {one.evidence for one in told.because} >= {"changed_last", "changed_since"}
    assert later.because != told.because
    assert (content(later) == content(told)) is lasts
