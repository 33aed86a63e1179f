"""What an objection freezes in the ledger: claiming and sending, by the records' names of then and of today."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from include import audit
from include.errors import AlreadyDecided, NotAllowed, Objected
from include.model import FixState, Option
from include.store import objections, undone
from include.store.schema import alias, decision, finding, objection
from tests.store.cases import (
    NOW,
    a_finding,
    after,
    again,
    approved,
    at_once,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    rows,
    send,
    set_email,
    tally,
    two_findings,
)


def of(number):
    """A finding about one contact, and nobody else."""
    contact = f"hubspot:contact:{number}"
    return a_finding(Option("use it", (set_email(contact),)), subject=contact, others=())


def object_to(ledger, row, who="sam"):
    objections.record(ledger, row.id, who, "It was not her.", NOW)


def lift(ledger, row, who="bob"):
    objections.lift(ledger, row.id, who, "It was.", after(60))


def test_a_frozen_fix_is_neither_claimed_nor_sent(ledger):
    row = approved(ledger)
    (first,) = fix_ids(row)
    assert claim(ledger, first)
    object_to(ledger, row)
    assert not send(ledger, first)
    with ledger.write() as connection:
        assert objections.freezes(connection, first)
    lift(ledger, row)
    assert send(ledger, first)


def test_nothing_is_claimed_of_records_that_an_objection_names(ledger):
    mine, other = two_findings(ledger)
    object_to(ledger, again(ledger, a_finding(subject="hubspot:contact:1")))
    assert not claim(ledger, mine)
    assert not claim(ledger, other)  # both are about the same customer of a shop
    lift(ledger, again(ledger, a_finding(subject="hubspot:contact:1")))
    assert claim(ledger, mine)


def test_other_people_s_records_go_on(ledger):
    row = filed(ledger, a_finding(), of(9))
    object_to(ledger, row)
    other = again(ledger, of(9))
    assert decide(ledger, other) == "approved"
    assert objections.frozen(ledger, [row.id, other.id]) == {row.id}
    with pytest.raises(Objected, match="recorded at the finding"):
        decide(ledger, row)
    assert decide(ledger, row, "rejected", reason="He is right.") == "rejected"


def test_a_record_that_was_merged_since_stays_frozen_by_its_new_name(ledger):
    row = filed(ledger, a_finding(), of(8))
    object_to(ledger, row)
    other = again(ledger, of(8))
    assert objections.against(ledger, other.id) == []
    with ledger.write() as connection:
        connection.execute(sa.insert(alias).values(old="hubspot:contact:1", new="hubspot:contact:8", at=NOW))
    assert [one.finding_id for one in objections.against(ledger, other.id)] == [row.id]


def test_what_still_waits_is_not_claimed(ledger):
    row = approved(ledger)
    with ledger.write() as connection:
        connection.execute(sa.update(decision).values(not_before=after(3600)))
    assert not claim(ledger, *fix_ids(row), now=after(3599))
    assert claim(ledger, *fix_ids(row), now=after(3600))


def test_what_had_been_sent_may_still_be_settled(ledger):
    row = approved(ledger)
    ends(ledger, *fix_ids(row), FixState.APPLIED)
    object_to(ledger, row)
    assert again(ledger, row).state == "settled"
    assert audit.checked(ledger).problems == []


def test_of_many_who_object_at_once_one_is_written_down(ledger):
    row = approved(ledger)
    answers = at_once(lambda number: object_to(ledger, row, f"support {number}"), 8)
    assert tally(answers) == {None: 1, AlreadyDecided: 7}
    assert len(rows(ledger, objection)) == 1


@pytest.mark.parametrize(
    ("state", "may"),
    [*((state, False) for state in objections.COMING), ("rejected", True), ("settled", True), ("gone", True)],
)
def test_whoever_asked_for_something_else_of_these_records_lifts_it_once_that_is_over(ledger, state, may):
    row = filed(ledger, a_finding(), of(1))
    earlier = again(ledger, of(1))
    with ledger.write() as connection:
        undone.asked(connection, earlier.id, earlier.id, "bob", "a mistake", NOW)
        connection.execute(sa.update(finding).where(finding.c.id == earlier.id).values(state=state))
    object_to(ledger, row)
    if may:
        lift(ledger, row)
        assert objections.against(ledger, row.id) == []
        return
    with pytest.raises(NotAllowed, match="another person must lift"):
        lift(ledger, row)


def test_whoever_asked_for_this_very_change_never_lifts_it(ledger):
    row = filed(ledger, a_finding())
    decide(ledger, row, "rejected", reason="no")
    with ledger.write() as connection:
        undone.asked(connection, row.id, row.id, "bob", "a mistake", NOW)
    object_to(ledger, row)
    with pytest.raises(NotAllowed, match="another person must lift"):
        lift(ledger, row)


@pytest.mark.parametrize(("who", "why"), [(" ", "x"), ("sam", " ")])
def test_somebody_says_something(ledger, who, why):
    row = approved(ledger)
    with pytest.raises(NotAllowed, match="Say who"):
        objections.record(ledger, row.id, who, why, NOW)
    with pytest.raises(NotAllowed, match="no such finding"):
        objections.record(ledger, "0" * 16, "sam", "x", NOW)


def test_an_objection_that_somebody_removes_from_the_ledger_shows_in_the_audit(ledger):
    row = approved(ledger)
    object_to(ledger, row)
    assert audit.checked(ledger).problems == []
    with ledger.write() as connection:
        connection.execute(sa.update(objection).values(stands=False))
    told = audit.checked(ledger).problems
    assert any("of the table objection" in one for one in told)
