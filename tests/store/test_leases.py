"""Leases: of any number of workers one applies a fix, in its turn, and only while it holds it."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime

import pytest
import sqlalchemy as sa

from include.model import FixState
from include.store import leases, schema
from include.store.ledger import WRITERS, Ledger
from tests.store.cases import (
    LEASE,
    NOW,
    REQUEST,
    THREADS,
    UNTOUCHED,
    a_fix,
    after,
    at_once,
    by_hand,
    claim,
    ends,
    leave,
    rows,
    send,
    stands,
    take_over,
    tally,
    two_findings,
)

IMAGE = {"email": "old@a.example"}


def test_a_fix_goes_from_its_claim_to_its_receipt(ledger):
    id = a_fix(ledger)
    assert stands(ledger) == UNTOUCHED
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
    id = a_fix(ledger)
    if "takes-over" in request.node.name:
        claim(ledger, id)
    answers = at_once(lambda index: take(ledger, id, f"worker {index}"))
    assert tally(answers) == {True: 1, False: THREADS - 1}
    assert stands(ledger)[1] == f"worker {answers.index(True)}"


def test_no_two_workers_have_one_name():
    assert len({leases.owner() for _ in range(100)}) == 100
    assert len(leases.owner()) <= schema.fix.c.lease_owner.type.length


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
    id = a_fix(ledger)
    claim(ledger, id)
    assert send(ledger, id, now=after(now)) is sent
    assert (stands(ledger)[3] is not None) is sent


def test_what_time_it_is_is_asked_when_nobody_else_can_write_any_more(ledger):
    id = a_fix(ledger)
    claim(ledger, id)
    alone: list[bool] = []

    def now() -> datetime:
        alone.append(not could_write(ledger))
        return after(60)

    assert leases.send(ledger, id, "worker", now, LEASE, REQUEST, IMAGE) == after(60)
    assert alone == [True]


def could_write(ledger: Ledger) -> bool:
    if ledger.engine.dialect.name == "postgresql":
        with ledger.read() as connection:
            return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(WRITERS))).scalar())
    with contextlib.closing(sqlite3.connect(str(ledger.engine.url.database), timeout=0)) as aside:
        try:
            aside.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda ledger, id: send(ledger, id, image=IMAGE), id="send"),
        pytest.param(lambda ledger, id: leave(ledger, id, FixState.APPLIED), id="leave-a-receipt"),
        pytest.param(lambda ledger, id: leases.give_back(ledger, id, "worker"), id="give-back"),
        pytest.param(lambda ledger, id: leases.plan_again(ledger, id, "worker"), id="plan-again"),
        pytest.param(lambda ledger, id: leases.let_go(ledger, id, "worker"), id="let-go"),
        pytest.param(lambda ledger, id: take_over(ledger, id, after(LEASE)), id="take-over"),
    ],
)
def test_what_is_done_to_one_fix_leaves_the_others_of_its_worker_alone(ledger, act):
    one, other = two_findings(ledger)
    assert claim(ledger, one)
    assert claim(ledger, other)
    before = rows(ledger, schema.fix)
    assert act(ledger, one)
    changed = [old[0] for old, new in zip(before, rows(ledger, schema.fix), strict=True) if old != new]
    assert changed == [one]


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not-sent"])
def test_a_worker_that_lost_its_lease_changes_nothing(ledger, sent):
    id = a_fix(ledger)
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
    id = a_fix(ledger)
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
    id = a_fix(ledger)
    claim(ledger, id)
    send(ledger, id, image=IMAGE)
    assert take_over(ledger, id, after(now)) is taken
    holder = ("another", after(now + LEASE)) if taken else ("worker", after(LEASE))
    assert stands(ledger) == ("in_flight", *holder, NOW, IMAGE)


def test_an_unknown_outcome_is_taken_over_to_be_read_by_one_worker_at_a_time(ledger):
    id = a_fix(ledger)
    ends(ledger, id, FixState.UNKNOWN)
    assert take_over(ledger, id, NOW, "reader")
    assert not take_over(ledger, id, NOW, "another reader")
    assert stands(ledger)[:3] == ("unknown", "reader", after(LEASE))
    assert leases.let_go(ledger, id, "reader")
    assert stands(ledger)[:3] == ("unknown", None, None)
    assert take_over(ledger, id, NOW, "another reader")


def test_an_unknown_outcome_is_never_sent_or_planned_again(ledger):
    id = a_fix(ledger)
    ends(ledger, id, FixState.UNKNOWN)
    take_over(ledger, id, NOW)
    assert not send(ledger, id, "another")
    assert not leases.give_back(ledger, id, "another")
    assert stands(ledger)[0] == "unknown"


def test_what_is_given_back_is_as_if_it_had_never_been_taken(ledger):
    id = a_fix(ledger)
    claim(ledger, id)
    send(ledger, id, image=IMAGE)
    assert leases.give_back(ledger, id, "worker")
    assert stands(ledger) == UNTOUCHED
    assert claim(ledger, id, "another")


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not-sent"])
def test_a_fix_that_was_taken_over_is_planned_again_only_if_nothing_was_sent(ledger, sent):
    id = a_fix(ledger)
    claim(ledger, id)
    if sent:
        send(ledger, id)
    take_over(ledger, id, after(LEASE))
    assert not leases.plan_again(ledger, id, "worker")
    assert leases.plan_again(ledger, id, "another") is not sent
    assert stands(ledger)[0] == ("in_flight" if sent else "planned")
