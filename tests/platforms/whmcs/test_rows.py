"""WHMCS's answers in our words, from literal pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.platforms import Page
from include.platforms.whmcs import rows

CLIENT = {
    "client_id": 12,
    "id": 12,
    "owner_user_id": 5,
    "firstname": "Siobh&aacute;n",
    "lastname": "O&#039;Brien",
    "companyname": "O&#039;Brien &amp; Sons",
    "email": "billing@example.com",
    "address1": "1 Main Street",
    "address2": "Flat 2",
    "city": "Springfield",
    "postcode": "12345",
    "countrycode": "US",
    "phonenumber": "5550123",
    "phonenumberformatted": "+1.5550123",
    "status": "Active",
    "users": {"user": [{"id": 5, "name": "S", "email": "s@example.com", "is_owner": True}]},
}
LISTED = {"id": 12, "datecreated": "2016-01-15"}
USER = {
    "id": 5,
    "firstname": "Siobhan",
    "lastname": "O&#039;Brien",
    "email": "login@example.com",
    "datecreated": "2020-12-15 15:29:49",
    "clients": [{"id": 12, "isOwner": True}],
}
SERVICE = {
    "id": "7",
    "clientid": "12",
    "serverid": "1",
    "status": "Active",
    "username": "obrien",
    "domain": "O.example",
}
ORDER = {"id": 3, "ordernum": 4711, "userid": 12, "date": "2026-03-01 10:00:00", "status": "Pending"}


def raw(client=CLIENT, user=USER, service=SERVICE, order=ORDER, listed=LISTED):
    return {
        "clients": [{"clients": {"client": [listed]}}],
        "details": [{"clients": [{"result": "success", "client": client}]}],
        "users": [{"users": [user]}],
        "products": [{"products": {"product": [service]}}],
        "servers": [{"servers": [{"id": 1, "module": "cpanel"}, {"id": 2, "module": "virtualizor"}]}],
        "orders": [{"orders": {"order": [order]}}],
    }


def test_a_client_and_its_login_in_our_words():
    assert list(rows.contacts(raw())) == [
        Contact(
            platform="whmcs",
            kind="client",
            id="12",
            email="billing@example.com",
            first_name="Siobhán",
            last_name="O'Brien",
            company="O'Brien & Sons",
            phone="+1.5550123",
            address="1 Main Street, Flat 2",
            city="Springfield",
            postcode="12345",
            country="US",
            created_at=datetime(2016, 1, 15, tzinfo=UTC),
            links=("whmcs:login:5", "cpanel:domain:o.example", "cpanel:hosting:obrien"),
        ),
        Contact(
            platform="whmcs",
            kind="login",
            id="5",
            email="login@example.com",
            first_name="Siobhan",
            last_name="O'Brien",
            state=State.ACTIVATED,
            created_at=datetime(2020, 12, 15, 15, 29, 49, tzinfo=UTC),
        ),
    ]


@pytest.mark.parametrize(
    ("change", "links"),
    [
        pytest.param({}, ("whmcs:login:5",), id="both-places-agree"),
        pytest.param({"owner_user_id": "6"}, (), id="they-disagree"),
        pytest.param({"users": {"user": [{"id": 5, "is_owner": "false"}]}}, (), id="nobody-is-marked"),
        pytest.param({"users": ""}, (), id="no-users"),
        pytest.param({"owner_user_id": None, "users": ""}, (), id="no-owner"),
        pytest.param({"owner_user_id": "", "users": ""}, (), id="an-empty-owner"),
        pytest.param(
            {"users": {"user": [{"id": 4, "is_owner": 0}, {"id": "5", "is_owner": "1"}]}},
            ("whmcs:login:5",),
            id="one-of-several-users",
        ),
    ],
)
def test_a_doubtful_owner_is_no_owner(change, links):
    client, _login = rows.contacts(raw(client={**CLIENT, **change}, service={**SERVICE, "clientid": "99"}))
    assert client.links == links


@pytest.mark.parametrize(
    ("change", "linked"),
    [
        pytest.param({}, True, id="on-a-cpanel-server"),
        pytest.param({"status": "Suspended"}, True, id="suspended"),
        pytest.param({"status": "Terminated"}, False, id="terminated"),
        pytest.param({"serverid": "2"}, False, id="on-another-kind-of-server"),
        pytest.param({"serverid": ""}, False, id="on-no-server"),
        pytest.param({"username": ""}, False, id="not-set-up-yet"),
    ],
)
def test_only_a_living_cpanel_account_is_linked(change, linked):
    client, _login = rows.contacts(raw(service={**SERVICE, **change}))
    assert ("cpanel:hosting:obrien" in client.links) is linked


@pytest.mark.parametrize(("status", "state"), [("Active", None), ("Inactive", None), ("Closed", State.DISABLED)])
def test_only_a_closed_client_is_disabled(status, state):
    client, _login = rows.contacts(raw(client={**CLIENT, "status": status}))
    assert client.state is state


def test_an_order_belongs_to_its_client_and_tells_nothing_of_its_own():
    assert list(rows.orders(raw())) == [
        Order(
            platform="whmcs",
            id="3",
            number="4711",
            contact_id="12",
            status="pending",
            placed_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
        )
    ]
    assert next(rows.orders(raw(order={**ORDER, "userid": "0"}))).contact_id is None


@pytest.mark.parametrize(
    ("part", "record", "field"),
    [
        ("client", CLIENT, "email"),
        ("client", CLIENT, "owner_user_id"),
        ("client", CLIENT, "users"),
        ("user", USER, "email"),
        ("service", SERVICE, "username"),
        ("order", ORDER, "userid"),
        ("listed", LISTED, "datecreated"),
    ],
)
def test_a_field_that_vanished_stops_the_night_by_name(part, record, field):
    cut = {part: {key: value for key, value in record.items() if key != field}}
    with pytest.raises(UnexpectedAnswer, match=f"whmcs .*: the field '{field}' is missing"):
        [*rows.contacts(raw(**cut)), *rows.orders(raw(**cut))]


def test_an_absent_stream_is_not_an_empty_one():
    with pytest.raises(KeyError, match="users"):
        list(rows.contacts({name: pages for name, pages in raw().items() if name != "users"}))


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("clients", ["12"]),
        ("details", ["12"]),
        ("users", ["5"]),
        ("products", ["7"]),
        ("servers", ["1", "2"]),
        ("orders", ["3"]),
    ],
)
def test_a_page_counts_and_names_its_records(stream, expected):
    page = Page(stream, raw()[stream][0])
    assert rows.ids(page) == expected
    assert rows.count(page) == len(expected)
