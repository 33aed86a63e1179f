"""Workers that die, pause or race, and platforms that do not answer: never two writes, nothing to repair by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from include.errors import RateLimited
from include.model import Fix
from include.store import fixes, leases
from include.store.schema import fix, receipt
from tests.apply.cases import NEW, SETTINGS, Clock, Worker, approved, email_fix, receipts_of, state_of, states, told_to

LEASE = timedelta(seconds=SETTINGS.lease_seconds + 1)
WRITES = {"shopify": "customerUpdate", "hubspot": "^PATCH", "bigcommerce": "^PUT"}


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


def claimed_by_a_dead_worker(worker: Worker) -> None:
    ((kept,),) = (option.fixes for option in fixes.approved(worker.ledger))
    assert leases.claim(worker.ledger, kept.id, "dead", worker.clock.now(), SETTINGS.lease_seconds)


def sent_by_a_dead_worker(worker: Worker, change: Fix) -> None:
    ((kept,),) = (option.fixes for option in fixes.approved(worker.ledger))
    claimed_by_a_dead_worker(worker)
    platform = worker.sandbox.open(change.target.platform)
    image = platform.fixes.image(platform.api, change)
    assert leases.send(worker.ledger, kept.id, "dead", worker.clock.now, SETTINGS.lease_seconds, 30, image)


def test_a_worker_that_died_before_it_sent_anything_is_replaced_once_its_lease_is_over(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    claimed_by_a_dead_worker(worker)
    assert worker.apply() == {}
    assert sandbox.writes() == []
    worker.clock.moment += LEASE
    assert worker.apply() == {"applied": 1}
    assert len(sandbox.writes()) == 1


def test_what_a_worker_wrote_before_it_died_is_found_by_reading(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    id = approved(ledger, change)
    sent_by_a_dead_worker(worker, change)
    platform = sandbox.open("shopify")
    platform.fixes.write(platform.api, change)
    assert worker.verify() == {}
    worker.clock.moment += LEASE
    assert worker.verify() == {"applied": 1}
    assert len(sandbox.writes()) == 1
    assert state_of(ledger, id) == ("settled", 1)
    assert told_to(ledger) == sorted([change.before["email"], NEW])


@pytest.mark.parametrize("lost", ["the answer", "the worker"])
def test_a_clock_that_is_set_forward_does_not_let_a_change_fail_before_it_was_unknown(worker, sandbox, ledger, lost):
    change = email_fix(sandbox, "hubspot", "contact")
    approved(ledger, change)
    if lost == "the worker":
        sent_by_a_dead_worker(worker, change)
        worker.clock.moment += timedelta(minutes=15)
    else:
        sandbox.arm({"platform": "hubspot", "match": "^PATCH", "fault": "reset_before", "times": 1})
        worker.clock = SetForward(worker.clock.moment)
    assert worker.apply() == {"unknown": 1}
    assert told_to(ledger) == sorted([change.before["email"], NEW])
    assert worker.verify() == {"failed": 1}


@dataclass
class SetForward(Clock):
    """A clock that somebody sets forward while its worker waits for an answer to show."""

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(minutes=15)


def test_what_may_have_been_sent_and_cannot_be_seen_is_unknown_then_failed_and_never_sent_again(
    worker, sandbox, ledger
):
    change = email_fix(sandbox, "shopify", "customer")
    id = approved(ledger, change)
    sent_by_a_dead_worker(worker, change)
    worker.clock.moment += LEASE
    assert worker.apply() == {"unknown": 1}
    assert worker.apply() == {"unknown": 1}
    assert state_of(ledger, id) == ("approved", 1)
    assert len(receipts_of(ledger)) == 1  # said once, however often it is looked at
    assert told_to(ledger) == sorted([change.before["email"], NEW])  # it may have taken: they must hear of it
    worker.clock.moment += timedelta(minutes=10)
    assert worker.verify() == {"failed": 1}
    assert state_of(ledger, id) == ("open", 2)
    assert worker.apply() == {}
    assert sandbox.writes() == []


@pytest.mark.parametrize("fault", ["reset_after", "truncate"])
@pytest.mark.parametrize(("platform", "match"), WRITES.items())
def test_a_lost_answer_is_settled_by_reading(worker, sandbox, ledger, platform, match, fault):
    kind = "contact" if platform == "hubspot" else "customer"
    approved(ledger, email_fix(sandbox, platform, kind))
    sandbox.arm({"platform": platform, "match": match, "fault": fault, "times": 100})
    assert worker.apply() == {"applied": 1}
    assert len(sandbox.writes()) == 1


@pytest.mark.parametrize("fault", ["500", "reset_before", "html"])
@pytest.mark.parametrize(("platform", "match"), WRITES.items())
def test_a_write_without_an_answer_and_without_effect_is_sent_once(worker, sandbox, ledger, platform, match, fault):
    kind = "contact" if platform == "hubspot" else "customer"
    id = approved(ledger, email_fix(sandbox, platform, kind))
    sandbox.arm({"platform": platform, "match": match, "fault": fault, "times": 1})
    assert worker.apply() == {"unknown": 1}
    assert worker.verify() == {"unknown": 1}  # the fault is over: a second write would take
    assert sandbox.writes() == []
    worker.clock.moment += timedelta(minutes=11)
    assert worker.verify() == {"failed": 1}
    assert state_of(ledger, id) == ("open", 2)


def test_a_platform_that_asks_to_wait_was_not_written_to(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "hubspot", "contact"))
    sandbox.arm({"platform": "hubspot", "match": "^PATCH", "fault": "429", "times": 1000})
    with pytest.raises(RateLimited):
        worker.apply()
    assert states(ledger) == ["planned"]
    sandbox.arm()
    assert worker.apply() == {"applied": 1}


def test_a_read_that_lags_is_waited_for(worker, sandbox, ledger):
    change = email_fix(sandbox, "hubspot", "contact")
    approved(ledger, change)
    platform = sandbox.open("hubspot")
    platform.fixes.read(platform.api, change)  # what is answered again while the platform lags
    sandbox.arm({"platform": "hubspot", "match": f"^GET .*/{change.target.id}", "fault": "search_lag", "times": 8})
    began = worker.clock.moment
    assert worker.apply() == {"applied": 1}
    assert worker.clock.moment > began


@dataclass
class Paused(Clock):
    """A worker that is stopped for longer than its lease, after it has looked at its watch a few times."""

    looks: int = 0

    def now(self) -> datetime:
        self.looks -= 1
        if self.looks == 0:
            self.moment += timedelta(seconds=SETTINGS.lease_seconds + 80)
        return self.moment


def test_a_worker_that_wakes_after_its_lease_sends_nothing(worker, sandbox, ledger):
    approved(ledger, email_fix(sandbox, "shopify", "customer"))
    worker.clock = Paused(looks=4)  # as the run begins, whether the approval holds, to claim, then before it sends
    assert worker.apply() == {}
    assert sandbox.writes() == []
    worker.clock.moment += LEASE
    assert worker.apply() == {"applied": 1}


def test_of_many_workers_one_writes(sandbox, ledger):
    changes = [email_fix(sandbox, "hubspot", "contact", f"n{number}@post.example", number) for number in range(4)]
    for number, change in enumerate(changes):
        approved(ledger, change, number=number)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: Worker(ledger, sandbox).apply(), range(6)))
    assert sum(one.get("applied", 0) for one in told) == 4
    assert sorted(write["record"] for write in sandbox.writes()) == sorted(str(change.target) for change in changes)
    with ledger.read() as connection:
        per_fix = connection.execute(sa.select(sa.func.count()).select_from(receipt).group_by(receipt.c.fix_id))
        assert set(per_fix.scalars()) == {1}


def test_the_record_as_it_was_is_kept_before_it_is_changed(worker, sandbox, ledger):
    change = email_fix(sandbox, "shopify", "customer")
    approved(ledger, change)
    worker.apply()
    with ledger.read() as connection:
        image = connection.execute(sa.select(fix.c.image)).scalar_one()
    assert image["defaultEmailAddress"]["emailAddress"] == change.before["email"]
