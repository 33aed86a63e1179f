"""One person, different addresses: what is found, what is proposed, what is left alone."""

from __future__ import annotations

import pytest

from include.model import Action
from tests.rules.mismatches import (
    FIFTEENTH,
    HUBSPOT,
    MAY,
    SHOPIFY,
    THIRD,
    changes,
    notes_of,
    only,
    the_night_before,
    why,
)
from tests.rules.tables import ANN, BOB, NEW, OLD, SPRING, SUMMER, contact, night, order


def test_the_address_that_a_record_was_changed_to_since_the_night_before_is_recommended():
    finding = only(HUBSPOT, SHOPIFY, before=the_night_before())
    assert finding.key == "email_mismatch/hubspot:contact:1/shopify:customer:7"
    assert finding.recommended == 0
    assert changes(finding.options[0]) == [("hubspot:contact:1", OLD, NEW)]
    assert changes(finding.options[1]) == [("shopify:customer:7", NEW, OLD)]


def test_it_says_which_record_has_which_address_and_of_three_which_are_tied():
    says = {one.evidence: one.says for one in only(HUBSPOT, SHOPIFY, contact("bigcommerce", "8", **ANN)).because}
    assert says["addresses"] == (
        f"{NEW} is on shopify customer 7; {OLD} is on bigcommerce customer 8 and hubspot contact 1."
    )
    assert says["link"] == "One record names the other as its own (hubspot contact 1 and shopify customer 7)."
    assert says["name_and_phone"].endswith("phone number (all of them).")
    assert {one.evidence: one.says for one in only(HUBSPOT, SHOPIFY).because}["link"].endswith("as its own.")


def test_what_goes_with_a_client_is_no_reason_why_the_records_are_one_persons():
    client = contact("whmcs", "5", NEW, links=("whmcs:login:6", "cpanel:hosting:ann"), **ANN)
    login = contact("whmcs", "6", NEW, kind="login", first_name="Ann", last_name="Lee")
    beside = [login, contact("cpanel", "ann", NEW)]
    told = {one.evidence: one.says for one in only(contact("hubspot", "1", **ANN), client, *beside).because}
    assert told["name_and_phone"] == "They have the same name and the same phone number."
    assert not {"link", "address"} & told.keys()


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


def test_the_day_of_a_change_recommends_nothing_for_it_need_not_have_been_the_address():
    finding = only(HUBSPOT, SHOPIFY)
    assert finding.recommended is None
    assert "nothing shows" in why(finding)
    assert "changed_last" in {evidence.evidence for evidence in finding.because}


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        pytest.param((HUBSPOT, contact("shopify", "7", NEW, **BOB)), "beyond doubt", id="another-name"),
        pytest.param((HUBSPOT, contact("shopify", "7", NEW, **ANN | {"first_name": None})), "beyond", id="no-name"),
        pytest.param((HUBSPOT, contact("shopify", "7", NEW, **ANN | {"first_name": "A."})), "beyond", id="an-initial"),
        pytest.param((HUBSPOT, contact("shopify", "7", "info@lee.example", **ANN)), "one person's own", id="a-role"),
        pytest.param((HUBSPOT, contact("shopify", "7", "ann@gmial.com", **ANN)), "misspelling", id="a-typo"),
        pytest.param(
            (HUBSPOT, SHOPIFY, contact("bigcommerce", "3", NEW, **BOB | {"phone": None})), "somebody", id="shared"
        ),
        pytest.param(
            (HUBSPOT, SHOPIFY, contact("bigcommerce", "3", THIRD, **ANN)), "3 addresses", id="a-third-address"
        ),
    ],
)
def test_no_option_is_recommended_where_a_careful_colleague_would_ask(rows, because):
    finding = only(*rows, before=the_night_before())
    assert finding.recommended is None
    assert because in why(finding)


def test_two_changes_that_crossed_are_for_a_person():
    before = the_night_before(
        contact("hubspot", "1", NEW, links=HUBSPOT.links, **ANN), contact("shopify", "7", OLD, **ANN)
    )
    assert only(HUBSPOT, SHOPIFY, before=before).recommended is None


def test_a_change_is_no_proof_where_only_a_name_and_a_number_tie_the_records():
    before = the_night_before(contact("hubspot", "1", **ANN), contact("shopify", "7", "x@x.example", **ANN))
    apart = (contact("hubspot", "1", **ANN), contact("shopify", "7", NEW, **ANN))
    assert only(*apart, before=before).recommended is None


@pytest.mark.parametrize(
    ("placed", "edited", "recommended"),
    [
        pytest.param([(OLD, SPRING)], SPRING, NEW, id="only-with-the-other-address"),
        pytest.param([(OLD, SPRING), (NEW, FIFTEENTH)], SPRING, NEW, id="first-with-one-then-with-the-other"),
        pytest.param([(OLD, SPRING), (NEW, MAY), (OLD, FIFTEENTH)], SPRING, None, id="to-and-fro"),
        pytest.param([(OLD, FIFTEENTH)], SPRING, None, id="the-other-address-after-the-change"),
        pytest.param([(OLD, SPRING)], FIFTEENTH, None, id="another-record-was-changed-since"),
        pytest.param([(THIRD, SPRING)], SPRING, None, id="with-a-third-address"),
    ],
)
def test_orders_tell_which_address_an_account_had_before(placed, edited, recommended):
    orders = [
        order("shopify", str(at), email, contact_id="7", placed_at=on) for at, (email, on) in enumerate(placed, 70)
    ]
    finding = only(contact("hubspot", "1", updated_at=edited, links=HUBSPOT.links, **ANN), SHOPIFY, *orders)
    found = None if finding.recommended is None else changes(finding.options[finding.recommended])[0][2]
    assert found == recommended


def test_a_misspelled_address_gives_way_to_the_one_that_was_meant():
    meant, slip = "ann.lee@gmail.com", "ann.lee@gmial.com"
    finding = only(contact("hubspot", "1", meant, **ANN), contact("shopify", "7", slip, updated_at=SUMMER, **ANN))
    assert changes(finding.options[finding.recommended]) == [("shopify:customer:7", slip, meant)]
    assert "looks_like" in {evidence.evidence for evidence in finding.because}
    assert not [option.label for option in finding.options if option.label.startswith("Keep both")]


def test_the_options_are_the_same_whichever_record_was_changed_last():
    later = contact("hubspot", "1", updated_at=FIFTEENTH, links=HUBSPOT.links, **ANN)
    assert only(HUBSPOT, SHOPIFY).options == only(later, SHOPIFY).options


def test_an_address_is_proposed_as_one_of_its_records_spells_it():
    rows = contact("bigcommerce", "8", "Ann@New.example", updated_at=FIFTEENTH, **ANN)
    assert only(HUBSPOT, SHOPIFY, rows).options[0].label == f"Use {NEW} everywhere"


def test_an_address_with_a_name_around_it_is_not_written_elsewhere():
    labels = [option.label for option in only(HUBSPOT, contact("shopify", "7", f"Ann <{NEW}>", **ANN)).options]
    assert labels == [f"Use {OLD} everywhere"]
