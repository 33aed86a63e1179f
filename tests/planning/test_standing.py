"""What an approved request stands on may fall: who approved it, the proof of who asked, the request itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from include.audit import checked
from include.errors import NotAllowed, NotReviewer
from include.review import deciding
from include.review.asked import whole
from include.settings import settings
from include.store import requests
from include.store.requests import _hash
from include.store.schema import request
from tests.apply.cases import Clock, Worker, receipts_of
from tests.planning.desk import SupportDesk, approved, written
from tests.sandbox.hosting_world import Stack


@pytest.fixture(autouse=True)
def fresh_settings() -> Any:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_who_approved_and_was_taken_off_the_list_approved_nothing(desk: SupportDesk, stack: Stack) -> None:
    id = approved(desk)
    clock = Clock(datetime.now(UTC) + timedelta(hours=25))
    worker = Worker(desk.ledger, SimpleNamespace(open=desk.open), clock)  # type: ignore[arg-type]
    assert worker.apply(reviewers="bob, dan") == {}
    assert (written(stack), desk.row(id).finding_state) == ([], "open")
    outcome, says = receipts_of(desk.ledger)[-1]
    assert outcome == "held"
    assert str(says).startswith("cleo approved this and may not decide any more (ROLLCALL_REVIEWERS)")
    assert any("cleo approved this" in str(one.detail) for one in desk.finding(id).options[0].fixes)
    assert desk.approve(id, "bob", "dan") == "approved"
    worker.clock.moment += timedelta(hours=1)
    assert worker.apply(reviewers="bob, dan")["applied"] == 6
    assert checked(desk.ledger).problems == []


def age(desk: SupportDesk, id: int, days: int) -> None:
    """Let a request's proof be of an earlier day, as if it had been written down so."""
    row = desk.row(id)
    asked = dict(row.asked)
    asked["proof"] = {**asked["proof"], "seen_on": (datetime.now(UTC).date() - timedelta(days)).isoformat()}
    with desk.ledger.write() as connection:
        told = {"asked": asked, "hash": _hash(row.requester, asked, row.at)}
        connection.execute(sa.update(request).where(request.c.id == id).values(told))


def test_a_proof_that_would_be_too_old_on_the_day_of_the_change_is_not_approved_on(desk: SupportDesk) -> None:
    row = desk.planned()
    age(desk, row.id, 7)  # good today, and not tomorrow, when the wait is over
    assert desk.approve(row.id, "bob") == "half_approved"
    with pytest.raises(NotAllowed, match="reject this, and take the request down anew"):
        desk.approve(row.id, "cleo")
    assert [which for which, *_ in desk.told(row.id)] == []


@pytest.mark.parametrize(
    ("days", "address", "state"),
    [
        pytest.param(7, "ann@new.example", "trouble", id="it-waits-past-the-last-day"),
        pytest.param(6, "ann@new.example", "filed", id="it-waits-until-the-last-day"),
        pytest.param(7, "ann.obrien@example.com", "filed", id="it-need-not-wait"),
    ],
)
def test_what_nobody_could_approve_since_it_waits_until_its_proof_is_too_old_is_not_filed(
    desk: SupportDesk, days: int, address: str, state: str
) -> None:
    seen_on = (datetime.now(UTC).date() - timedelta(days)).isoformat()
    row = desk.planned(proof_seen_on=seen_on, new_address=address)
    assert row.state == state
    if state == "trouble":
        (says,) = row.found["troubles"]
        assert "will be older than 7 days then" in says
    else:
        assert desk.approve(row.id) == "approved"


def test_a_proof_that_grew_too_old_since_is_not_applied_on(desk: SupportDesk, stack: Stack) -> None:
    id = approved(desk)
    age(desk, id, 7)
    assert desk.apply() == {}
    assert (written(stack), desk.row(id).finding_state) == ([], "open")
    assert "Make sure again who asks" in str(receipts_of(desk.ledger)[-1][1])


def test_nobody_takes_half_an_approval_away_but_a_reviewer_and_who_took_the_request_down(
    desk: SupportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "bob, cleo")
    settings.cache_clear()
    row = desk.planned()
    assert desk.approve(row.id, "bob") == "half_approved"
    with pytest.raises(NotReviewer):
        requests.again(desk.ledger, row.id, "eve support")
    assert desk.approve(row.id, "cleo") == "approved"
    for who in ("Ann Support", "bob"):
        id = desk.ask(client="12")
        with pytest.raises(NotReviewer):
            deciding.withdraw(desk.ledger, id, "eve support")
        assert not whole(desk.row(id), [], "eve support")["may_withdraw"]
        assert whole(desk.row(id), [], who)["may_withdraw"]
        deciding.withdraw(desk.ledger, id, who)
        assert desk.row(id).state == "withdrawn"


def test_what_a_withdrawn_request_led_to_is_gone(desk: SupportDesk) -> None:
    row = desk.planned()
    requests.again(desk.ledger, row.id, "ann support")
    with pytest.raises(NotAllowed, match="is being looked up again"):
        desk.approve(row.id)
    requests.withdraw(desk.ledger, row.id, "ann support")
    assert desk.row(row.id).finding_state == "gone"
    assert checked(desk.ledger).problems == []
