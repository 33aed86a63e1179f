"""An undo that gives an account back to another mailbox: by two people, and not before who has it now could object."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from include import undo
from include.model import Action, Fix, Ref
from include.requests.cooling import wait
from include.store import decisions, findings
from tests.apply.cases import NEW, Worker, approved, email_fix, receipts_of, state_of, told_to
from tests.apply.test_undoing import approve, ask

CHANGE = Fix(Ref("whmcs", "client", "1"), Action.SET_EMAIL, {"email": "a@new.example"}, {"email": "a@old.example"})
NOW = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def undo_of(worker, sandbox, ledger):
    """What files the undo of an applied change to this address."""

    def file(new: str | None = None) -> tuple[findings.FindingRow, Fix]:
        change = email_fix(sandbox, "shopify", "customer")
        site = str(change.before["email"]).rpartition("@")[2]
        change = Fix(change.target, change.action, change.before, {"email": new or f"another.mailbox@{site}"})
        of = approved(ledger, change)
        assert worker.apply() == {"applied": 1}
        return ask(ledger, of), change

    return file


def test_one_person_alone_gives_no_account_back(undo_of, worker, sandbox, ledger):
    row, _ = undo_of(NEW)
    before = len(sandbox.writes())
    assert row.options[0].people == 2
    assert approve(ledger, row, "ada") == "half_approved"
    worker.clock.moment += timedelta(days=2)
    assert worker.apply() == {}
    assert len(sandbox.writes()) == before


def test_the_address_that_goes_is_told_and_nothing_is_written_before_it_could_object(undo_of, worker, sandbox, ledger):
    row, _ = undo_of(NEW)
    told, before = told_to(ledger), len(sandbox.writes())
    assert approve(ledger, row, "ada", "cleo") == "approved"
    assert sorted(told_to(ledger)) == sorted([*told, NEW])
    worker.clock.moment += timedelta(hours=3, minutes=55)
    assert worker.apply().keys() == {"cooling_off"}
    assert len(sandbox.writes()) == before
    worker.clock.moment += timedelta(minutes=10)
    assert set(worker.apply()) == {"applied"}


def test_an_undo_of_which_nobody_was_told_goes_back(undo_of, worker, sandbox, ledger):
    row, _ = undo_of(NEW)
    before = len(sandbox.writes())
    for reviewer in ("ada", "cleo"):
        told = {"verdict": "approved", "reviewer": reviewer, "version": row.version}
        decisions.decide(ledger, row.id, option_hash=row.options[0].hash, **told)
    worker.clock.moment += timedelta(days=2)
    assert worker.apply() == {}
    assert (len(sandbox.writes()), state_of(ledger, row.id)) == (before, ("open", 2))
    assert "Nobody told" in str(receipts_of(ledger)[-1][1])


def test_the_page_says_how_many_must_agree_and_how_long_it_waits(undo_of):
    row, _ = undo_of(NEW)
    (says,) = (str(one["says"]) for one in row.because if one["evidence"] == "guarded")
    assert "two people must approve it" in says
    assert "waits 4 hours" in says


def test_another_mailbox_of_the_same_domain_goes_back_at_once_by_one(undo_of, worker, ledger, sandbox):
    row, _ = undo_of()
    assert [one["evidence"] for one in row.because if one["evidence"] == "guarded"] == []
    assert approve(ledger, row, "ada") == "approved"
    assert set(worker.apply()) == {"applied"}


@pytest.mark.parametrize(
    ("made", "hours"),
    [
        pytest.param(timedelta(minutes=5), 4, id="a-moment-ago"),
        pytest.param(timedelta(days=6, hours=23), 4, id="within-a-week"),
        pytest.param(timedelta(days=7), 24, id="a-week-ago"),
        pytest.param(timedelta(days=400), 24, id="long-ago"),
        pytest.param(None, 24, id="no-undo"),
    ],
)
def test_soon_after_a_change_its_undo_waits_less_and_later_as_long_as_a_request(made, hours):
    made_at = None if made is None else NOW - made
    assert wait([CHANGE], NOW, 24, made_at) == timedelta(hours=hours)


def test_no_undo_waits_longer_than_a_request():
    assert wait([CHANGE], NOW, 2, NOW) == timedelta(hours=2)
    assert wait([CHANGE], NOW, 0, NOW) is None


def test_how_long_the_first_change_has_stood_counts(undo_of, ledger, worker):
    row, _ = undo_of(NEW)
    late = worker.clock.moment + timedelta(days=8)
    assert approve(ledger, row, "ada", "cleo", now=late) == "approved"
    again = findings.get(ledger, row.id)
    assert again is not None
    assert again.decisions[-1].not_before == late + timedelta(hours=24)
    assert again.rule == undo.RULE


def test_a_first_approval_that_is_too_old_once_the_wait_is_over_is_not_the_half_of_two(undo_of, ledger, worker):
    row, _ = undo_of(NEW)
    begun, told = worker.clock.moment, told_to(ledger)
    assert approve(ledger, row, "ada", now=begun) == "half_approved"
    late = begun + timedelta(days=6, hours=22)
    assert approve(ledger, row, "cleo", now=late) == "half_approved"
    assert told_to(ledger) == told
    assert approve(ledger, row, "ada", now=late) == "approved"
    worker.clock.moment = late + timedelta(hours=5)
    assert set(worker.apply()) == {"applied"}
