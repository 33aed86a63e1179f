"""
The kill matrix in a real Airflow on PostgreSQL: the task's process, or the scheduler, killed at each moment.

A killed scheduler leaves its tasks running, and starts them anew once it is back: the gate opens only then, so that
two are at one fix. Everything is let come to rest by more runs, as the schedule would start them; nobody repairs
anything.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psutil
import requests
import sqlalchemy as sa

from include.run.local_airflow import RunFailed
from include.run.local_rollcall import APPLY
from include.run.processes import python
from include.sandbox.world import World, make_world
from include.store.ledger import Ledger
from include.store.schema import fix, notice, receipt
from tests.torture import cells, checker, spool
from tests.torture.behind import Behind

KILLERS = ("worker", "scheduler")
TOLD = "K5 written down, and nobody told"  # it has no request to hold: the receipt is waited for
MOMENTS = (*cells.MOMENTS, TOLD)
REST = {"applied", "already", "failed", "stale", "refused", "planned", "held"}
PATIENCE = 90  # seconds, for a moment to come, and for a second worker to be at the fix


class Here:
    """What the changes need of a sandbox that serves in a process of its own."""

    def __init__(self, people: int, seed: int) -> None:
        self.world: World = make_world(people, seed)


@dataclass(frozen=True)
class Outcome(cells.Outcome):
    """`overlapped`: a second worker was at it while the first one still lived."""

    overlapped: bool = False


def run(rollcall: Behind, here: Here, killer: str, kind: str, moment: str) -> Outcome:
    """One cell, on an empty ledger and in an untouched world."""
    ledger = rollcall.ledger()
    cells.approve(ledger, cells.KINDS[kind].make(here, 1, 1))  # type: ignore[arg-type]  # it has a world, too
    if moment != TOLD:
        rollcall.gate.set(*cells.held(kind, moment))
    began = rollcall.airflow.trigger(APPLY)
    struck = until(lambda: _written_down(ledger)) if moment == TOLD else rollcall.gate.held.wait(PATIENCE)
    overlapped = False
    if struck:
        at_it: list[int] = []
        until(lambda: at_it.extend(_at_it(rollcall, ledger)) or at_it != [], 20)  # between two tasks there is nobody
        struck = bool(at_it) and not spool.messages(rollcall.home.mail)
        if killer == "scheduler":
            overlapped = _kill_the_scheduler(rollcall, began, at_it)
        else:
            struck = _kill(at_it) and struck
    rollcall.gate.set("", "before")
    ends(rollcall, began)
    for _ in range(4):
        if at_rest(ledger):
            break
        wait_for_the_lease(ledger)
        ends(rollcall, rollcall.airflow.trigger(APPLY))
    sweep(rollcall)
    writes = requests.get(f"{rollcall.gate.target}/_sandbox/writes", timeout=30).json()["writes"]
    found = checker.violations(ledger.engine, writes, over=True, mails=spool.messages(rollcall.home.mail))
    return Outcome(struck, states(ledger), found, overlapped)


def _at_it(rollcall: Behind, ledger: Ledger) -> list[int]:
    """The process whose fix it is, or those of Airflow that run a task where nobody has claimed it."""
    with ledger.read() as connection:
        owner = connection.execute(sa.select(fix.c.lease_owner).where(fix.c.lease_owner.is_not(None))).scalar()
    if owner:
        return [int(owner.split(":")[1])]
    return [one.pid for one in tasks(rollcall)]


def _kill(processes: list[int]) -> bool:
    """Whether one was still there to be killed."""
    killed = False
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed = True
    return killed


def _kill_the_scheduler(rollcall: Behind, run_id: str, at_it: list[int]) -> bool:
    """Kill it, start it again, and wait for it to start the task anew; whether the first one lived to see that."""
    rollcall.end("scheduler")
    rollcall.processes.start("scheduler", python("-m", "airflow", "scheduler"), rollcall.env)

    def anew() -> bool:
        listed = next(iter(rollcall.airflow.follow(APPLY, run_id)))
        return any(one.try_number > 1 and one.state == "running" for one in listed)

    try:
        started = until(anew, 30)
    except RunFailed:
        return False
    return started and any(psutil.pid_exists(pid) for pid in at_it)


def workers(rollcall: Behind) -> list[psutil.Process]:
    """The executor's processes of this home, also those that a killed scheduler left behind."""
    found = []
    for one in psutil.process_iter():
        try:
            ours = os.getsid(one.pid) in rollcall.processes.schedulers
            found += [one] if ours and _title(one).startswith("airflow worker") else []
        except (psutil.Error, ProcessLookupError):
            continue
    return found


def tasks(rollcall: Behind) -> list[psutil.Process]:
    """The processes that run a task now."""
    found = []
    for one in workers(rollcall):
        try:
            found += [] if "<idle>" in _title(one) else one.children()
        except psutil.Error:  # it has just ended
            continue
    return found


def _title(process: psutil.Process) -> str:
    return " ".join(process.cmdline())


def sweep(rollcall: Behind) -> None:
    """End the idle processes that a killed scheduler left, as the supervisor of a service does."""
    for one in workers(rollcall):
        if one.ppid() == 1:
            _kill([one.pid])


def ends(rollcall: Behind, run_id: str, dag: str = APPLY) -> bool:
    """Wait for the end of a run; whether it ended well. A killed task fails its run: the next one must do."""
    try:
        for _ in rollcall.airflow.follow(dag, run_id, 300):
            pass
    except RunFailed:
        return False
    return True


def wait_for_the_lease(ledger: Ledger) -> None:
    with ledger.read() as connection:
        until = connection.execute(sa.select(sa.func.max(fix.c.lease_until))).scalar()
    if until is not None:
        time.sleep(max(0.0, (until - datetime.now(UTC) + timedelta(seconds=1)).total_seconds()))


def _written_down(ledger: Ledger) -> bool:
    with ledger.read() as connection:
        return connection.execute(sa.select(receipt.c.id).limit(1)).first() is not None


def until(there: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if there():
            return True
        time.sleep(0.05)
    return False


def states(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return list(connection.execute(sa.select(fix.c.state).order_by(fix.c.id)).scalars())


def at_rest(ledger: Ledger) -> bool:
    """Nothing is under way, and everybody was told."""
    with ledger.read() as connection:
        waits = connection.execute(sa.select(notice.c.id).where(notice.c.state == "waiting").limit(1)).first()
    return waits is None and set(states(ledger)) <= REST
