"""What keeps a write from being sent at the last moment: the switch, a lease that ran out, a record in other hands."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from include.apply.__main__ import main
from include.errors import LeaseLost, Stopped
from include.model import Action, Fix
from include.store import fixes, leases, switch
from include.store.ledger import Ledger
from tests.apply.cases import SETTINGS, Clock, Worker, approved, email_fix, state_of, states

LEASE = timedelta(seconds=SETTINGS.lease_seconds + 1)


@dataclass
class Interrupted(Clock):
    """A worker to whom something happens when it looks at its watch for the nth time, for a moment or for seconds."""

    nows: int = -1
    glances: int = -1
    happens: Callable[[], object] = lambda: None
    slept: float = 0.0  # seconds that this clock missed, and the day did not

    def now(self) -> datetime:
        self.nows -= 1
        if self.nows == 0:
            self.happens()
        return super().now()

    def seconds(self) -> float:
        self.glances -= 1
        if self.glances == 0:
            self.happens()
        return super().seconds() - self.slept


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def stop(worker: Worker) -> None:
    switch.throw(worker.ledger, "ann", "something is odd", worker.clock.moment, stop=True)


def resume(worker: Worker) -> None:
    switch.throw(worker.ledger, "ann", "it was nothing", worker.clock.moment, stop=False)


def test_nothing_is_read_or_written_while_everything_is_stopped(worker, sandbox, ledger):
    id = approved(ledger, email_fix(sandbox, "shopify", "customer"))
    stop(worker)
    with pytest.raises(Stopped, match="by ann since"):
        worker.apply()
    assert sandbox.writes() == []
    assert state_of(ledger, id) == ("approved", 1)
    resume(worker)
    assert worker.apply() == {"applied": 1}


@pytest.mark.parametrize("moment", [{"glances": 1}, {"glances": 2}], ids=["while it reads", "while it waits its turn"])
def test_the_switch_stops_a_worker_before_its_next_write(worker, sandbox, ledger, moment):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    worker.clock = Interrupted(**moment, happens=lambda: stop(worker))
    with pytest.raises(Stopped):
        worker.apply()
    assert sandbox.writes() == []
    assert states(ledger) == ["planned"]
    resume(worker)
    assert worker.apply() == {"applied": 1}


def test_the_switch_stops_the_fixes_that_follow(worker, sandbox, ledger):
    changes = [email_fix(sandbox, "hubspot", "contact", f"n{one}@post.example", one) for one in range(3)]
    approved(ledger, *changes)
    worker.clock = Interrupted(nows=6, happens=lambda: stop(worker))
    with pytest.raises(Stopped):
        worker.apply()
    assert [write["record"] for write in sandbox.writes()] == [str(changes[0].target)]
    assert states(ledger) == ["applied", "planned", "planned"]


def test_a_dry_run_may_read_while_everything_is_stopped(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    stop(worker)
    assert worker.apply(apply="off") == {"planned": 1}


def test_what_was_sent_is_settled_while_everything_is_stopped(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    sandbox.arm({"platform": "shopify", "match": "customerUpdate", "fault": "reset_before"})
    assert worker.apply(settle_seconds=0) == {"unknown": 1}
    stop(worker)
    change = fixes.unsettled(ledger)[0].fix
    platform = sandbox.open("shopify")
    platform.fixes.write(platform.api, change)
    assert worker.verify() == {"applied": 1}


@pytest.mark.parametrize("machine", ["awake", "asleep"])
def test_a_worker_that_is_held_up_right_before_it_sends_sends_nothing(worker, sandbox, ledger, machine):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))

    def pause() -> None:
        worker.clock.moment += LEASE
        worker.clock.slept += LEASE.total_seconds() if machine == "asleep" else 0

    worker.clock = Interrupted(glances=2, happens=pause)
    with pytest.raises(LeaseLost, match="nothing was sent"):
        worker.apply()
    assert sandbox.writes() == []
    assert worker.apply() == {"applied": 1}


def test_a_clock_that_is_set_back_while_a_worker_is_held_up_makes_its_lease_no_longer(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))

    def set_back() -> None:
        worker.clock.moment -= LEASE
        worker.clock.slept -= 2 * LEASE.total_seconds()

    worker.clock = Interrupted(glances=2, happens=set_back)
    with pytest.raises(LeaseLost, match="nothing was sent"):
        worker.apply()
    assert sandbox.writes() == []


@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_worker_that_is_held_up_while_it_notes_that_it_sends_sends_nothing(worker, sandbox, ledger, moment):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    aside = Ledger(ledger.engine.url.render_as_string(hide_password=False))
    waits = iter([LEASE])

    @sa.event.listens_for(ledger.engine, moment)
    def pause(_: sa.Connection) -> None:
        if states(aside) == ["in_flight"]:  # so it is claimed, and what comes next is the note
            worker.clock.moment += next(waits, timedelta(0))

    with contextlib.suppress(LeaseLost):
        worker.apply()
    assert next(waits, None) is None
    assert sandbox.writes() == []
    assert states(ledger) == ["planned"]
    assert worker.apply() == {"applied": 1}


def test_a_worker_whose_fix_was_taken_over_sends_nothing_whatever_its_clocks_say(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))

    def lose() -> None:
        ((kept,),) = (option.fixes for option in fixes.approved(ledger))
        assert leases.take_over(ledger, kept.id, "another", worker.clock.moment + LEASE, SETTINGS.lease_seconds)

    worker.clock = Interrupted(glances=2, happens=lose)
    with pytest.raises(LeaseLost, match="Another worker"):
        worker.apply()
    assert sandbox.writes() == []
    assert states(ledger) == ["in_flight"]


@pytest.mark.parametrize("mine", [0, 1], ids=["the survivor", "the duplicate"])
def test_a_record_that_another_fix_is_at_work_on_is_left_alone_meanwhile(worker, sandbox, ledger, mine):
    changes = [email_fix(sandbox, "hubspot", "contact", skip=skip) for skip in (0, 1)]
    one, two = changes
    told = {"email": one.before["email"], "duplicate_email": two.before["email"], "duplicate": str(two.target)}
    merge = Fix(one.target, Action.MERGE, told, {**told, "duplicate": None, "duplicate_email": None})
    approved(ledger, merge, number=1, by=("ada", "bob"))
    approved(ledger, changes[mine], number=2)
    ((first,), _) = (option.fixes for option in fixes.approved(ledger))
    assert leases.claim(ledger, first.id, "another", worker.clock.now(), SETTINGS.lease_seconds)
    assert worker.apply() == {}
    assert sandbox.writes() == []
    assert leases.give_back(ledger, first.id, "another")
    assert worker.apply()["applied"] >= 1


def test_the_switch_is_thrown_and_told_from_the_command_line(ledger, capsys, monkeypatch):
    from include.settings import settings

    monkeypatch.setenv("ROLLCALL_LEDGER", ledger.engine.url.render_as_string(hide_password=False))
    settings.cache_clear()
    try:
        assert main(["status"]) == 0
        assert main(["stop", "--who", "ann"]) == 1
        assert main(["stop", "--who", "ann", "--why", "too many"]) == 0
        assert main(["resume", "--who", "bob", "--why", "looked at"]) == 0
    finally:
        settings.cache_clear()
    said, wrong = capsys.readouterr()
    assert "Nobody has stopped them" in said
    assert "Every write is stopped: too many (ann, " in said
    assert "written again: looked at (bob, " in said
    assert "Say who throws the switch and why" in wrong
