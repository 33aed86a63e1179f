"""Withdrawals: one person who saw it takes an approval back until its fixes begin, and it stays taken back."""

from __future__ import annotations

import pytest

from include.errors import AlreadyDecided, FindingChanged, NotAllowed
from include.model import FixState, Option
from include.store import audit, fixes, leases, schema
from tests.store.cases import (
    LATER_NIGHT,
    NEXT_NIGHT,
    THREADS,
    a_finding,
    again,
    approved,
    at_once,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    merge,
    rows,
    set_email,
    tally,
    three_fixes,
)

TWO = (Option("use the new address", (set_email(),)), Option("use the old one", (set_email(email="old@b.example"),)))
MERGE = Option("merge 2 into 1", (set_email(), merge()))
WITHDRAWALS = [
    pytest.param("rejected", {"reason": "I erred."}, id="reject"),
    pytest.param("deferred", {"until": NEXT_NIGHT}, id="defer"),
]


@pytest.mark.parametrize(("verdict", "said"), WITHDRAWALS)
def test_what_was_approved_and_withdrawn_is_not_applied(ledger, verdict, said):
    row = approved(ledger, three_fixes())
    assert decide(ledger, row, verdict, withdraw=True, **said) == verdict
    assert (fixes.approved(ledger), fixes.outcomes(ledger)) == ([], {})
    assert not claim(ledger, fix_ids(row)[0])
    row = again(ledger, row)
    assert (row.state, row.until, row.version) == (verdict, said.get("until"), 1)
    assert [(told.verdict, told.reason) for told in row.decisions] == [
        ("approved", None),
        (verdict, said.get("reason")),
    ]
    assert audit.verify(ledger) is None


@pytest.mark.parametrize(("verdict", "said"), WITHDRAWALS)
def test_an_approval_is_withdrawn_only_by_who_saw_it(ledger, verdict, said):
    row = filed(ledger, a_finding(*TWO))
    decide(ledger, row)
    with pytest.raises(AlreadyDecided, match="is approved already"):
        decide(ledger, row, verdict, reviewer="bob", **said)
    assert again(ledger, row).state == "approved"


@pytest.mark.parametrize(
    ("state", "verdict", "said", "error", "told"),
    [
        pytest.param("open", "rejected", {}, NotAllowed, "no approval to withdraw", id="not-approved"),
        pytest.param("half_approved", "rejected", {}, NotAllowed, "no approval to withdraw", id="half-approved"),
        pytest.param("rejected", "rejected", {}, AlreadyDecided, "is rejected already", id="withdrawn-already"),
        pytest.param("settled", "rejected", {}, AlreadyDecided, "is settled already", id="settled"),
        pytest.param("gone", "rejected", {}, AlreadyDecided, "is gone already", id="gone"),
        pytest.param("approved", "approved", {}, NotAllowed, "reject or defer", id="to-approve"),
        pytest.param("approved", "rejected", {"version": 2}, FindingChanged, "Read it again", id="another-version"),
        pytest.param("approved", "rejected", {"reason": ""}, NotAllowed, "needs a reason", id="without-a-reason"),
        pytest.param("approved", "deferred", {"until": "2026-11-01"}, NotAllowed, "in the future", id="until-today"),
    ],
)
def test_what_cannot_be_withdrawn_stays_as_it_is(ledger, state, verdict, said, error, told):
    row = approved(ledger, *TWO)
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    with pytest.raises(error, match=told):
        decide(ledger, row, verdict, **{"withdraw": True, "reason": "I erred."} | said)
    row = again(ledger, row)
    assert (row.state, len(row.decisions)) == (state, 1)


def begun(state):
    return lambda ledger, ids: by_hand(ledger, "UPDATE fix SET state = :state WHERE id = :id", state=state, id=ids[1])


@pytest.mark.parametrize(
    "begin",
    [
        pytest.param(lambda ledger, ids: claim(ledger, ids[0]), id="claimed"),
        pytest.param(lambda ledger, ids: ends(ledger, ids[0], FixState.APPLIED), id="one-of-three-applied"),
        pytest.param(lambda ledger, ids: ends(ledger, ids[0], FixState.UNKNOWN), id="unknown"),
        *(pytest.param(begun(str(state)), id=f"{state}-alone") for state in FixState if state != FixState.PLANNED),
    ],
)
def test_an_approval_whose_fixes_have_begun_cannot_be_withdrawn(ledger, begin):
    row = approved(ledger, three_fixes())
    begin(ledger, fix_ids(row))
    with pytest.raises(AlreadyDecided, match="have begun"):
        decide(ledger, row, "rejected", reason="I erred.", withdraw=True)
    assert (again(ledger, row).state, len(fixes.approved(ledger))) == ("approved", 1)


def test_an_approval_can_be_withdrawn_once_its_claim_was_given_back(ledger):
    row = approved(ledger, three_fixes())
    (first, *_) = fix_ids(row)
    assert claim(ledger, first)
    assert leases.give_back(ledger, first, "worker")
    assert decide(ledger, row, "rejected", reason="I erred.", withdraw=True) == "rejected"


def test_fixes_of_an_earlier_version_do_not_keep_an_approval_from_being_withdrawn(ledger):
    row = approved(ledger, three_fixes())
    ends(ledger, fix_ids(row)[0], FixState.STALE)
    row = again(ledger, row)
    decide(ledger, row)
    assert decide(ledger, row, "rejected", reason="I erred.", withdraw=True) == "rejected"


def test_of_many_who_withdraw_or_approve_at_once_one_wins(ledger):
    row = approved(ledger, *TWO)

    def one(index):
        if index % 3 == 0:
            return decide(ledger, row, reviewer=f"reviewer {index}")
        said = {"reason": "I erred.", "until": NEXT_NIGHT, "reviewer": f"reviewer {index}"}
        return decide(ledger, row, ("rejected", "deferred")[index % 2], withdraw=True, **said)

    answers = tally(at_once(one))
    row = again(ledger, row)
    assert answers == {row.state: 1, AlreadyDecided: THREADS - 1}
    assert [told.verdict for told in row.decisions] == ["approved", row.state]
    assert (fixes.approved(ledger), audit.verify(ledger)) == ([], None)


def test_of_a_withdrawal_and_a_claim_at_once_one_wins(ledger):
    row = approved(ledger, three_fixes())
    (first, *_) = fix_ids(row)

    def one(index):
        if index % 2:
            return claim(ledger, first, f"worker {index}")
        return decide(ledger, row, "rejected", reason="I erred.", withdraw=True)

    answers = tally(at_once(one))
    claimed = rows(ledger, schema.fix, "state")[0] == ("in_flight",)
    assert (answers.get(True, 0), answers.get("rejected", 0)) == ((1, 0) if claimed else (0, 1))
    assert again(ledger, row).state == ("approved" if claimed else "rejected")


@pytest.mark.parametrize("person", ["ann", "bob", "eve"])
def test_one_person_can_withdraw_a_merge_that_two_approved(ledger, person):
    row = approved(ledger, MERGE, reviewers=("ann", "bob"))
    assert row.state == "approved"
    assert decide(ledger, row, "rejected", reason="Two people.", reviewer=person, withdraw=True) == "rejected"
    assert fixes.approved(ledger) == []


@pytest.mark.parametrize(
    ("verdict", "said", "night", "stands"),
    [
        pytest.param("rejected", {"reason": "No."}, LATER_NIGHT, ("rejected", 1), id="rejected"),
        pytest.param("deferred", {"until": LATER_NIGHT}, NEXT_NIGHT, ("deferred", 1), id="deferred-and-not-yet-due"),
        pytest.param("deferred", {"until": LATER_NIGHT}, LATER_NIGHT, ("open", 2), id="deferred-and-due"),
    ],
)
@pytest.mark.parametrize("gone", [False, True], ids=["seen-all-along", "gone-for-a-night"])
def test_what_was_withdrawn_comes_back_as_what_it_became(ledger, verdict, said, night, stands, gone):
    row = approved(ledger, *TWO)
    decide(ledger, row, verdict, withdraw=True, **said)
    if gone:
        filed(ledger, a_finding(rule="orphaned_order"), night=NEXT_NIGHT)
        assert again(ledger, row).state == "gone"
    row = filed(ledger, a_finding(*TWO), night=night)
    assert ((row.state, row.version), fixes.approved(ledger)) == (stands, [])
