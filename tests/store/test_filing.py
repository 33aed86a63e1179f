"""A night is filed: what is new, known, reopened and gone, and which decisions still hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from include.model import Evidence, FixState, Option
from include.store import audit, findings, schema
from include.store.filing import Filed
from tests.store.cases import (
    LATER_NIGHT,
    NEXT_NIGHT,
    NIGHT,
    SAME,
    UNTIL,
    a_finding,
    after,
    again,
    approved,
    approved_again,
    claim,
    decide,
    deferred,
    ends,
    everything,
    filed,
    fix_ids,
    half_approved,
    leave,
    merge,
    opened,
    rejected,
    rows,
    set_email,
    settled,
    three_fixes,
    under_way,
    was_approved,
)

OTHER_EVIDENCE = replace(SAME, because=(*SAME.because, Evidence("address", 0.5, "They live in one house.")))
OTHER_OPTIONS = a_finding(Option("use the new address", (set_email(was="older@a.example"),)), SAME.options[1])
OTHER_SCORE = replace(SAME, confidence=0.4, recommended=None)
CHANGED = (Evidence("changed_last", 1.5, "It was changed last, on 1 November."), Evidence("changed_since", 3.0, "Now."))
CHANGED_AGAIN = (Evidence("changed_last", 1.5, "It was changed last, on 2 November."),)


def file(ledger, *told, night=NEXT_NIGHT, **given):
    return findings.file(ledger, told, night, **given)


def stands(ledger):
    (row,) = everything(ledger)
    return row.state, row.version


def gone(so_far):
    def also_gone(ledger):
        row = so_far(ledger)
        assert file(ledger, night=NIGHT).gone == 1
        return row

    return also_gone


@pytest.mark.parametrize(
    ("so_far", "night", "told", "counted", "then"),
    [
        pytest.param(opened, NEXT_NIGHT, SAME, "known", ("open", 1), id="open"),
        pytest.param(opened, NEXT_NIGHT, OTHER_EVIDENCE, "known", ("open", 2), id="open-other-evidence"),
        pytest.param(opened, NEXT_NIGHT, OTHER_OPTIONS, "known", ("open", 2), id="open-other-options"),
        pytest.param(opened, NEXT_NIGHT, OTHER_SCORE, "known", ("open", 1), id="open-other-score"),
        pytest.param(half_approved, NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 2), id="half-other-evidence"),
        pytest.param(was_approved, NEXT_NIGHT, SAME, "known", ("approved", 1), id="approved"),
        pytest.param(was_approved, NEXT_NIGHT, OTHER_SCORE, "known", ("approved", 1), id="approved-other-score"),
        pytest.param(was_approved, NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 2), id="approved-other-evidence"),
        pytest.param(was_approved, NEXT_NIGHT, OTHER_OPTIONS, "reopened", ("open", 2), id="approved-other-options"),
        pytest.param(approved_again, NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 3), id="approved-again-other"),
        pytest.param(under_way, NEXT_NIGHT, OTHER_EVIDENCE, "known", ("approved", 1), id="under-way-other-evidence"),
        pytest.param(rejected, NEXT_NIGHT, SAME, "known", ("rejected", 1), id="rejected"),
        pytest.param(rejected, LATER_NIGHT, SAME, "known", ("rejected", 1), id="rejected-for-long"),
        pytest.param(rejected, NEXT_NIGHT, OTHER_SCORE, "known", ("rejected", 1), id="rejected-other-score"),
        pytest.param(rejected, NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 2), id="rejected-other-evidence"),
        pytest.param(deferred, NEXT_NIGHT, SAME, "known", ("deferred", 1), id="deferred"),
        pytest.param(deferred, UNTIL, SAME, "reopened", ("open", 2), id="deferred-until-today"),
        pytest.param(deferred, LATER_NIGHT, SAME, "reopened", ("open", 2), id="deferred-until-before"),
        pytest.param(deferred, NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 2), id="deferred-other-evidence"),
        pytest.param(settled, NEXT_NIGHT, SAME, "reopened", ("open", 2), id="settled-and-back"),
        pytest.param(gone(opened), NEXT_NIGHT, SAME, "reopened", ("open", 2), id="gone-and-back"),
        pytest.param(gone(was_approved), NEXT_NIGHT, SAME, "reopened", ("open", 2), id="approved-gone-and-back"),
        pytest.param(gone(rejected), NEXT_NIGHT, SAME, "known", ("rejected", 1), id="rejected-gone-and-back"),
        pytest.param(gone(rejected), NEXT_NIGHT, OTHER_EVIDENCE, "reopened", ("open", 2), id="rejected-gone-other"),
        pytest.param(gone(deferred), NEXT_NIGHT, SAME, "known", ("deferred", 1), id="deferred-gone-and-back"),
        pytest.param(gone(deferred), LATER_NIGHT, SAME, "reopened", ("open", 2), id="deferred-gone-and-back-late"),
    ],
)
def test_a_decision_holds_until_what_it_judged_changes(ledger, so_far, night, told, counted, then):
    so_far(ledger)
    was, changed_at = stands(ledger), rows(ledger, schema.finding, "changed_at")
    assert file(ledger, told, night=night) == Filed(**{counted: 1})
    assert stands(ledger) == then
    (row,) = everything(ledger)
    assert (row.first_night, row.last_night) == (NIGHT, night)
    assert row.until == (UNTIL if row.state == "deferred" else None)
    assert (rows(ledger, schema.finding, "changed_at") == changed_at) is (was == then)


@pytest.mark.parametrize(
    ("told", "verdict", "state"),
    [
        pytest.param(SAME, "rejected", "rejected", id="rejected"),
        pytest.param(SAME, "deferred", "deferred", id="deferred"),
        pytest.param(SAME, "approved", "approved", id="approved"),
        pytest.param(a_finding(Option("merge", (merge(),))), "approved", "half_approved", id="half-approved"),
    ],
)
def test_a_decision_outlives_evidence_of_when_something_changed(ledger, told, verdict, state):
    row = filed(ledger, replace(told, because=(*told.because, *CHANGED)))
    decide(ledger, row, verdict, **{"rejected": {"reason": "Two."}, "deferred": {"until": UNTIL}}.get(verdict, {}))
    for night, because in (("2026-11-02", told.because), ("2026-11-03", (*told.because, *CHANGED_AGAIN))):
        assert file(ledger, replace(told, because=because), night=night) == Filed(known=1)
        assert stands(ledger) == (state, 1)
        assert [one["evidence"] for one in again(ledger, row).because] == [one.evidence for one in because]
    lasting = replace(told, because=(*OTHER_EVIDENCE.because, *CHANGED_AGAIN))
    assert file(ledger, lasting, night="2026-11-04") == Filed(reopened=1)


@pytest.mark.parametrize(
    ("so_far", "then"),
    [
        pytest.param(opened, "gone", id="open"),
        pytest.param(half_approved, "gone", id="half-approved"),
        pytest.param(was_approved, "gone", id="approved"),
        pytest.param(rejected, "gone", id="rejected"),
        pytest.param(deferred, "gone", id="deferred"),
        pytest.param(settled, "settled", id="settled"),
        pytest.param(under_way, "approved", id="fixes-under-way"),
        pytest.param(gone(opened), "gone", id="gone-already"),
    ],
)
def test_what_is_found_no_more_is_closed_unless_it_is_closed_or_under_way(ledger, so_far, then):
    row = so_far(ledger)
    assert file(ledger).gone == (then == "gone" and so_far.__name__ != "also_gone")
    assert again(ledger, row).state == then


def test_a_new_score_is_shown_without_a_new_version(ledger):
    opened(ledger)
    file(ledger, OTHER_SCORE)
    (row,) = everything(ledger)
    assert (row.version, row.confidence, row.recommended) == (1, 0.4, None)


def test_what_is_under_way_elsewhere_keeps_nothing_closed(ledger):
    settled(ledger)
    other = replace(SAME, rule="orphaned_order")
    decide(ledger, filed(ledger, other))
    assert file(ledger, SAME, other) == Filed(reopened=1, known=1)


def test_a_finding_of_which_one_fix_took_is_under_way(ledger):
    row = approved(ledger, three_fixes())
    ends(ledger, fix_ids(row)[0], FixState.APPLIED)
    file(ledger)
    assert again(ledger, row).state == "approved"


@pytest.mark.parametrize(
    ("seen_at", "then"),
    [
        pytest.param(after(60), ("settled", 1), id="pulled-before-it-was-settled"),
        pytest.param(after(61), ("open", 2), id="pulled-after-it-was-settled"),
        pytest.param(None, ("open", 2), id="pulled-nobody-knows-when"),
    ],
)
@pytest.mark.parametrize("told", [SAME, OTHER_OPTIONS], ids=["as-it-was", "changed"])
def test_what_was_settled_after_the_pull_has_not_come_back(ledger, told, seen_at, then):
    (id,) = fix_ids(was_approved(ledger))
    claim(ledger, id)
    leave(ledger, id, FixState.APPLIED, now=after(60))
    file(ledger, told, seen_at=seen_at)
    assert stands(ledger) == then


def test_what_was_filed_after_the_pull_began_is_still_open(ledger):
    opened(ledger)
    file(ledger, SAME, seen_at=after(-20 * 365 * 86_400))
    assert stands(ledger) == ("open", 1)


def test_a_finding_that_changed_or_is_gone_leaves_the_others_as_they_were(ledger):
    other, third = replace(SAME, rule="orphaned_order"), replace(SAME, rule="duplicate_contact")
    before = filed(ledger, other, SAME, third)
    file(ledger, OTHER_SCORE, other, night=NIGHT)
    assert again(ledger, SAME).confidence == OTHER_SCORE.confidence
    assert (again(ledger, other), again(ledger, third).state) == (before, "gone")


@pytest.mark.parametrize(
    ("left_out", "state"),
    [
        pytest.param((), "gone", id="none"),
        pytest.param(("hubspot",), "open", id="the-subjects"),
        pytest.param(("shopify",), "open", id="another-records"),
        pytest.param(("whmcs", "whois"), "gone", id="others"),
    ],
)
def test_findings_on_a_platform_that_was_left_out_are_not_closed(ledger, left_out, state):
    opened(ledger)
    file(ledger, left_out=left_out)
    assert stands(ledger) == (state, 1)


@pytest.mark.parametrize("left_out", [("hubspot",), ("shopify", "whois")], ids=["the-subjects", "another-records"])
def test_findings_on_a_platform_that_was_left_out_are_neither_raised_nor_changed(ledger, left_out):
    opened(ledger)
    raised = a_finding(subject="whmcs:client:1", others=("whmcs:client:2",))
    told = (OTHER_EVIDENCE, replace(SAME, rule="duplicate_contact"), raised)
    assert file(ledger, *told, left_out=left_out) == Filed(new=1)
    assert again(ledger, raised).state == "open"
    assert (again(ledger, SAME).version, again(ledger, SAME).last_night) == (1, NIGHT)


def test_one_finding_twice_in_a_night_files_nothing(ledger):
    with pytest.raises(ValueError, match="was found twice in one night"):
        file(ledger, a_finding(rule="orphaned_order"), SAME, OTHER_SCORE)
    assert everything(ledger) == []
    assert audit.head(ledger)[0] == 0


def test_a_night_that_cannot_be_filed_whole_is_not_filed_at_all(ledger):
    row = opened(ledger)
    with pytest.raises(sa.exc.StatementError, match="not JSON compliant"):
        file(ledger, OTHER_EVIDENCE, a_finding(rule="orphaned_order", says=float("nan")))
    assert again(ledger, row) == row


def test_a_night_of_thousands_is_filed_again_and_closed(ledger):
    many = [a_finding(subject=f"hubspot:contact:{number}") for number in range(1200)]
    assert file(ledger, *many).new == 1200
    assert file(ledger, *many) == Filed(known=1200)
    assert file(ledger).gone == 1200
