"""WHM's accounts in our words, from literal pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.errors import UnexpectedAnswer
from include.model import Contact, State
from include.platforms import Page
from include.platforms.cpanel import rows

ACCOUNT = {
    "user": "demodoma",
    "domain": "demo.example",
    "email": "owner@example.com",
    "suspended": 0,
    "unix_startdate": 1560518791,
}


def body(**change):
    return {"data": {"acct": [ACCOUNT | change]}, "metadata": {"result": 1}}


def test_an_account_in_our_words():
    assert list(rows.contacts({"accounts": [body()]})) == [
        Contact(
            platform="cpanel",
            kind="hosting",
            id="demodoma",
            email="owner@example.com",
            created_at=datetime(2019, 6, 14, 13, 26, 31, tzinfo=UTC),
            links=("cpanel:domain:demo.example",),
        )
    ]


@pytest.mark.parametrize(
    ("told", "email", "others"),
    [
        pytest.param("*unknown*", None, (), id="no-address"),
        pytest.param("", None, (), id="empty"),
        pytest.param("a@example.com, b@example.com", "a@example.com", ("b@example.com",), id="two-in-one-text"),
    ],
)
def test_the_address_is_read_whatever_stands_there(told, email, others):
    (contact,) = rows.contacts({"accounts": [body(email=told)]})
    assert (contact.email, contact.other_emails) == (email, others)


@pytest.mark.parametrize(("told", "state"), [(0, None), ("0", None), (1, State.DISABLED), ("1", State.DISABLED)])
def test_a_suspended_account_is_disabled(told, state):
    (contact,) = rows.contacts({"accounts": [body(suspended=told)]})
    assert contact.state is state


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        pytest.param({"data": {}}, "data.acct", id="no-list"),
        pytest.param({"data": {"acct": "none"}}, "data.acct", id="a-word"),
        pytest.param(body(user=7), "user", id="a-name-that-is-a-number"),
        pytest.param(body(email=None), "email", id="an-address-that-is-null"),
        pytest.param(body(unix_startdate="June"), "unix_startdate", id="a-time-in-words"),
    ],
)
def test_a_field_that_is_not_as_expected_stops_the_night_by_name(answer, field):
    with pytest.raises(UnexpectedAnswer, match=f"cpanel accounts: the field '{field}'"):
        list(rows.contacts({"accounts": [answer]}))


def test_a_server_has_no_orders_and_its_page_names_its_accounts():
    page = Page("accounts", body())
    assert list(rows.orders({"accounts": [body()]})) == []
    assert rows.ids(page) == ["demodoma"]
    assert rows.count(page) == 1
