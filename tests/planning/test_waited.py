"""What was announced and waited for once is not again, where the very same is approved after a step was refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from include.errors import NotAllowed
from include.notices.channels import deliver
from include.review import deciding
from include.settings import settings
from include.store import versions
from include.store.schema import decision, undo
from tests.notices.mailing import MailServer
from tests.planning.desk import SupportDesk, written
from tests.sandbox.hosting_world import Stack

HOUR = timedelta(hours=1)
Back = Callable[..., int]


def approve(desk: SupportDesk, id: int, hours: float, by: tuple[str, ...] = ("bob", "cleo")) -> float:
    """Have people approve it so many hours from now; for how many hours it waits then."""
    at = datetime.now(UTC) + hours * HOUR
    for reviewer in by:
        row = desk.finding(id)
        told = {"verdict": "approved", "version": row.version, "option_hash": row.options[0].hash, "now": at}
        deciding.decide(desk.ledger, row.id, reviewer=reviewer, **told)
    until = desk.finding(id).decisions[-1].not_before
    return (until - at) / HOUR if until is not None else 0


def announced(desk: SupportDesk, id: int) -> int:
    return [which for which, *_ in desk.told(id)].count("coming")


@pytest.fixture
def refused(desk: SupportDesk, mail: MailServer) -> Back:
    """A request that was announced and then went back to the page, since a step of it was refused."""

    def back(*, delivered: bool = True) -> int:
        id = desk.planned().id
        assert approve(desk, id, 0) == 24
        if delivered:
            deliver(desk.ledger, mail.sender(), datetime.now(UTC))
        row = desk.finding(id)
        assert versions.reopen_approved(desk.ledger, row.id, row.version, "refused", datetime.now(UTC))
        return id

    return back


def test_the_same_again_is_neither_announced_nor_waited_for(desk: SupportDesk, refused: Back, stack: Stack) -> None:
    id = refused()
    assert approve(desk, id, 25) < 0
    assert announced(desk, id) == 1
    desk.apply(hours=25.1)
    assert written(stack)[:2] == ["whmcs:login:5", "whmcs:client:11"]


def test_time_that_is_not_over_is_waited_for(desk: SupportDesk, refused: Back) -> None:
    id = refused()
    assert approve(desk, id, 23) == 24
    assert announced(desk, id) == 2


def test_what_could_not_be_sent_yet_has_told_nobody(desk: SupportDesk, refused: Back) -> None:
    assert approve(desk, refused(delivered=False), 25) == 24


def test_what_was_called_off_meanwhile_is_announced_anew(desk: SupportDesk, refused: Back) -> None:
    id = refused()
    row = desk.finding(id)
    told = {"verdict": "rejected", "reviewer": "bob", "reason": "not she", "version": row.version}
    deciding.decide(desk.ledger, row.id, **told)
    with desk.ledger.write() as connection:
        connection.execute(sa.text("UPDATE finding SET state = 'open'"))
    assert approve(desk, id, 25) == 24


def test_what_somebody_asked_for_since_is_announced_anew(desk: SupportDesk, refused: Back) -> None:
    id = refused()
    row = desk.finding(id)
    with desk.ledger.write() as connection:
        values = {"of": row.id, "finding_id": row.id, "who": "dan", "why": "x"}
        connection.execute(sa.insert(undo).values(**values, at=datetime.now(UTC)))
    assert approve(desk, id, 25) == 24


def test_a_wait_that_somebody_wrote_into_the_ledger_spares_none(desk: SupportDesk, refused: Back) -> None:
    id = refused()
    with desk.ledger.write() as connection:
        connection.execute(sa.update(decision).values(not_before=datetime.now(UTC) - HOUR))
    assert approve(desk, id, 1) == 24


@pytest.mark.parametrize(("hours", "anew"), [(71, False), (73, True)])
def test_an_announcement_lasts_as_long_as_an_approval(
    desk: SupportDesk, refused: Back, monkeypatch: pytest.MonkeyPatch, hours: int, anew: bool
) -> None:
    monkeypatch.setenv("ROLLCALL_APPROVAL_DAYS", "2")
    settings.cache_clear()
    try:
        assert (approve(desk, refused(), hours) == 24) is anew
    finally:
        settings.cache_clear()


def test_a_proof_that_is_too_old_today_is_not_held_to_the_day_on_which_the_first_wait_was_over(
    desk: SupportDesk, refused: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = refused()
    monkeypatch.setenv("ROLLCALL_PROOF_DAYS", "2")
    settings.cache_clear()
    try:
        approve(desk, id, 47, by=("bob",))
        with pytest.raises(NotAllowed, match="may be 2 days old at most"):
            approve(desk, id, 73, by=("cleo",))
    finally:
        settings.cache_clear()
