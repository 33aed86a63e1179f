"""Undo of a record that one finding changed more than once: as far back as the changes follow from each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.errors import NotAllowed
from include.model import Action, Fix
from include.store import findings
from tests.apply.cases import NEW, Worker, approved, email_fix
from tests.apply.test_undoing import approve, ask, reads, taken_back

THEIRS, THIRD = "she.herself@post.example", "third@post.example"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def twice(worker: Worker, sandbox, ledger, first: Fix, between: str) -> str:
    """The finding that changed the record, and changed it again when somebody had left `between` there."""
    of = approved(ledger, first)
    assert worker.apply() == {"applied": 1}
    if between != NEW:
        platform = sandbox.open("shopify")
        platform.fixes.write(platform.api, replace(first, before=first.after, after={"email": between}))
    again = replace(first, before={"email": between}, after={"email": THIRD})
    assert approved(ledger, again) == of
    assert worker.apply() == {"applied": 1}
    return of


@pytest.mark.parametrize(
    ("between", "back_to_the_first"),
    [
        pytest.param(NEW, True, id="as-we-left-it"),
        pytest.param(NEW.title(), True, id="as-we-left-it-but-for-the-case"),
        pytest.param(THEIRS, False, id="edited"),
    ],
)
def test_it_goes_back_to_what_it_was_before_our_changes_and_not_over_somebody_s_edit(
    worker, sandbox, ledger, between, back_to_the_first
):
    first = email_fix(sandbox, "shopify", "customer")
    row = ask(ledger, twice(worker, sandbox, ledger, first, between))
    changes = [(fix.before, fix.after) for fix in row.options[0].fixes if fix.action == Action.SET_EMAIL]
    assert changes == [({"email": THIRD}, first.before if back_to_the_first else {"email": between})]
    said = [one["says"] for one in row.because if one["evidence"] == "edited"]
    assert ["somebody edited it between our changes" in one for one in said] == [True] * (not back_to_the_first)


@pytest.fixture
def put_back(worker, ledger):
    """What undoes the change of a finding, to the end; the finding that did."""

    def undo(of: str) -> str:
        row = ask(ledger, of)
        assert approve(ledger, row, "ada", "cleo") == "approved"
        assert taken_back(worker).keys() <= {"applied", "already"}
        return row.id

    return undo


def test_what_was_undone_and_made_again_can_be_undone_again(worker, sandbox, ledger, put_back):
    change = email_fix(sandbox, "shopify", "customer")
    for _ in range(2):
        of = approved(ledger, change)
        assert worker.apply() == {"applied": 1}
        row = findings.get(ledger, put_back(of))
        assert reads(sandbox, change) == change.before
        assert "edited" not in {one["evidence"] for one in row.because}
        with pytest.raises(NotAllowed):
            ask(ledger, of)


def test_what_another_finding_changed_and_was_undone_stands_in_no_way(worker, sandbox, ledger, put_back):
    change = email_fix(sandbox, "hubspot", "contact")
    first = approved(ledger, change, number=1)
    worker.apply()
    again = replace(change, before=change.after, after={"email": THIRD})
    second = approved(ledger, again, number=2)
    worker.apply()
    put_back(second)
    put_back(first)
    assert reads(sandbox, change) == change.before


def test_an_undo_that_was_undone_stands_in_no_way_of_another(worker, sandbox, ledger, put_back):
    change = email_fix(sandbox, "hubspot", "contact")
    of = approved(ledger, change)
    worker.apply()
    put_back(put_back(of))
    assert reads(sandbox, change) == change.after
    put_back(of)
    assert reads(sandbox, change) == change.before


def test_an_undo_whose_change_was_made_anew_is_not_undone_itself_before_that(worker, sandbox, ledger, put_back):
    change = email_fix(sandbox, "hubspot", "contact")
    of = approved(ledger, change)
    worker.apply()
    back = put_back(of)
    approved(ledger, change)
    worker.apply()
    with pytest.raises(NotAllowed, match=f"by the finding {of}. Undo that one first"):
        ask(ledger, back)
    put_back(of)
    put_back(back)
    assert reads(sandbox, change) == change.after
