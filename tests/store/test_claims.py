"""Claims: a fix is applied only as part of what was approved, only in its turn, and only once."""

from __future__ import annotations

import pytest

from include.model import Action, Fix, FixState, Option, Ref
from include.store import leases
from tests.store.cases import (
    LEASE,
    NOW,
    UNTOUCHED,
    a_finding,
    a_fix,
    after,
    again,
    approved,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    leave,
    merge,
    set_email,
    stands,
    take_over,
    three_fixes,
    two_findings,
)


@pytest.mark.parametrize("state", ["open", "half_approved", "rejected", "deferred", "settled", "gone"])
def test_a_fix_is_claimed_only_while_its_finding_is_approved(ledger, state):
    id, _ = two_findings(ledger)
    by_hand(ledger, "UPDATE finding SET state = :state WHERE subject = 'hubspot:contact:1'", state=state)
    assert not claim(ledger, id)
    assert stands(ledger) == UNTOUCHED


def test_a_fix_of_an_earlier_version_is_not_claimed(ledger):
    one = a_finding(three_fixes())
    earlier = approved(ledger, three_fixes())
    row = filed(ledger, a_finding(three_fixes(), says="The names differ."))
    decide(ledger, row)
    assert not claim(ledger, fix_ids(earlier)[0])
    assert claim(ledger, fix_ids(again(ledger, one))[0])


def test_a_fix_of_the_option_that_nobody_approved_is_not_claimed(ledger):
    row = approved(ledger, three_fixes(), Option("merge", (merge(),)))
    assert not claim(ledger, *fix_ids(row, option=1))
    assert claim(ledger, fix_ids(row)[0])


def test_a_fix_is_claimed_only_if_nothing_was_tried(ledger):
    id = a_fix(ledger)
    claimed = set()
    for state in FixState:
        by_hand(ledger, "UPDATE fix SET state = :state WHERE id = :id", state=str(state), id=id)
        claimed |= {state} if claim(ledger, id) else set()
    assert claimed == {FixState.PLANNED, FixState.HELD}


@pytest.mark.parametrize(
    ("ended", "then"),
    [
        pytest.param([], [True, False, False], id="nothing-tried"),
        pytest.param([FixState.APPLIED], [False, True, False], id="one-applied"),
        pytest.param([FixState.APPLIED, FixState.ALREADY], [False, False, True], id="two-took"),
        pytest.param([FixState.APPLIED, FixState.UNKNOWN], [False, False, False], id="the-second-is-unknown"),
        pytest.param([FixState.APPLIED, FixState.STALE], [False, False, False], id="the-second-is-stale"),
        pytest.param([FixState.REFUSED], [False, False, False], id="the-first-was-refused"),
        pytest.param([FixState.FAILED], [False, False, False], id="the-first-failed"),
    ],
)
def test_the_fixes_of_an_option_are_claimed_in_their_order(ledger, ended, then):
    ids = fix_ids(approved(ledger, three_fixes(), Option("another", (set_email(), merge()))))
    for id, outcome in zip(ids, ended, strict=False):
        ends(ledger, id, outcome)
    answers = []
    for id in reversed(ids):
        answers.append(claim(ledger, id))
        leases.give_back(ledger, id, "worker")
    assert answers[::-1] == then


def test_what_was_held_is_claimed_once_the_one_before_it_took(ledger):
    ids = fix_ids(approved(ledger, three_fixes()))
    ends(ledger, ids[0], FixState.UNKNOWN)
    assert not claim(ledger, ids[1])
    assert take_over(ledger, ids[0], NOW)
    assert leave(ledger, ids[0], FixState.APPLIED, worker="another")
    assert claim(ledger, ids[1])


def test_a_new_claim_remembers_nothing_of_the_one_before(ledger):
    id = a_fix(ledger)
    by_hand(ledger, "UPDATE fix SET sent_at = '2026-10-01 00:00:00+00:00', image = '{}' WHERE id = :id", id=id)
    claim(ledger, id)
    assert stands(ledger) == ("in_flight", "worker", after(LEASE), None, None)


def fixes_of_two(ledger, *both: Fix) -> list[int]:
    """The fixes of two approved findings, one each."""
    told = [a_finding(Option("so", (one,)), subject=f"shopify:customer:{number}") for number, one in enumerate(both, 7)]
    filed(ledger, *told)
    for one in told:
        for reviewer in ("ada", "bo"):
            if again(ledger, one).state in {"open", "half_approved"}:
                decide(ledger, again(ledger, one), reviewer=reviewer)
    return [fix_ids(again(ledger, one))[0] for one in told]


def attach(old: str | None, new: str | None) -> Fix:
    return Fix(Ref.parse("bigcommerce:order:9"), Action.ATTACH, {"contact": old}, {"contact": new})


CUSTOMER = "bigcommerce:customer:1"


@pytest.mark.parametrize(
    ("one", "other", "free"),
    [
        pytest.param(attach(None, CUSTOMER), set_email(CUSTOMER), False, id="an-order-is-given-to-it"),
        pytest.param(attach(CUSTOMER, None), set_email(CUSTOMER), False, id="an-order-is-taken-from-it"),
        pytest.param(attach(None, "bigcommerce:customer:2"), set_email(CUSTOMER), True, id="an-order-of-another"),
        pytest.param(set_email("hubspot:contact:5"), set_email("hubspot:contact:6"), False, id="two-of-its-names"),
        pytest.param(
            set_email("hubspot:contact:1"),
            merge("hubspot:contact:2", "hubspot:contact:6"),
            True,
            id="a-merge-of-others",
        ),
        pytest.param(
            set_email("hubspot:contact:5"),
            merge("hubspot:contact:2", "hubspot:contact:6"),
            False,
            id="a-merge-of-one-that-was-merged",
        ),
    ],
)
def test_no_two_workers_are_at_one_record_by_whatever_name_or_way(ledger, one, other, free):
    ids = fixes_of_two(ledger, one, other)
    for old in (5, 6):
        by_hand(
            ledger,
            "INSERT INTO alias (old, new, finding_id, at) SELECT :old, :new, id, :at FROM finding LIMIT 1",
            old=f"hubspot:contact:{old}",
            new="hubspot:contact:56",
            at="2026-11-01 12:00:00+00:00",
        )
    for first, second in (ids, ids[::-1]):
        assert claim(ledger, first)
        assert claim(ledger, second) is free
        for id in ids:
            leases.give_back(ledger, id, "worker")
