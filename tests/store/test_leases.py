"""Leases: of any number of workers one applies a fix, in its turn, and only while it holds it."""

from __future__ import annotations

import pytest

from include.model import FixState, Option
from include.store import leases, schema
from tests.store.cases import (
    LEASE,
    NOW,
    REQUEST,
    THREADS,
    a_finding,
    after,
    again,
    approved,
    at_once,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    leave,
    merge,
    rows,
    send,
    tally,
    three_fixes,
)

STANDS = ("state", "lease_owner", "lease_until", "sent_at", "image")
PLANNED = ("planned", None, None, None, None)
IMAGE = {"email": "old@a.example"}


def stands(ledger):
    """How the first fix stands."""
    return rows(ledger, schema.fix, *STANDS)[0]


def first(ledger):
    return fix_ids(approved(ledger, three_fixes()))[0]


def take_over(ledger, fix_id, now, worker="another"):
    return leases.take_over(ledger, fix_id, worker, now, LEASE)


def test_a_fix_goes_from_its_claim_to_its_receipt(ledger):
    id = first(ledger)
    assert stands(ledger) == PLANNED
    assert claim(ledger, id)
    assert stands(ledger) == ("in_flight", "worker", after(LEASE), None, None)
    assert send(ledger, id, now=after(60), image=IMAGE)
    assert stands(ledger) == ("in_flight", "worker", after(60 + LEASE), after(60), IMAGE)
    assert leave(ledger, id, FixState.APPLIED)
    assert stands(ledger) == ("applied", None, None, after(60), IMAGE)


@pytest.mark.parametrize(
    "take",
    [
        pytest.param(lambda ledger, id, worker: claim(ledger, id, worker), id="claims"),
        pytest.param(lambda ledger, id, worker: take_over(ledger, id, after(LEASE), worker), id="takes-over"),
    ],
)
def test_of_many_workers_at_once_one_takes_a_fix(ledger, request, take):
    id = first(ledger)
    if "takes-over" in request.node.name:
        claim(ledger, id)
    answers = at_once(lambda index: take(ledger, id, f"worker {index}"))
    assert tally(answers) == {True: 1, False: THREADS - 1}
    assert stands(ledger)[1] == f"worker {answers.index(True)}"


def test_no_two_workers_have_one_name():
    assert len({leases.owner() for _ in range(100)}) == 100
    assert len(leases.owner()) <= schema.fix.c.lease_owner.type.length


@pytest.mark.parametrize("state", ["open", "half_approved", "rejected", "deferred", "settled", "gone"])
def test_a_fix_is_claimed_only_while_its_finding_is_approved(ledger, state):
    id = first(ledger)
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    assert not claim(ledger, id)
    assert stands(ledger) == PLANNED


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
    id = first(ledger)
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
    ids = fix_ids(approved(ledger, three_fixes()))
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


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        pytest.param(0, True, id="at-once"),
        pytest.param(LEASE - REQUEST - 0.001, True, id="a-request-would-end-in-time"),
        pytest.param(LEASE - REQUEST, False, id="a-request-would-end-too-late"),
        pytest.param(LEASE + 1, False, id="the-lease-ran-out"),
    ],
)
def test_a_write_is_sent_only_if_the_lease_outlasts_it(ledger, now, sent):
    id = first(ledger)
    claim(ledger, id)
    assert send(ledger, id, now=after(now)) is sent
    assert (stands(ledger)[3] is not None) is sent


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not-sent"])
def test_a_worker_that_lost_its_lease_changes_nothing(ledger, sent):
    id = first(ledger)
    claim(ledger, id)
    if sent:
        send(ledger, id, image=IMAGE)
    assert take_over(ledger, id, after(LEASE))
    before = rows(ledger, schema.fix), rows(ledger, schema.receipt), rows(ledger, schema.audit)
    assert not send(ledger, id, now=after(LEASE))
    assert not leave(ledger, id, FixState.APPLIED)
    assert not leases.give_back(ledger, id, "worker")
    assert not leases.let_go(ledger, id, "worker")
    assert (rows(ledger, schema.fix), rows(ledger, schema.receipt), rows(ledger, schema.audit)) == before


@pytest.mark.parametrize("state", ["planned", "held", "applied", "stale"])
def test_nothing_is_done_to_a_fix_that_is_not_under_way(ledger, state):
    id = first(ledger)
    by_hand(ledger, "UPDATE fix SET state = :state, lease_owner = 'worker' WHERE id = :id", state=state, id=id)
    before = rows(ledger, schema.fix), rows(ledger, schema.receipt), rows(ledger, schema.audit)
    assert not send(ledger, id)
    assert not leave(ledger, id, FixState.APPLIED)
    assert not leases.give_back(ledger, id, "worker")
    assert not leases.let_go(ledger, id, "worker")
    assert not take_over(ledger, id, after(LEASE))
    assert (rows(ledger, schema.fix), rows(ledger, schema.receipt), rows(ledger, schema.audit)) == before


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        pytest.param(0, False, id="at-once"),
        pytest.param(LEASE - 0.001, False, id="just-before-its-end"),
        pytest.param(LEASE, True, id="at-its-end"),
        pytest.param(LEASE + 1, True, id="after-it"),
    ],
)
def test_a_fix_is_taken_over_only_when_its_lease_ran_out(ledger, now, taken):
    id = first(ledger)
    claim(ledger, id)
    send(ledger, id, image=IMAGE)
    assert take_over(ledger, id, after(now)) is taken
    holder = ("another", after(now + LEASE)) if taken else ("worker", after(LEASE))
    assert stands(ledger) == ("in_flight", *holder, NOW, IMAGE)


def test_an_unknown_outcome_is_taken_over_to_be_read_by_one_worker_at_a_time(ledger):
    id = first(ledger)
    ends(ledger, id, FixState.UNKNOWN)
    assert take_over(ledger, id, NOW, "reader")
    assert not take_over(ledger, id, NOW, "another reader")
    assert stands(ledger)[:3] == ("unknown", "reader", after(LEASE))
    assert leases.let_go(ledger, id, "reader")
    assert take_over(ledger, id, NOW, "another reader")


def test_an_unknown_outcome_is_never_sent_or_planned_again(ledger):
    id = first(ledger)
    ends(ledger, id, FixState.UNKNOWN)
    take_over(ledger, id, NOW)
    assert not send(ledger, id, "another")
    assert not leases.give_back(ledger, id, "another")
    assert stands(ledger)[0] == "unknown"


def test_what_is_given_back_is_as_if_it_had_never_been_taken(ledger):
    id = first(ledger)
    claim(ledger, id)
    send(ledger, id, image=IMAGE)
    assert leases.give_back(ledger, id, "worker")
    assert stands(ledger) == PLANNED
    assert claim(ledger, id, "another")


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not-sent"])
def test_a_fix_that_was_taken_over_is_planned_again_only_if_nothing_was_sent(ledger, sent):
    id = first(ledger)
    claim(ledger, id)
    if sent:
        send(ledger, id)
    take_over(ledger, id, after(LEASE))
    assert not leases.plan_again(ledger, id, "worker")
    assert leases.plan_again(ledger, id, "another") is not sent
    assert stands(ledger)[0] == ("in_flight" if sent else "planned")


def test_a_new_claim_remembers_nothing_of_the_one_before(ledger):
    id = first(ledger)
    by_hand(ledger, "UPDATE fix SET sent_at = '2026-10-01 00:00:00+00:00', image = '{}' WHERE id = :id", id=id)
    claim(ledger, id)
    assert stands(ledger) == ("in_flight", "worker", after(LEASE), None, None)
