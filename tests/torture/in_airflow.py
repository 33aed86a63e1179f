"""
The kill matrix in a real Airflow: the process of the task that applies, or the scheduler, killed at each moment.

A killed scheduler leaves its tasks running, and starts them anew once it is back: for a while two may be at one fix.
Everything is let come to rest by more runs, as the schedule would start them; nobody repairs anything.
"""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

import requests
import sqlalchemy as sa

from include.run.local_airflow import RunFailed
from include.run.local_rollcall import APPLY, LocalRollcall
from include.run.processes import python
from include.sandbox.world import World, make_world
from include.store.ledger import Ledger
from include.store.schema import fix
from tests.torture import cells, checker
from tests.torture.cells import Outcome
from tests.torture.gate import Gate

LEASE, REQUEST = 24, 12  # seconds: as short as the settings let them be, so that a cell does not take minutes
KILLERS = ("worker", "scheduler")
REST = {"applied", "already", "failed", "stale", "refused", "planned", "held"}


class Behind(LocalRollcall):
    """Rollcall on this machine, whose platforms are reached through a gate."""

    gate: Gate

    def _start_sandbox(self, people: int, seed: int) -> dict[str, str]:
        told = super()._start_sandbox(people, seed)
        origin = f"http://127.0.0.1:{self.home.ports.sandbox}"
        self.gate.target = origin
        return {name: one.replace(json.dumps(origin)[1:-1], self.gate.url) for name, one in told.items()}


class Here:
    """What the changes need of a sandbox that serves in a process of its own."""

    def __init__(self, people: int, seed: int) -> None:
        self.world: World = make_world(people, seed)


def run(rollcall: Behind, here: Here, killer: str, kind: str, moment: str) -> Outcome:
    """One cell, on an empty ledger."""
    requests.post(f"{rollcall.gate.target}/_sandbox/reset", timeout=30)
    ledger = rollcall.ledger()
    cells.approve(ledger, cells.KINDS[kind].make(here, 1, 1))  # type: ignore[arg-type]  # it has a world, too
    rollcall.gate.set(*cells.held(kind, moment))
    began = rollcall.airflow.trigger(APPLY)
    struck = rollcall.gate.held.wait(90)
    if struck:
        _kill(rollcall, ledger, killer)
    rollcall.gate.set("", "before")
    _ends(rollcall, began)
    for _ in range(4):
        if _at_rest(ledger):
            break
        time.sleep(LEASE / 2)
        _ends(rollcall, rollcall.airflow.trigger(APPLY))
    writes = requests.get(f"{rollcall.gate.target}/_sandbox/writes", timeout=30).json()["writes"]
    found = checker.violations(ledger.engine, writes, over=True)
    return Outcome(struck, _states(ledger), found)


def _kill(rollcall: Behind, ledger: Ledger, killer: str) -> None:
    if killer == "worker":
        with ledger.read() as connection:
            owner = connection.execute(sa.select(fix.c.lease_owner).where(fix.c.lease_owner.is_not(None))).scalar()
        for pid in [int(owner.split(":")[1])] if owner else _tasks():
            os.kill(pid, signal.SIGKILL)
        return
    scheduler = rollcall.processes.children.pop("scheduler")
    scheduler.kill()
    scheduler.wait()
    rollcall.processes.start("scheduler", python("-m", "airflow", "scheduler"), rollcall.env)


def _tasks() -> list[int]:
    """The processes of Airflow that run a task, for a fix that nobody has claimed yet."""
    import psutil

    named = ("airflow task supervisor", "airflow worker")
    held = [
        one
        for one in psutil.process_iter(["cmdline"])
        if any(name in " ".join(one.info["cmdline"] or ()) for name in named)
    ]
    return [child.pid for one in held for child in one.children()]


def _ends(rollcall: Behind, run_id: str) -> None:
    try:
        for _ in rollcall.airflow.follow(APPLY, run_id, 300):
            pass
    except RunFailed:
        pass  # a killed task fails its run; what counts is what the next one makes of it


def _states(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return list(connection.execute(sa.select(fix.c.state).order_by(fix.c.id)).scalars())


def _at_rest(ledger: Ledger) -> bool:
    return set(_states(ledger)) <= REST


def environment(ledger_url: str) -> dict[str, Any]:
    """What is set for these cells: the ledger on PostgreSQL, and leases that end soon."""
    return {
        "ROLLCALL_LEDGER": ledger_url,
        "ROLLCALL_LEASE_SECONDS": str(LEASE),
        "ROLLCALL_REQUEST_SECONDS": str(REQUEST),
        "ROLLCALL_SETTLE_SECONDS": "2",
    }
