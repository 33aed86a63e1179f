"""Receipts: the outcome of a fix with everything that follows from it, together or not at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from include.model import FixState, Notice, Option
from include.store import audit, outbox, receipts, schema
from tests.store.cases import (
    NOW,
    a_finding,
    after,
    again,
    approved,
    at_once,
    audited,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    leave,
    rows,
    send,
    set_email,
    tally,
    three_fixes,
)

TOOK, BACK = ("settled", 1), ("open", 2)
A, B, C, D = (f"hubspot:contact:{id}" for id in "abcd")


def notice(name, about=None):
    return Notice(f"<{name}@rollcall.example>", "ann@a.example", "Your address", "It changed.", about=about)


@pytest.mark.parametrize(
    ("ended", "states", "then"),
    [
        pytest.param(["applied"], ["applied", "planned", "planned"], ("approved", 1), id="one-applied"),
        pytest.param(["already"], ["already", "planned", "planned"], ("approved", 1), id="one-already"),
        pytest.param(["applied", "already", "applied"], ["applied", "already", "applied"], TOOK, id="all-took"),
        pytest.param(["stale"], ["stale", "held", "held"], BACK, id="stale"),
        pytest.param(["refused"], ["refused", "held", "held"], BACK, id="refused"),
        pytest.param(["failed"], ["failed", "held", "held"], BACK, id="failed"),
        pytest.param(["unknown"], ["unknown", "held", "held"], ("approved", 1), id="unknown"),
        pytest.param(["applied", "stale"], ["applied", "stale", "held"], BACK, id="the-second-stale"),
        pytest.param(["applied", "applied", "failed"], ["applied", "applied", "failed"], BACK, id="the-last-failed"),
    ],
)
def test_an_outcome_decides_about_the_fixes_after_it_and_the_finding(ledger, ended, states, then):
    options = (three_fixes(), Option("another", (*three_fixes().fixes, set_email())))
    row = approved(ledger, *options)
    other = filed(ledger, a_finding(*options, rule="orphaned_order"), a_finding(*options))
    decide(ledger, other)
    other = again(ledger, other)
    for id, outcome in zip(fix_ids(row), ended, strict=False):
        ends(ledger, id, FixState(outcome))
    held = dict(rows(ledger, schema.fix, "id", "state"))
    assert [held[id] for id in fix_ids(row)] == states
    assert {held[id] for id in fix_ids(row, option=1)} == {"planned"}
    assert again(ledger, other) == other
    row = again(ledger, row)
    assert (row.state, row.version) == then
    assert len(audited(ledger, "settled")) == (then == TOOK)


def test_a_receipt_says_what_happened_to_what_and_when(ledger):
    row = approved(ledger, three_fixes())
    (id, *_) = fix_ids(row)
    ends(ledger, id, FixState.APPLIED, detail="It reads as it should.", moved={"phone", "name"})
    said = {"outcome": "applied", "detail": "It reads as it should.", "moved": ["name", "phone"]}
    assert rows(ledger, schema.receipt, "fix_id", *said, "at") == [(id, *said.values(), NOW)]
    told = {"fix": id, "finding": row.id, "target": "hubspot:contact:1", "action": "set_email"}
    assert audited(ledger, "receipt") == [told | said | {"detail": audit.sealed(said["detail"])}]


def test_of_many_receipts_at_once_one_is_left(ledger):
    row = approved(ledger, three_fixes())
    (id, *_) = fix_ids(row)
    claim(ledger, id)
    answers = at_once(lambda index: leave(ledger, id, FixState.APPLIED, notices=[notice(index)]))
    assert tally(answers) == {True: 1, False: len(answers) - 1}
    assert (len(rows(ledger, schema.receipt)), outbox.counts(ledger)) == (1, {"waiting": 1})
    assert audit.verify(ledger) is None


def test_an_unknown_outcome_gets_a_second_receipt_when_it_is_known(ledger):
    row = approved(ledger, Option("new", (set_email(),)))
    (id,) = fix_ids(row)
    ends(ledger, id, FixState.UNKNOWN)
    by_hand(ledger, "UPDATE fix SET lease_owner = 'worker'")
    assert leave(ledger, id, FixState.APPLIED)
    assert [outcome for (outcome,) in rows(ledger, schema.receipt, "outcome")] == ["unknown", "applied"]
    assert again(ledger, row).state == "settled"


@pytest.mark.parametrize("last", [FixState.APPLIED, FixState.STALE])
def test_a_receipt_of_an_earlier_version_changes_nothing_about_the_newest(ledger, last):
    row = approved(ledger, Option("new", (set_email(),)))
    claim(ledger, *fix_ids(row))
    by_hand(ledger, "UPDATE finding SET state = 'approved', version = 2")
    for outcome in (FixState.UNKNOWN, last):
        by_hand(ledger, "UPDATE fix SET lease_owner = 'worker'")
        assert leave(ledger, *fix_ids(row), outcome)
    assert rows(ledger, schema.finding, "state", "version") == [("approved", 2)]


def test_a_receipt_that_cannot_be_written_whole_leaves_nothing(ledger):
    row = approved(ledger, Option("new", (set_email(),)))
    (id,) = fix_ids(row)
    claim(ledger, id)
    send(ledger, id)
    tables = [schema.fix, schema.receipt, schema.finding, schema.option, schema.notice, schema.alias, schema.audit]
    before = [rows(ledger, table) for table in tables]
    fits, does_not = notice("one", about=row.id), notice("two", about="no finding")
    with pytest.raises(sa.exc.IntegrityError):
        leave(ledger, id, FixState.APPLIED, notices=[fits, does_not], aliases={A: B})
    assert [rows(ledger, table) for table in tables] == before
    assert leave(ledger, id, FixState.APPLIED, notices=[fits], aliases={A: B})
    assert outbox.counts(ledger) == {"waiting": 1}


def test_messages_are_written_with_the_receipt(ledger):
    row = approved(ledger, Option("new", (set_email(),)))
    told = [notice("to-the-old", about=row.id), notice("to-the-new", about=row.id)]
    ends(ledger, *fix_ids(row), FixState.APPLIED, notices=told)
    waiting = [outbox.take(ledger, "mail", NOW, 60).notice for _ in told]
    assert waiting == told
    assert [body["message_id"] for body in audited(ledger, "notice")] == [one.message_id for one in told]


@pytest.mark.parametrize(
    ("followed", "then"),
    [
        pytest.param([{A: B}], {A: B}, id="one"),
        pytest.param([{A: B, C: B}], {A: B, C: B}, id="two-into-one"),
        pytest.param([{A: B}, {B: C}], {A: C, B: C}, id="a-chain"),
        pytest.param([{A: B}, {B: C}, {C: D}], {A: D, B: D, C: D}, id="a-longer-chain"),
        pytest.param([{A: B}, {C: D}], {A: B, C: D}, id="one-beside-another"),
        pytest.param([{B: C}, {A: B}], {A: B}, id="into-one-that-is-there-again"),
        pytest.param([{A: B}, {A: C}], {A: C, B: C}, id="another-name-for-both"),
        pytest.param([{A: B}, {B: A}], {B: A}, id="there-and-back"),
        pytest.param([{A: B}, {B: C}, {C: A}], {B: A, C: A}, id="round"),
        pytest.param([{A: A}], {}, id="itself"),
    ],
)
def test_a_record_is_followed_to_the_name_it_has_now(ledger, followed, then):
    row = approved(ledger, Option("new", tuple(set_email(f"hubspot:contact:{at}") for at in range(len(followed)))))
    for id, aliases in zip(fix_ids(row), followed, strict=True):
        ends(ledger, id, FixState.APPLIED, aliases=aliases)
    assert dict(rows(ledger, schema.alias, "old", "new")) == then
    assert {(id, at) for id, at in rows(ledger, schema.alias, "finding_id", "at")} <= {(row.id, NOW)}


@pytest.mark.parametrize(
    ("version", "state", "done"),
    [
        pytest.param(1, "approved", True, id="as-approved"),
        pytest.param(2, "approved", False, id="another-version"),
        pytest.param(1, "open", False, id="not-approved"),
        pytest.param(1, "settled", False, id="settled-already"),
    ],
)
def test_an_approved_option_without_fixes_is_settled_by_itself(ledger, version, state, done):
    row = approved(ledger, Option("keep both", ()))
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    assert receipts.settle_without_fixes(ledger, row.id, version, after(9)) is done
    assert again(ledger, row).state == ("settled" if done else state)
    assert audited(ledger, "settled") == [{"finding": row.id, "version": 1}] * done
