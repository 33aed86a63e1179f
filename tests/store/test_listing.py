"""What a list lets through, and that one walks through it either way and meets everything once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from include.model import Finding, Option
from include.store import findings, listing
from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from include.store.listing import Filters
from tests.store.cases import NEXT_NIGHT, NIGHT, a_finding, again, decide, merge, set_email


def named(
    ledger, told: dict[str, Finding], shown: dict[str, Dossier] | None = None, night: str = NIGHT
) -> dict[str, str]:
    """File them; their names by id."""
    findings.file(ledger, list(told.values()), night, shown=shown)
    return {again(ledger, one).id: name for name, one in told.items()}


def found(held: tuple[Ledger, dict[str, str]], **asked: Any) -> list[str]:
    ledger, names = held
    rows = findings.page(ledger, filters=Filters(**asked), limit=100)
    assert listing.number(ledger, Filters(**asked)) == len(rows)
    return sorted(names[row.id] for row in rows)


@pytest.fixture(scope="module")
def kinds(place) -> tuple[Ledger, dict[str, str]]:
    """Findings of several kinds, from two nights."""
    ledger = place("kinds")
    before = {
        "mismatch": a_finding(subject="hubspot:contact:1", others=("whmcs:client:1",)),
        "sure": replace(a_finding(subject="hubspot:contact:2", others=()), confidence=0.99),
        "doubtful": replace(a_finding(subject="shopify:customer:3", others=()), confidence=0.4999),
        "a merge": a_finding(Option("merge", (merge(),)), subject="hubspot:contact:4", others=()),
    }
    now = {
        "an order": a_finding(rule="orphaned_order", subject="shopify:order:5", others=("shopify:customer:3",)),
        "half": replace(a_finding(subject="bigcommerce:customer:6", others=()), confidence=0.5),
    }
    return ledger, named(ledger, before) | named(ledger, {**before, **now}, night=NEXT_NIGHT)


EVERY = ["a merge", "an order", "doubtful", "half", "mismatch", "sure"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param({}, EVERY, id="everything-open"),
        pytest.param({"state": "rejected"}, [], id="another-state"),
        pytest.param({"rule": "orphaned_order"}, ["an order"], id="a-rule"),
        pytest.param({"confidence": (0.9, 0.99)}, ["a merge", "an order", "mismatch"], id="up-to-the-upper-bound"),
        pytest.param({"confidence": (0.99, 2.0)}, ["sure"], id="from-the-lower-bound-on"),
        pytest.param({"confidence": (0.5, 0.9)}, ["half"], id="exactly-a-half"),
        pytest.param({"confidence": (-1.0, 0.5)}, ["doubtful"], id="just-below"),
        pytest.param({"platform": "shopify"}, ["an order", "doubtful"], id="a-platform-of-any-record"),
        pytest.param({"platform": "whmcs"}, ["mismatch"], id="also-of-another-record"),
        pytest.param({"platform": "shop"}, [], id="half-a-platforms-name"),
        pytest.param({"platform": "%"}, [], id="no-wildcard"),
        pytest.param({"seen_from": date(2026, 11, 2)}, ["an order", "half"], id="first-seen-from"),
        pytest.param({"seen_until": date(2026, 11, 1)}, ["a merge", "doubtful", "mismatch", "sure"], id="seen-until"),
        pytest.param({"seen_from": date(2026, 11, 1), "seen_until": date(2026, 11, 1), "platform": "hubspot"},
                     ["a merge", "mismatch", "sure"], id="several-at-once"),
        pytest.param({"seen_from": date(2026, 11, 3)}, [], id="from-a-day-to-come"),
    ],
)  # fmt: skip
def test_a_list_holds_what_its_filters_let_through(kinds, asked, names):
    assert found(kinds, **asked) == names


def test_findings_are_equal_where_the_same_would_be_done_to_the_same_kind_of_record(ledger):
    use = a_finding(Option("use it", (set_email(),)), others=())
    told = {
        "one": use,
        "another person": a_finding(
            Option("use it", (set_email("hubspot:contact:2", "else@b.example"),)),
            subject="hubspot:contact:2",
            others=(),
        ),
        "another platform": a_finding(
            Option("use it", (set_email("shopify:customer:3"),)), subject="hubspot:contact:3", others=()
        ),
        "another action": a_finding(Option("use it", (merge(),)), subject="hubspot:contact:4", others=()),
        "one more option": a_finding(
            Option("use it", (set_email(),)), Option("not", ()), subject="hubspot:contact:5", others=()
        ),
        "nothing recommended": replace(
            a_finding(Option("use it", (set_email(),)), subject="hubspot:contact:6", others=()), recommended=None
        ),
        "another rule": replace(use, rule="duplicate_contact"),
    }
    names = named(ledger, told)
    assert found((ledger, names), shape=again(ledger, use).shape) == ["another person", "one"]


def in_order(ledger) -> list[str]:
    """File findings of which many are as sure as others; their ids as a list shows them."""
    surest_first = (0.99, 0.9, 0.9, 0.9, 0.2)
    told = [
        replace(a_finding(rule=rule, subject=f"hubspot:contact:{at}", others=()), confidence=confidence)
        for rule in ("orphaned_order", "email_mismatch")
        for at, confidence in enumerate(surest_first * 3)
    ]
    findings.file(ledger, told, NIGHT)
    rows = [again(ledger, one) for one in told]
    return [row.id for row in sorted(rows, key=lambda row: (row.rule, -row.confidence, row.id))]


@pytest.fixture(scope="module")
def alike(place) -> tuple[Ledger, list[str]]:
    ledger = place("alike")
    return ledger, in_order(ledger)


@pytest.mark.parametrize("limit", [1, 2, 7, 30, 31])
def test_pages_follow_each_other_by_rule_and_the_surest_first_without_a_gap_or_a_twin(alike, limit):
    (ledger, expected), walked, after = alike, [], None
    while rows := findings.page(ledger, limit=limit, after=after):
        assert len(rows) <= limit
        walked += [row.id for row in rows]
        after = walked[-1]
    assert walked == expected


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(rule="orphaned_order"), Filters(confidence=(0.9, 0.99))],
    ids=["everything", "a-rule", "a-strength"],
)
def test_each_finding_has_the_one_before_and_the_one_after_it_in_its_list(alike, filters):
    ledger, everything = alike
    shown = [row.id for row in findings.page(ledger, filters=filters, limit=100)]
    assert shown == [id for id in everything if id in shown]
    around = [None, *shown, None]
    for at, id in enumerate(shown):
        assert listing.neighbours(ledger, filters, id) == (around[at], around[at + 2])


def test_who_has_decided_goes_on_from_where_the_finding_was(ledger):
    before, here, after = in_order(ledger)[3:6]
    decide(ledger, findings.get(ledger, here), "rejected", reason="no")
    assert listing.neighbours(ledger, Filters(), here) == (before, after)
    assert listing.neighbours(ledger, Filters(), before)[1] == after


@pytest.mark.parametrize("id", ["0" * 16, "", "' OR 1=1"])
def test_from_a_finding_that_nobody_filed_no_list_goes_on(alike, id):
    ledger, _ = alike
    assert findings.page(ledger, after=id) == []
    assert listing.neighbours(ledger, Filters(), id) == (None, None)


def test_the_oldest_of_each_rule_is_told(kinds):
    ledger, _ = kinds
    assert listing.oldest(ledger, "open") == {"email_mismatch": NIGHT, "orphaned_order": NEXT_NIGHT}
    assert listing.oldest(ledger, "rejected") == {}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({}, {}, id="no-bounds"),
        pytest.param({"younger": 1}, {"seen_from": date(2026, 2, 28)}, id="since-yesterday"),
        pytest.param({"older": 7}, {"seen_until": date(2026, 2, 22)}, id="older-than-a-week"),
        pytest.param({"older": 0, "younger": 60}, {"seen_until": date(2026, 3, 1), "seen_from": date(2025, 12, 31)},
                     id="both"),
    ],
)  # fmt: skip
def test_an_age_is_told_as_the_days_of_its_bounds(asked, told):
    assert listing.days(**asked, today=date(2026, 3, 1)) == told
