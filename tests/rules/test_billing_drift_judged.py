"""Where addresses drifted apart around a client: which is recommended, and what is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.store.filing import content
from tests.rules.billing import (
    ALL,
    LINKED,
    LOGIN,
    NAME,
    ORDERED,
    SITE,
    changes,
    client,
    kinds,
    login,
    only,
    registered,
    said,
    shop,
    site,
)
from tests.rules.tables import ANN, BOB, NEW, OLD, SUMMER, contact, found, night, order


@pytest.mark.parametrize(
    ("rows", "then", "changed"),
    [
        pytest.param((client(), login(), site(OLD)), (client(OLD), login(OLD), site(OLD)), [(SITE, NEW)], id="both"),
        pytest.param((client(), login(OLD), site(OLD)), (client(OLD),), [(LOGIN, NEW), (SITE, NEW)], id="the-client"),
        pytest.param((client(OLD), login(), site()), (login(OLD),), [("whmcs:client:9", NEW)], id="the-login"),
    ],
)
def test_the_address_that_came_since_the_night_before_is_recommended(rows, then, changed):
    finding = only(*rows, before=night(then))
    assert changes(finding.options[finding.recommended]) == changed
    assert f"from {OLD} to {NEW}" in said(finding, "changed_since")


def test_the_address_that_orders_came_with_since_is_recommended():
    finding = only(client(), login(OLD), site(OLD), shop(), LINKED, *ORDERED)
    assert changes(finding.options[finding.recommended]) == [(LOGIN, NEW), (SITE, NEW)]
    assert said(finding, "changed_in_orders") == (
        f"This person's orders were placed with {OLD} until 2026-03-01, and with {NEW} since 2026-07-01."
    )
    assert said(finding, "elsewhere_too") == "This person has the client's address on hubspot and shopify too."


MOVED = (client(OLD), login(OLD), site(OLD))
SECOND = client(NEW, "10", links=(LOGIN,))
TAKEN = login(NEW, "6")


@pytest.mark.parametrize(
    ("rows", "then", "why"),
    [
        pytest.param((client(), login(OLD), site(OLD)), None, None, id="nothing-tells-which-is-newer"),
        pytest.param((client(), login(), site(OLD)), (site(NEW),), "changed_since", id="the-cpanel-account-moved-away"),
        pytest.param((client(), login(OLD), SECOND), MOVED, "several_clients", id="a-login-of-several-clients"),
        pytest.param((client(), login(OLD), TAKEN), MOVED, "taken_by_login", id="another-login-has-the-address"),
        pytest.param(
            (client(), contact("whmcs", "5", OLD, kind="login")), MOVED, "name_unknown", id="a-login-without-a-name"
        ),
        pytest.param((client(), login(), site("else@x.example")), MOVED, None, id="an-address-nobody-knows"),
        pytest.param(
            (client(OLD), login(NEW), shop(OLD), contact("hubspot", "1", OLD, links=LINKED.links, **ANN)),
            (login(OLD),),
            "elsewhere_too",
            id="the-login-is-ahead-of-all-other-platforms",
        ),
        pytest.param(
            (
                client(), login(OLD), shop(), LINKED,
                *ORDERED, order("shopify", "72", OLD, contact_id="7", placed_at=SUMMER + timedelta(days=9)),
            ),
            None,
            None,
            id="orders-came-with-both",
        ),
    ],
)  # fmt: skip
def test_where_it_is_not_clear_which_is_right_a_person_must_choose(rows, then, why):
    finding = next(iter(found("billing_drift", *rows, before=night(then) if then else None)))
    assert finding.options
    assert finding.recommended is None
    assert why is None or why in kinds(finding)


def test_a_login_of_several_clients_is_told_with_all_of_them():
    finding = only(client(), login(OLD), client(OLD, "10", links=(LOGIN,)))
    assert said(finding, "several_clients") == (
        "The login owns 2 clients (10, 9): another address changes how all are signed in to."
    )


def test_a_login_is_not_given_an_address_that_another_login_has():
    finding = only(client(), login(OLD), site(OLD), login(NEW, "6"))
    assert changes(finding.options[0]) == [(SITE, NEW)]
    assert finding.options[0].label == f"Use the client's address, {NEW}, but not for the login"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(ALL, id="all-agree"),
        pytest.param((client("ann@gmail.com"), login("a.nn+x@gmail.com")), id="spellings-of-one-mailbox"),
        pytest.param((client(NEW), login(OLD), shop(OLD), LINKED), id="in-dispute-with-another-platform"),
        pytest.param((client("billing@ann.example"), login()), id="a-role-mailbox-on-the-client"),
        pytest.param((client(), registered("hostmaster@ann.example")), id="a-role-mailbox-on-a-domain"),
        pytest.param((client(), site("webmaster@ann.example")), id="a-role-mailbox-on-a-cpanel-account"),
        pytest.param((client(), site(OLD), shop(OLD, **BOB)), id="somebody-else-s-address"),
        pytest.param(
            (client(), site(OLD), client(id="10", links=("cpanel:hosting:bob",), **BOB), site(OLD, "bob")),
            id="an-agency-s-address-on-the-accounts-of-its-clients",
        ),
        pytest.param((client(), login(OLD), shop(NEW, **BOB)), id="a-client-with-a-family-s-address"),
        pytest.param((client(), login(OLD, first_name="Bob")), id="a-login-of-another-name"),
        pytest.param((client(), registered(OLD, first_name="Bob")), id="a-registrant-of-another-name"),
        pytest.param(
            (client(), site(OLD), contact("hubspot", "1", NEW, other_emails=(OLD,), links=LINKED.links, **ANN)),
            id="an-address-hubspot-holds-beside-the-client-s",
        ),
        pytest.param((client(), registered(None)), id="a-redacted-registrant"),
        pytest.param((client(state="disabled"), login(OLD)), id="a-closed-client"),
        pytest.param((client(links=()), login(OLD), site(OLD)), id="a-user-beside-the-owner"),
        pytest.param((client(), contact("whmcs", "3", OLD, kind="contact", **NAME)), id="a-sub-contact"),
        pytest.param((client(None), login(OLD)), id="a-client-without-an-address"),
    ],
)
def test_left_alone(rows):
    assert found("billing_drift", *rows) == []


@pytest.mark.parametrize("old", [login(OLD), site(OLD)], ids=["the-login", "the-cpanel-account"])
def test_what_has_the_old_address_of_a_client_in_dispute_goes_along_in_email_mismatch(old):
    rest = [row for row in (login(NEW), site(NEW)) if row.ref != old.ref]
    rows = (
        client(OLD),
        old,
        *rest,
        shop(NEW, updated_at=SUMMER),
        contact("hubspot", "1", NEW, links=LINKED.links, **ANN),
    )
    (finding,) = found("email_mismatch", *rows)
    fixes = [fix for option in finding.options for fix in option.fixes if fix.target == old.ref]
    assert [fix.after["email"] for fix in fixes] == [NEW]
    assert found("billing_drift", *rows) == []


def test_a_decision_outlives_what_only_tells_when_something_changed():
    rows = (client(), login(), site(OLD))
    assert content(only(*rows)) == content(only(*rows, before=night(MOVED)))
    assert content(only(*rows)) != content(only(client(), login(), site("third@x.example")))


@pytest.mark.parametrize(
    "beside",
    [registered("hostmaster@ann.example"), login(OLD, first_name="Bob"), registered(OLD, first_name="Bob")],
    ids=["a-role-mailbox", "a-login-of-another-name", "a-registrant-of-another-name"],
)
def test_what_is_left_alone_is_left_alone_beside_something_that_drifted_too(beside):
    (finding,) = found("billing_drift", client(), beside, site("c@old.example"))
    assert {fix.target.platform for option in finding.options for fix in option.fixes} == {"cpanel", "whmcs"}
    assert {fix.action for option in finding.options for fix in option.fixes if fix.target.platform == "whmcs"} == {
        "add_note"
    }
