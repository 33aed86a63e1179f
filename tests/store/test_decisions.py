"""Decisions: what each leads to, who may take it, and that one of many at once wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.errors import AlreadyDecided, FindingChanged, NotAllowed
from include.model import Evidence, Option
from include.store import audit, decisions, findings, schema
from include.store.dossiers import Dossier
from tests.store.cases import (
    NEXT_NIGHT,
    NIGHT,
    NOW,
    THREADS,
    a_finding,
    again,
    approval,
    at_once,
    by_hand,
    decide,
    filed,
    half_approved,
    merge,
    rows,
    set_email,
    tally,
)

TWO = (Option("use the new address", (set_email(),)), Option("use the old one", (set_email(email="old@b.example"),)))
MERGES = (
    Option("merge 2 into 1", (set_email(), merge())),
    Option("merge 1 into 2", (merge("hubspot:contact:2", "1"),)),
    Option("keep both", ()),
)


@pytest.mark.parametrize(
    ("verdict", "said", "state", "until"),
    [
        pytest.param("approved", {}, "approved", None, id="approve"),
        pytest.param("approved", {"option": 1, "reason": "They called."}, "approved", None, id="approve-another"),
        pytest.param("approved", {"until": "2026-12-01"}, "approved", None, id="approve-with-a-date-of-no-use"),
        pytest.param("rejected", {"reason": "Two people."}, "rejected", None, id="reject"),
        pytest.param("deferred", {"until": "2026-11-02"}, "deferred", "2026-11-02", id="defer-until-tomorrow"),
        pytest.param("deferred", {"until": "20261202"}, "deferred", "2026-12-02", id="defer-in-another-form"),
        pytest.param("deferred", {"until": "2026-W49-3"}, "deferred", "2026-12-02", id="defer-until-a-weeks-day"),
        pytest.param("deferred", {"until": "2026-12-01", "reason": "On leave."}, "deferred", "2026-12-01", id="defer"),
    ],
)
def test_a_decision_is_kept_with_who_took_it_on_what_and_why(ledger, verdict, said, state, until):
    row = filed(ledger, a_finding(*TWO))
    assert decide(ledger, row, verdict, **said) == state
    row = again(ledger, row)
    assert (row.state, row.until, row.version) == (state, until, 1)
    assert rows(ledger, schema.finding, "changed_at") == [(NOW,)]
    chosen = row.options[said.get("option", 0)].hash if verdict == "approved" else None
    kept = {
        "finding_id": row.id,
        "version": 1,
        "option_hash": chosen,
        "verdict": verdict,
        "reviewer": "ann",
        "reason": said.get("reason"),
        "until": until,
    }
    assert rows(ledger, schema.decision, *kept, "at") == [(*kept.values(), NOW)]
    sealed = {"reason": audit.sealed(said.get("reason")), "state": state}
    assert rows(ledger, schema.audit, "kind", "body")[-1] == ("decided", {**kept, **sealed})


@pytest.mark.parametrize(
    ("verdict", "said", "error", "told"),
    [
        pytest.param("approved", {"version": 0}, FindingChanged, "Read it again", id="an-older-version"),
        pytest.param("approved", {"version": 2}, FindingChanged, "Read it again", id="a-version-to-come"),
        pytest.param("rejected", {"version": 0, "reason": "No."}, FindingChanged, "Read it again", id="reject-older"),
        pytest.param("approved", {"option_hash": "0" * 64}, FindingChanged, "no such option", id="a-wrong-hash"),
        pytest.param("approved", {"option_hash": ""}, FindingChanged, "no such option", id="an-empty-hash"),
        pytest.param("approved", {"option_hash": None}, NotAllowed, "which option", id="no-hash"),
        pytest.param("rejected", {}, NotAllowed, "needs a reason", id="reject-without-a-reason"),
        pytest.param("rejected", {"reason": " \n"}, NotAllowed, "needs a reason", id="reject-with-an-empty-one"),
        pytest.param("deferred", {}, NotAllowed, "until which date", id="defer-for-ever"),
        pytest.param("deferred", {"until": "soon"}, NotAllowed, "until which date", id="defer-until-no-date"),
        pytest.param("deferred", {"until": "2026-11-31"}, NotAllowed, "until which date", id="defer-until-no-such-day"),
        pytest.param("deferred", {"until": "2026-11-01"}, NotAllowed, "in the future", id="defer-until-today"),
        pytest.param("deferred", {"until": "2025-12-01"}, NotAllowed, "in the future", id="defer-until-last-year"),
        pytest.param("approved", {"reviewer": ""}, NotAllowed, "needs a reviewer", id="nobody"),
        pytest.param("approved", {"reviewer": " "}, NotAllowed, "needs a reviewer", id="a-blank"),
    ],
)
def test_a_decision_that_cannot_stand_leaves_nothing(ledger, verdict, said, error, told):
    row = filed(ledger, a_finding(*TWO))
    before = audit.head(ledger)
    with pytest.raises(error, match=told):
        decide(ledger, row, verdict, **said)
    assert (again(ledger, row), audit.head(ledger)) == (row, before)


def test_a_finding_nobody_filed_cannot_be_decided(ledger):
    with pytest.raises(FindingChanged, match="There is no finding"):
        decisions.decide(ledger, "0" * 16, verdict="rejected", reviewer="ann", version=1, reason="No.")


def test_another_findings_option_cannot_be_approved(ledger):
    row = filed(ledger, a_finding(*TWO), a_finding(*TWO, rule="orphaned_order"))
    other = again(ledger, a_finding(rule="orphaned_order"))
    with pytest.raises(FindingChanged, match="no such option"):
        decide(ledger, row, option_hash=other.options[0].hash)


def test_what_was_read_before_the_evidence_changed_cannot_be_decided(ledger):
    row = filed(ledger, a_finding(*TWO))
    filed(ledger, a_finding(*TWO, says="The names differ."), night=NEXT_NIGHT)
    with pytest.raises(FindingChanged, match="has changed since it was shown"):
        decide(ledger, row)
    assert decide(ledger, again(ledger, row)) == "approved"


@pytest.mark.parametrize("state", ["approved", "rejected", "deferred", "settled", "gone"])
def test_what_is_decided_or_closed_is_not_decided_again(ledger, state):
    row = filed(ledger, a_finding(*TWO))
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    with pytest.raises(AlreadyDecided, match=f"is {state} already"):
        decide(ledger, row)
    assert again(ledger, row).decisions == ()


def test_one_of_many_decisions_at_once_wins(ledger):
    row = filed(ledger, a_finding(*TWO))
    verdicts = ("approved", "rejected", "deferred")

    def one(index):
        said = {"reviewer": f"reviewer {index}", "reason": "Why not.", "until": "2026-11-05"}
        return decide(ledger, row, verdicts[index % 3], **said)

    answers = tally(at_once(one))
    row = again(ledger, row)
    assert answers == {row.state: 1, AlreadyDecided: THREADS - 1}
    assert [decision.verdict for decision in row.decisions] == [row.state]
    assert audit.verify(ledger) is None


def test_of_many_approvals_of_a_merge_at_once_two_count(ledger):
    row = filed(ledger, a_finding(*MERGES))
    answers = tally(at_once(lambda index: decide(ledger, row, reviewer=f"reviewer {index}")))
    assert answers == {"half_approved": 1, "approved": 1, AlreadyDecided: THREADS - 2}
    assert (approval(ledger).approvals, audit.verify(ledger)) == (2, None)


def test_one_person_many_times_at_once_approves_half_a_merge(ledger):
    row = filed(ledger, a_finding(*MERGES))
    answers = tally(at_once(lambda index: decide(ledger, row, reviewer=("ann", "Ann", "ANN ")[index % 3])))
    assert answers == {"half_approved": 1, NotAllowed: THREADS - 1}


@pytest.mark.parametrize(
    ("second", "said", "then"),
    [
        pytest.param("bob", {}, "approved", id="another-person"),
        pytest.param("ann", {}, NotAllowed, id="the-same-person"),
        pytest.param("ANN", {}, NotAllowed, id="the-same-in-capitals"),
        pytest.param(" ann\t", {}, NotAllowed, id="the-same-with-spaces"),
        pytest.param("bob", {"option": 1}, NotAllowed, id="another-merge"),
        pytest.param("bob", {"option": 2}, NotAllowed, id="another-option-that-needs-one"),
        pytest.param("ann", {"option": 2}, NotAllowed, id="the-same-person-another-option"),
        pytest.param("bob", {"verdict": "rejected", "reason": "Two people."}, "rejected", id="another-rejects"),
        pytest.param("ann", {"verdict": "rejected", "reason": "I erred."}, "rejected", id="the-same-thinks-again"),
        pytest.param("bob", {"verdict": "deferred", "until": "2026-12-01"}, "deferred", id="another-defers"),
    ],
)
def test_a_merge_needs_two_people_who_approve_the_same(ledger, second, said, then):
    row = filed(ledger, a_finding(*MERGES))
    assert decide(ledger, row, reviewer="ann") == "half_approved"
    (answer,) = at_once(lambda _: decide(ledger, row, reviewer=second, **said), 1)
    assert answer == then
    assert again(ledger, row).state == (then if isinstance(then, str) else "half_approved")


def test_an_option_without_a_merge_needs_one_person(ledger):
    row = filed(ledger, a_finding(*MERGES))
    assert decide(ledger, row, option=2) == "approved"


def test_the_half_of_an_earlier_version_does_not_count(ledger):
    row = filed(ledger, a_finding(*MERGES))
    decide(ledger, row, reviewer="ann")
    row = filed(ledger, a_finding(*MERGES, says="The names differ."), night=NEXT_NIGHT)
    assert decide(ledger, row, reviewer="bob") == "half_approved"
    assert decide(ledger, row, reviewer="ann") == "approved"


def test_a_first_approval_that_would_not_be_applied_any_more_is_not_the_half_of_two(ledger):
    row = half_approved(ledger)
    late = NOW + timedelta(days=8)
    assert decide(ledger, row, reviewer="bob", now=late) == "half_approved"
    assert decide(ledger, row, reviewer="ann", now=late) == "approved"
    one = approval(ledger)
    one.require_approval()
    assert (one.since, one.authority.reviewers) == (late, ("bob", "ann"))


@pytest.mark.parametrize("weak", [False, True], ids=["a-new-domain", "weak-proof"])
def test_what_was_filed_before_two_had_to_agree_needs_two_all_the_same(ledger, weak):
    told = a_finding(Option("use it", (set_email(),)))
    doubtful = replace(told, because=(Evidence("weak_proof", 0.1, "A call."),))
    records = [{"ref": "hubspot:contact:1", "email": "ann@a.example"}]
    shown = {} if weak else {told.key: Dossier(records)}
    findings.file(ledger, [doubtful if weak else told], NIGHT, shown=shown)
    by_hand(ledger, "UPDATE option SET people = 1")
    row = again(ledger, told)
    assert decide(ledger, row) == "half_approved"
    assert decide(ledger, row, reviewer="bob") == "approved"
    approval(ledger).require_approval()
