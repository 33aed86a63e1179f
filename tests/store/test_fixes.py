"""Approved fixes: which are to be applied, and that nothing is whose ledger row is not what people approved."""

from __future__ import annotations

import pytest

from include.errors import NotAllowed
from include.model import Action, Authority, Fix, FixState, Option, Ref
from include.store import fixes
from tests.store.cases import (
    LEASE,
    NOW,
    a_finding,
    after,
    again,
    approval,
    approved,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    merge,
    send,
    set_email,
    three_fixes,
)

MERGE = Option("merge 2 into 1", (set_email(), merge(), set_email("whmcs:client:7")))
OTHER = a_finding(MERGE, rule="duplicate_contact", subject="hubspot:contact:9")


def test_an_approved_option_says_what_to_do_and_by_whose_word(ledger):
    row = filed(ledger, a_finding(MERGE))
    decide(ledger, row, reviewer=" ann ", reason="They called.", now=NOW)
    decide(ledger, row, reviewer="Bob", reason="I wrote to them.", now=after(60))
    option = approval(ledger)
    option.require_approval()
    assert [kept.fix for kept in option.fixes] == list(MERGE.fixes)
    assert {kept.state for kept in option.fixes} == {FixState.PLANNED}
    assert option.authority == Authority(("ann", "Bob"), after(60), "They called.; I wrote to them.", row.id)
    assert (option.finding_id, option.version, option.approvals, option.needed) == (row.id, 1, 2, 2)
    assert option.hash == option.approved_hash == MERGE.hash(row.key)


def test_without_a_reason_the_option_is_the_reason(ledger):
    approved(ledger, MERGE, reviewers=("ann", "bob"))
    assert approval(ledger).authority.reason == "merge 2 into 1"


def test_what_one_person_may_approve_needs_one(ledger):
    approved(ledger, three_fixes())
    assert (approval(ledger).approvals, approval(ledger).needed) == (1, 1)


def test_options_come_in_the_order_of_their_approval(ledger):
    told = [a_finding(three_fixes(), subject=f"hubspot:contact:{number}") for number in range(4)]
    filed(ledger, *told)
    for at in (2, 0, 3):
        decide(ledger, again(ledger, told[at]))
    assert [option.finding_id for option in fixes.approved(ledger)] == [again(ledger, told[at]).id for at in (2, 0, 3)]


@pytest.mark.parametrize("state", ["open", "half_approved", "rejected", "deferred", "settled", "gone"])
def test_only_what_is_approved_now_is_to_be_applied(ledger, state):
    approved(ledger, three_fixes())
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    assert fixes.approved(ledger) == []


def test_an_option_without_fixes_is_approved_too(ledger):
    approved(ledger, Option("keep both", ()))
    approval(ledger).require_approval()
    assert approval(ledger).fixes == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("""UPDATE fix SET after = '{"email":"mallory@c.example"}' WHERE id = 1""", id="after"),
        pytest.param("""UPDATE fix SET before = '{"email":"other@c.example"}' WHERE id = 1""", id="before"),
        pytest.param("UPDATE fix SET target = 'hubspot:contact:3' WHERE id = 1", id="target"),
        pytest.param("UPDATE fix SET action = 'add_email' WHERE id = 1", id="action"),
        pytest.param("UPDATE fix SET action = 'set_email' WHERE id = 2", id="a-merge-no-more"),
        pytest.param("UPDATE fix SET position = 9 WHERE id = 1", id="order"),
        pytest.param("DELETE FROM fix WHERE id = 2", id="one-less"),
        pytest.param("UPDATE fix SET option_id = 2, position = 9 WHERE id = 3", id="one-moved-away"),
        pytest.param("UPDATE fix SET option_id = 1, position = 9 WHERE id = 4", id="one-moved-here"),
        pytest.param("UPDATE option SET label = '\"keep both\"' WHERE id = 1", id="label"),
        pytest.param("UPDATE decision SET option_id = 2", id="the-option"),
        pytest.param(
            "UPDATE decision SET option_hash = (SELECT hash FROM option WHERE id = 2)", id="the-decisions-hash"
        ),
        pytest.param("UPDATE finding SET key = 'duplicate_contact/hubspot:contact:9/'", id="the-findings-key"),
        pytest.param("DELETE FROM decision WHERE id = 1", id="one-approval-less"),
        pytest.param("UPDATE decision SET reviewer = 'ANN ' WHERE id = 2", id="two-approvals-of-one-person"),
        pytest.param("UPDATE decision SET option_id = 2 WHERE id = 1", id="one-approval-of-another-option"),
        pytest.param("UPDATE decision SET option_hash = '' WHERE id = 1", id="one-approval-of-another-hash"),
        pytest.param("UPDATE decision SET verdict = 'rejected' WHERE id = 1", id="one-approval-is-a-rejection"),
        pytest.param("UPDATE decision SET version = 0 WHERE id = 1", id="one-approval-of-another-version"),
    ],
)
def test_what_was_changed_by_hand_is_not_approved(ledger, change):
    row = approved(ledger, MERGE, three_fixes(), reviewers=("ann", "bob"))
    assert (fix_ids(row, 0), fix_ids(row, 1)) == ([1, 2, 3], [4, 5, 6])
    approval(ledger).require_approval()
    by_hand(ledger, change)
    with pytest.raises(NotAllowed, match=row.id):
        approval(ledger).require_approval()


@pytest.mark.parametrize("named", ["its-own-option", "the-approved-option"])
def test_a_decision_copied_to_another_finding_does_not_approve_it(ledger, named):
    approved(ledger, MERGE, reviewers=("ann", "bob"))
    filed(ledger, a_finding(MERGE), OTHER)
    other = again(ledger, OTHER)
    by_hand(
        ledger,
        "INSERT INTO decision (id, finding_id, version, option_id, option_hash, verdict, reviewer, at) "
        "SELECT id + 100, :other, version, :option, option_hash, verdict, reviewer, at FROM decision",
        other=other.id,
        option=1 if named == "the-approved-option" else 2,
    )
    by_hand(ledger, "UPDATE finding SET state = 'approved'")
    (forged,) = [option for option in fixes.approved(ledger) if option.finding_id == other.id]
    with pytest.raises(NotAllowed, match=other.id):
        forged.require_approval()


def test_fixes_of_unknown_outcome_are_known_with_when_they_were_sent_and_over_what(ledger):
    row = approved(ledger, three_fixes(), Option("keep both", ()))
    first, *_ = fix_ids(row)
    assert fixes.unsettled(ledger) == []
    claim(ledger, first)
    (kept,) = fixes.unsettled(ledger)
    assert (kept.state, kept.sent_at, kept.image, kept.lease_until) == (FixState.IN_FLIGHT, None, None, after(LEASE))
    send(ledger, first, now=after(60), image={"email": "old@a.example"})
    (kept,) = fixes.unsettled(ledger)
    assert (kept.sent_at, kept.image, kept.lease_until) == (after(60), {"email": "old@a.example"}, after(60 + LEASE))
    assert (kept.id, kept.finding_id, kept.version, kept.fix) == (first, row.id, 1, three_fixes().fixes[0])


def test_a_fix_of_unknown_outcome_is_not_forgotten_when_its_finding_changes(ledger):
    row = approved(ledger, three_fixes())
    ends(ledger, fix_ids(row)[0], FixState.UNKNOWN)
    by_hand(ledger, "UPDATE finding SET state = 'open', version = 2")
    assert [kept.state for kept in fixes.unsettled(ledger)] == [FixState.UNKNOWN]


@pytest.mark.parametrize(
    ("ended", "counted"),
    [
        pytest.param([], {"planned": 3}, id="nothing-tried"),
        pytest.param([FixState.APPLIED], {"applied": 1, "planned": 2}, id="one-applied"),
        pytest.param([FixState.ALREADY, FixState.UNKNOWN], {"already": 1, "unknown": 1, "held": 1}, id="one-unknown"),
        pytest.param([FixState.APPLIED] * 3, {"applied": 3}, id="all-applied"),
    ],
)
def test_outcomes_count_what_was_tried_and_what_waits(ledger, ended, counted):
    options = (three_fixes(), Option("another", (set_email(),)))
    row = approved(ledger, *options)
    filed(ledger, a_finding(*options), a_finding(*options, rule="orphaned_order"))
    for id, outcome in zip(fix_ids(row), ended, strict=False):
        ends(ledger, id, outcome)
    assert fixes.outcomes(ledger) == counted


@pytest.mark.parametrize(
    ("ended", "outcome", "told"),
    [
        pytest.param([], FixState.APPLIED, [], id="the-first-of-three"),
        pytest.param([FixState.APPLIED], FixState.ALREADY, [], id="the-second-of-three"),
        pytest.param([FixState.APPLIED, FixState.ALREADY], FixState.APPLIED, [0, 2], id="all-took"),
        pytest.param([FixState.APPLIED, FixState.APPLIED], FixState.ALREADY, [0, 1], id="the-last-was-so-already"),
        pytest.param([FixState.APPLIED], FixState.STALE, [0], id="the-second-is-stale"),
        pytest.param([FixState.APPLIED], FixState.UNKNOWN, [0, 1], id="the-second-is-unknown"),
        pytest.param([], FixState.REFUSED, [], id="the-first-was-refused"),
    ],
)
def test_people_are_told_of_what_was_changed_once_the_option_is_at_its_end(ledger, ended, outcome, told):
    row = approved(ledger, three_fixes(), Option("another", (merge(),)))
    for id, before in zip(fix_ids(row), ended, strict=False):
        ends(ledger, id, before)
    claim(ledger, fix_ids(row)[len(ended)])
    (kept,) = fixes.unsettled(ledger)
    assert fixes.announced(ledger, kept, outcome) == [three_fixes().fixes[at] for at in told]


def test_what_was_written_and_took_is_known_with_the_names_that_records_have_now(ledger):
    ids = fix_ids(approved(ledger, three_fixes()))
    ends(ledger, ids[0], FixState.APPLIED, aliases={"hubspot:contact:1": "hubspot:contact:9"})
    ends(ledger, ids[1], FixState.ALREADY)
    ends(ledger, ids[2], FixState.UNKNOWN)
    assert fixes.applied(ledger) == [three_fixes().fixes[0]]
    assert fixes.aliases(ledger) == {"hubspot:contact:1": "hubspot:contact:9"}


def test_fixes_of_what_is_no_longer_approved_do_not_wait(ledger):
    earlier = approved(ledger, three_fixes())
    told = a_finding(Option("another", (set_email(),))), a_finding(three_fixes(), rule="orphaned_order")
    row = filed(ledger, *told)
    decide(ledger, row)
    decide(ledger, again(ledger, told[1]))
    filed(ledger, told[0])
    assert (again(ledger, earlier).version, again(ledger, told[1]).state) == (2, "gone")
    assert fixes.outcomes(ledger) == {"planned": 1}


def test_a_fix_is_read_as_it_was_filed(ledger):
    told = Fix(Ref("whois", "domain", "a:b:c"), Action.INVITE, {"name": None}, {"name": ["x", 1, 1.5, True, {}]})
    approved(ledger, Option("rename", (told,)))
    assert approval(ledger).fixes[0].fix == told
