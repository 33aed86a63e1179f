"""Undo of a record that one finding changed more than once: as far back as the changes follow from each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.model import Action, Fix
from tests.apply.cases import NEW, Worker, approved, email_fix
from tests.apply.test_undoing import ask

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
