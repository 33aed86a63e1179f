"""A client, its login, its cPanel accounts and its registrants: what is proposed where they drifted apart."""

from __future__ import annotations

import pytest

from include.registrant_change import consented
from tests.rules.billing import (
    DOMAIN,
    LINKS,
    LOGIN,
    SITE,
    changes,
    client,
    login,
    only,
    registered,
    said,
    site,
)
from tests.rules.tables import NEW, OLD, contact, found


@pytest.mark.parametrize(
    ("rows", "label", "changed"),
    [
        pytest.param(
            (client(), login(), site(OLD), registered()),
            [f"Use the client's address, {NEW}, for all"],
            [[(SITE, NEW)]],
            id="a-cpanel-account",
        ),
        pytest.param(
            (client(), login(OLD), site(), registered()),
            [
                f"Use the client's address, {NEW}, for all",
                f"Use the login's address, {OLD}, but not for the registrant",
                f"Use the login's address, {OLD}, for the registrant too: waits for the client's consent",
            ],
            [
                [(LOGIN, NEW)],
                [("whmcs:client:9", OLD), (SITE, OLD)],
                [("whmcs:client:9", OLD), (SITE, OLD), (DOMAIN, OLD)],
            ],
            id="a-login",
        ),
        pytest.param(
            (client(), login(OLD), site(OLD)),
            [f"Use the client's address, {NEW}, for all", f"Use the login's address, {OLD}, for all"],
            [[(LOGIN, NEW), (SITE, NEW)], [("whmcs:client:9", OLD)]],
            id="a-login-and-a-cpanel-account",
        ),
        pytest.param(
            (client(), login(), site(), registered(OLD)),
            [f"Use the client's address, {NEW}, for the registrant: waits for the client's consent"],
            [[(DOMAIN, NEW)]],
            id="a-registrant",
        ),
        pytest.param(
            (client(), login(), site(OLD), registered(OLD)),
            [
                f"Use the client's address, {NEW}, but not for the registrant",
                f"Use the client's address, {NEW}, for the registrant too: waits for the client's consent",
            ],
            [[(SITE, NEW)], [(SITE, NEW), (DOMAIN, NEW)]],
            id="a-cpanel-account-and-a-registrant",
        ),
        pytest.param(
            (client(), contact("whmcs", "5", OLD, kind="login"), site()),
            [f"Use the client's address, {NEW}, for all", f"Use the login's address, {OLD}, for all"],
            [[(LOGIN, NEW)], [("whmcs:client:9", OLD), (SITE, OLD)]],
            id="a-login-without-a-name",
        ),
    ],
)
def test_what_drifted_apart_is_brought_in_line_with_the_client_or_the_login(rows, label, changed):
    finding = only(*rows)
    assert [option.label for option in finding.options] == label
    assert [changes(option) for option in finding.options] == changed
    assert finding.recommended is None
    assert str(finding.subject) == "whmcs:client:9"
    assert {str(ref) for ref in finding.others} == {str(row.ref) for row in rows} - {"whmcs:client:9"}


def test_a_cpanel_account_is_changed_only_where_the_server_holds_the_domain_that_whmcs_has():
    (fix,) = [fix for fix in only(client(), login(), site(OLD)).options[0].fixes if fix.target.platform == "cpanel"]
    assert (fix.before, fix.after) == ({"email": OLD}, {"email": NEW, "domain": "ann.example"})


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(site(OLD, domain="bob.example"), "other_domain", id="another-domain-on-the-server"),
        pytest.param(site(OLD, other_emails=("more@old.example",)), "several_addresses", id="several-addresses"),
    ],
)
def test_a_cpanel_account_that_must_be_changed_by_hand_is_named_and_not_changed(one, why):
    finding = only(client(), login(), one)
    assert finding.options == ()
    assert "annsite" in said(finding, why)


def test_a_cpanel_account_without_a_known_domain_is_changed_by_its_name_alone():
    (fix, *_) = only(client(), login(), site(OLD, domain=None)).options[0].fixes
    assert fix.after == {"email": NEW}


def test_accounts_on_a_server_that_is_not_reached_are_named_beside_what_drifted():
    there = client(links=(*LINKS, "cpanel:elsewhere:web2.example.net/annmore"))
    assert said(only(there, login(), site(OLD)), "elsewhere") == (
        "cPanel account annmore is on web2.example.net, which we do not reach: look at its address there."
    )
    assert found("billing_drift", there, login(), site()) == []


def test_a_registrant_s_new_address_carries_what_it_sets_off_and_no_consent():
    finding = only(client(), login(), site(), registered(OLD))
    (fix, note) = finding.options[0].fixes
    assert fix.before == {"email": OLD}
    assert fix.after["email"] == NEW
    assert fix.after["transfer_lock_days"] > 0 < fix.after["verification_days"]
    assert not consented(fix)
    assert str(note.target) == "whmcs:client:9"
    assert said(finding, "consent").startswith("ann.example: a new address of the registrant needs the client's")
    assert "within 15 days" in said(finding, "consent")


def test_of_a_country_s_domain_the_registry_s_own_rules_are_told():
    finding = only(client(), login(), registered(OLD, name="ann.de"))
    assert "This is a country's domain" in said(finding, "consent")
    assert "15 days" not in said(finding, "consent")


def test_each_address_is_told_with_the_record_that_has_it():
    finding = only(client(), login(OLD), site("c@old.example"), registered("r@old.example"))
    assert [evidence.says for evidence in finding.because[:3]] == [
        f"The owner signs in with {OLD}; the client has {NEW}.",
        f"cPanel account annsite has c@old.example, which resets its password; the client has {NEW}.",
        f"The registrant of ann.example has r@old.example; the client has {NEW}.",
    ]


def test_the_likely_conflict_is_changed_first_and_the_registrant_last():
    rows = (client(), login(OLD), site("c@old.example"), registered("r@old.example"))
    with_client, with_login = only(*rows).options[-2:]
    noted = "whmcs:client:9"
    assert [str(fix.target) for fix in with_client.fixes] == [LOGIN, SITE, noted, DOMAIN, noted]
    assert [str(fix.target) for fix in with_login.fixes] == [noted, SITE, noted, DOMAIN, noted]
    assert [fix.action for fix in with_login.fixes] == ["set_email", "set_email", "add_note", "set_email", "add_note"]
