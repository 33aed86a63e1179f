"""What a finding's page shows of its records comes out of the night's tables: in order, and without what is empty."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.model import Action, Contact, Finding, Fix, Option, Order, Ref
from include.store import gathering
from include.store.dossiers import Dossier
from include.store.tables import Tables, of_rows
from tests.store.cases import NIGHT, a_finding, set_email

DAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANN = Contact(
    "hubspot", "contact", "1", "ann@a.example", ("ann@b.example",), "Ann", "Lovelace", phone="+49 30 1",
    created_at=DAY, links=("shopify:customer:1",),
)  # fmt: skip
AT_SHOPIFY = Contact("shopify", "customer", "1", "ann@a.example", company="")
AT_WHMCS = Contact("whmcs", "client", "1", "ann@w.example")
LOGIN = Contact("whmcs", "login", "1", "ann@w.example")


def tables(
    contacts: Iterable[Contact] = (), orders: Iterable[Order] = (), before: Iterable[Contact] | None = None
) -> Tables:
    earlier = None if before is None else Tables.of_arrow({"contacts": of_rows("contacts", before)})
    told = {"contacts": of_rows("contacts", contacts), "orders": of_rows("orders", orders)}
    return Tables.of_arrow(told, earlier)


def about(subject: str, *others: str) -> Finding:
    """A finding that would change nothing."""
    return a_finding(Option("it", ()), subject=subject, others=others)


def gathered(one: Finding, **told: Any) -> Dossier:
    with closing(tables(**told)) as open_tables:
        return gathering.gather(open_tables, [one], NIGHT)[one.key]


def order(id: str, days: int | None = 0, contact: str | None = "1", platform: str = "shopify", **said: Any) -> Order:
    placed = None if days is None else DAY + timedelta(days)
    return Order(platform, id, number=f"#{id}", contact_id=contact, placed_at=placed, **said)


def test_a_record_is_shown_with_what_it_holds_and_without_what_is_empty():
    dossier = gathered(a_finding(), contacts=[ANN, AT_SHOPIFY, Contact("hubspot", "contact", "2", "else@a.example")])
    assert dossier.records == [
        {
            "ref": "hubspot:contact:1", "email": "ann@a.example", "other_emails": ["ann@b.example"],
            "first_name": "Ann", "last_name": "Lovelace", "phone": "+49 30 1",
            "created_at": "2026-01-02T03:04:05+00:00",
        },
        {"ref": "shopify:customer:1", "email": "ann@a.example"},
    ]  # fmt: skip
    assert dossier.history == []


@pytest.mark.parametrize(
    ("options", "others", "refs"),
    [
        pytest.param((), (), ["hubspot:contact:1"], id="its-subject"),
        pytest.param((), ("whmcs:client:1", "bigcommerce:customer:4"),
                     ["hubspot:contact:1", "bigcommerce:customer:4", "whmcs:client:1"], id="then-the-others-in-order"),
        pytest.param((set_email("shopify:customer:9"), set_email("hubspot:contact:1"), set_email("shopify:customer:9")),
                     (), ["hubspot:contact:1", "shopify:customer:9"], id="then-what-would-be-changed-each-once"),
        pytest.param((Fix(Ref("shopify", "order", "7"), Action.ATTACH, {}, {}),), (),
                     ["hubspot:contact:1", "shopify:order:7"], id="orders-too"),
    ],
)  # fmt: skip
def test_every_record_that_a_finding_speaks_of_has_its_place_though_no_night_knows_it(options, others, refs):
    one = a_finding(Option("it", options), others=others)
    assert gathered(one).records == [{"ref": ref} for ref in refs]


def test_of_no_findings_nothing_is_gathered():
    with closing(tables([ANN])) as told:
        assert gathering.gather(told, [], NIGHT) == {}


def test_each_finding_gets_its_own_records():
    one, other = about("hubspot:contact:1"), about("shopify:customer:1")
    with closing(tables([ANN, AT_SHOPIFY])) as told:
        found = gathering.gather(told, [one, other], NIGHT)
    assert {key: [each["ref"] for each in dossier.records] for key, dossier in found.items()} == {
        one.key: ["hubspot:contact:1"], other.key: ["shopify:customer:1"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "contact", "owner"),
    [
        pytest.param("shopify", "1", "shopify:customer:1", id="a-shops-customer"),
        pytest.param("whmcs", "1", "whmcs:client:1", id="a-client-and-not-the-login-of-the-same-number"),
        pytest.param("shopify", "404", "shopify:customer:404", id="a-customer-who-is-gone"),
        pytest.param("shopify", None, None, id="nobody"),
    ],
)
def test_an_order_tells_whose_it_is(platform, contact, owner):
    told = [order("7", contact=contact, platform=platform, email="ann@a.example", status="paid")]
    dossier = gathered(about(f"{platform}:order:7"), contacts=[AT_SHOPIFY, AT_WHMCS, LOGIN], orders=told)
    assert dossier.records == [
        {"ref": f"{platform}:order:7", "number": "#7", "email": "ann@a.example", "status": "paid",
         "placed_at": "2026-01-02T03:04:05+00:00"} | ({"contact": owner} if owner else {})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("buyer", "platform"),
    [("shopify:customer:1", "shopify"), ("whmcs:client:1", "whmcs"), ("bigcommerce:customer:1", "bigcommerce")],
)
def test_a_buyer_comes_with_the_newest_orders_and_with_when_each_address_was_ordered_with(buyer, platform):
    told = [
        order("1", 0, platform=platform, email="old@a.example"),
        order("2", 5, platform=platform, email="new@a.example", status="paid"),
        order("4", 9, platform=platform, email="new@a.example"),
        order("3", 9, platform=platform, email="new@a.example"),
        order("5", 1, platform=platform),
        order("6", 99, contact="2", platform=platform, email="somebody@else.example"),
        order("7", 99, platform="other", email="somebody@else.example"),
    ]
    contacts = [AT_SHOPIFY, AT_WHMCS, LOGIN, Contact("bigcommerce", "customer", "1")]
    (record,) = gathered(about(buyer), contacts=contacts, orders=told).records
    assert [(one["number"], one["placed_at"][:10]) for one in record["orders"]] == [
        ("#3", "2026-01-11"), ("#4", "2026-01-11"), ("#2", "2026-01-07")
    ]  # fmt: skip
    assert record["orders"][2] == {
        "number": "#2", "email": "new@a.example", "status": "paid", "placed_at": "2026-01-07T03:04:05+00:00"
    }  # fmt: skip
    assert [(one.get("email"), one["orders"], one["first"][:10], one["last"][:10]) for one in record["placed"]] == [
        ("old@a.example", 1, "2026-01-02", "2026-01-02"),
        (None, 1, "2026-01-03", "2026-01-03"),
        ("new@a.example", 3, "2026-01-07", "2026-01-11"),
    ]


def test_an_order_without_a_day_is_counted_and_comes_last():
    told = [order("1", None, email="a@a.example"), order("2", 0, email="b@a.example")]
    (record,) = gathered(about("shopify:customer:1"), contacts=[AT_SHOPIFY], orders=told).records
    assert [one["number"] for one in record["orders"]] == ["#2", "#1"]
    assert {one["email"]: one.get("first") for one in record["placed"]} == {
        "a@a.example": None, "b@a.example": "2026-01-02T03:04:05+00:00"
    }  # fmt: skip


@pytest.mark.parametrize("who", [ANN, LOGIN, Contact("cpanel", "hosting", "1")], ids=lambda one: str(one.ref))
def test_who_buys_nothing_has_no_orders(who):
    dossier = gathered(about(str(who.ref)), contacts=[who], orders=[
        order("1"), order("2", platform=who.platform)
    ])  # fmt: skip
    assert [name for name in ("orders", "placed") if name in dossier.records[0]] == []


def had(email: str | None, id: str = "1") -> Contact:
    return Contact("hubspot", "contact", id, email)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        pytest.param(
            [had("a@a.example")], [had("b@b.example")], [("a@a.example", "b@b.example")], id="another-address"
        ),
        pytest.param([had("a@a.example")], [had("a@a.example")], [], id="the-same"),
        pytest.param([], [had("b@b.example")], [], id="a-new-record"),
        pytest.param([had("a@a.example")], [], [], id="a-record-that-is-gone"),
        pytest.param([had("a@a.example", "2")], [had("b@b.example", "2")], [], id="a-record-of-another-finding"),
        pytest.param(None, [had("b@b.example")], [], id="the-first-night"),
    ],
)
def test_an_address_that_is_another_than_the_night_before_is_told_with_its_night(before, now, told):
    history = gathered(about("hubspot:contact:1"), contacts=now, before=before).history
    assert history == [{"ref": "hubspot:contact:1", "from": was, "to": now, "night": NIGHT} for was, now in told]
