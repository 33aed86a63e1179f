"""Whom people judged to be apart, and what Rollcall itself changed, as the next night takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.model import Contact, FixState, Ref
from include.store import apart, own
from include.store.filing import Filed
from include.store.tables import Tables, of_rows
from tests.store.cases import (
    NIGHT,
    NOW,
    again,
    decide,
    ends,
    fix_ids,
)
from tests.store.remembering import HERE, NEW, OLD, PHONE, STREET, decided, file, merged, mismatch


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        pytest.param("Not the same person", [("hubspot:contact:1", "shopify:customer:5")], id="the-reason"),
        pytest.param("not the  same person: twins", [("hubspot:contact:1", "shopify:customer:5")], id="and-more"),
        pytest.param("They like both addresses", [], id="another-reason"),
        pytest.param("Perhaps not the same person", [], id="perhaps"),
    ],
)
def test_who_was_judged_not_to_be_the_same_person_is_told(ledger, reason, told):
    decided(ledger, mismatch("1"), "rejected", reason)
    assert apart.pairs(ledger, HERE) == told
    assert apart.table(ledger, HERE).to_pydict() == {
        "left": [one for one, _ in told],
        "right": [other for _, other in told],
    }


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        pytest.param(HERE, True, id="here"),
        pytest.param({"shopify": "b" * 16}, True, id="a-platform-is-left-out"),
        pytest.param(HERE | {"hubspot": "d" * 16}, False, id="another-account"),
    ],
)
def test_people_are_kept_apart_by_their_names_of_today_in_the_account_that_was_judged(ledger, accounts, told):
    decided(ledger, mismatch("1"), "rejected", apart.REASON)
    merged(ledger, _1="3")
    assert apart.pairs(ledger, accounts) == ([("hubspot:contact:3", "shopify:customer:5")] if told else [])


def test_people_are_no_longer_kept_apart_once_somebody_decides_otherwise(ledger):
    row = decided(ledger, mismatch("1"), "rejected", apart.REASON)
    file(ledger, mismatch("1", PHONE, STREET))
    decide(ledger, again(ledger, row))
    assert apart.pairs(ledger, HERE) == []


def test_an_order_is_nobody_to_be_kept_apart(ledger):
    told = replace(mismatch("1"), subject=Ref.parse("shopify:order:9"))
    decided(ledger, told, "rejected", apart.REASON)
    assert apart.pairs(ledger, HERE) == []


def test_what_touches_a_record_that_was_not_seen_as_we_left_it_is_neither_raised_nor_changed_nor_closed(ledger):
    decided(ledger, mismatch("1"), "rejected")
    merged(ledger, _1="3")
    alone = {Ref.parse("hubspot:contact:3")}
    assert file(ledger, left_alone=alone) == Filed()
    assert file(ledger, mismatch("3", STREET), mismatch("7"), left_alone=alone) == Filed(new=1)


def applied(ledger, outcome=FixState.APPLIED):
    file(ledger, mismatch("1"), night=NIGHT)
    row = again(ledger, mismatch("1"))
    decide(ledger, row)
    ends(ledger, fix_ids(row)[0], outcome)
    return own.writes(ledger, HERE)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(FixState.APPLIED, 1), (FixState.UNKNOWN, 1), (FixState.STALE, 0), (FixState.REFUSED, 0), (FixState.FAILED, 0)],
)
def test_what_may_have_been_written_is_our_own(ledger, outcome, told):
    assert len(applied(ledger, outcome)) == told
    assert own.writes(ledger, HERE | {"hubspot": "d" * 16}) == []


CONTACT = Ref.parse("hubspot:contact:1")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("begun", "partly", "time", "told"),
    [
        pytest.param(NOW - DAY, {}, NOW - DAY, True, id="the-pull-began-before"),
        pytest.param(NOW + DAY, {}, NOW - DAY, False, id="everything-was-pulled-after"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, NOW - DAY, True, id="the-change-has-not-come-by"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, NOW, False, id="the-change-has-come-by"),
        pytest.param(NOW + DAY, {"hubspot": NOW + DAY}, NOW - DAY, False, id="everything-was-pulled-since"),
        pytest.param(NOW + DAY, {"shopify": NOW - DAY}, NOW - DAY, False, id="another-platform"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, None, False, id="it-says-no-time"),
    ],
)
def test_a_record_is_left_alone_while_the_night_does_not_see_our_change_of_it(ledger, begun, partly, time, told):
    assert own.unseen(applied(ledger), begun, partly, {CONTACT: time}) == ({CONTACT} if told else set())


def contacts(email, updated_at, name="Ann"):
    one = Contact("hubspot", "contact", "1", email, first_name=name, updated_at=updated_at)
    other = Contact("shopify", "customer", "5", NEW, first_name="Ann", updated_at=NOW - DAY)
    return {"contacts": of_rows("contacts", [one, other])}


@pytest.mark.parametrize(
    ("then", "now", "updated_at", "told"),
    [
        pytest.param(OLD, NEW, NOW, (NEW, NEW, None), id="we-changed-it"),
        pytest.param(OLD, NEW.upper(), NOW, (NEW.upper(), NEW.upper(), None), id="spelled-by-the-platform"),
        pytest.param(OLD, NEW, NOW + DAY, (NEW, NEW, NOW + DAY), id="and-a-person-something-else"),
        pytest.param(OLD, "c@c.example", NOW + DAY, (OLD, "c@c.example", NOW + DAY), id="and-a-person-after-us"),
        pytest.param(OLD, OLD, NOW - DAY, (OLD, OLD, NOW - DAY), id="it-is-not-there-yet"),
        pytest.param("c@c.example", NEW, NOW + DAY, ("c@c.example", NEW, NOW + DAY), id="a-person-did-the-same-later"),
        pytest.param(NEW, NEW, NOW, (NEW, NEW, None), id="the-night-before-saw-it"),
    ],
)
def test_our_own_change_is_not_taken_for_a_persons(ledger, then, now, updated_at, told):
    tables = Tables.of_arrow(contacts(now, updated_at), Tables.of_arrow(contacts(then, NOW - DAY)))
    try:
        seen = own.without_echo(tables, own.table(applied(ledger)))
        before, after_ = (
            {row["id"]: row for row in each.contacts.to_pyarrow().to_pylist()} for each in (seen.before, seen)
        )
        assert (before["1"]["email"], after_["1"]["email"], after_["1"]["updated_at"]) == told
        assert (before["5"]["email"], after_["5"]["updated_at"]) == (NEW, NOW - DAY)
        assert seen.contacts.schema() == tables.contacts.schema()
        assert seen.before.contacts.schema() == tables.before.contacts.schema()
    finally:
        tables.close()
