"""
Faults of the platform itself, in a real Airflow: a process or the database dies, two schedulers, yesterday's backup.

Each is one function that stages it, lets more runs come as the schedule would start them, and gives back what is wrong
then; nothing is an empty list. Nobody repairs anything: what ended is started again, as the supervisor of a service
does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import requests

from include.run.local_rollcall import APPLY, NIGHT
from include.run.processes import python
from include.run.web import Answered
from include.store.ledger import Ledger
from tests.postgres import Server
from tests.torture import cells, checker, spool
from tests.torture.behind import AIRFLOWS, Behind
from tests.torture.in_airflow import Here, at_rest, ends, states, sweep, tasks, until, wait_for_the_lease

KIND, SENT = "address", "K3 done, and not answered"


@dataclass
class Scene:
    """What an episode is staged with."""

    rollcall: Behind
    here: Here
    server: Server

    def approve(self) -> Ledger:
        ledger = self.rollcall.ledger()
        cells.approve(ledger, cells.KINDS[KIND].make(self.here, 1, 1))  # type: ignore[arg-type]  # it has a world, too
        return ledger

    def held(self, moment: str = SENT) -> str:
        """A run that applies, held at the moment."""
        self.rollcall.gate.set(*cells.held(KIND, moment))
        run_id = self.rollcall.airflow.trigger(APPLY)
        assert self.rollcall.gate.held.wait(90), "the moment never came"
        return run_id

    def rests(self, run_id: str) -> list[str]:
        """Let the run go on and others follow it; what is wrong when all is at rest."""
        self.rollcall.gate.set("", "before")
        self.ends(run_id)
        ledger = self.rollcall.ledger()
        for _ in range(4):
            if at_rest(ledger):
                break
            wait_for_the_lease(ledger)
            self.ends(self.triggered())
        return [*self.broken(), *([] if self.green() else ["R15: the next run did not end well by itself"])]

    def broken(self) -> list[str]:
        writes = requests.get(f"{self.rollcall.gate.target}/_sandbox/writes", timeout=30).json()["writes"]
        ledger = self.rollcall.ledger()
        told = checker.violations(ledger.engine, writes, over=True, mails=spool.messages(self.rollcall.home.mail))
        sent = [one for one in writes if one["effect"] == "applied"]
        alike = [] if len(sent) == 1 else [f"R2: {len(sent)} writes took effect, and one was approved"]
        return [*told, *alike, *([] if states(ledger) == ["applied"] else [f"R3: it is {states(ledger)}"])]

    def green(self) -> bool:
        return self.ends(self.triggered())

    def triggered(self, dag: str = APPLY) -> str:
        """A new run, as soon as Airflow takes one."""
        begun: list[str] = []

        def asked() -> bool:
            self.rollcall.processes.check()
            try:
                begun.append(self.rollcall.airflow.trigger(dag))
            except (OSError, Answered):
                return False
            return True

        assert until(asked, 120), "Airflow takes no run"
        return begun[0]

    def ends(self, run_id: str, dag: str = APPLY) -> bool:
        """Whether the run ended well, however often Airflow could not be asked meanwhile."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            try:
                return ends(self.rollcall, run_id, dag)
            except (OSError, Answered):
                self.rollcall.processes.check()
                time.sleep(0.5)
        return False


def killed(scene: Scene, name: str) -> list[str]:
    """One of Airflow's processes is killed while a change is done and not answered."""
    scene.approve()
    run_id = scene.held()
    scene.rollcall.processes.children[name].kill()
    return scene.rests(run_id)


def api_away(scene: Scene) -> list[str]:
    """The API server is away so long that the supervisor of the task ends it."""
    scene.approve()
    run_id = scene.held()
    scene.rollcall.processes.away.add("api-server")
    scene.rollcall.processes.children["api-server"].kill()
    scene.rollcall.gate.set("", "before")
    running = tasks(scene.rollcall)
    until(lambda: not any(one.is_running() for one in running), 60)
    scene.rollcall.processes.away.clear()
    return scene.rests(run_id)


def database_away(scene: Scene, seconds: float) -> list[str]:
    """The database of the ledger and of Airflow is cut off while a change is done and not answered."""
    scene.approve()
    run_id = scene.held()
    scene.server.crash()
    scene.rollcall.gate.set("", "before")
    until(lambda: False, seconds)
    scene.server.begin()
    return scene.rests(run_id)


def two_schedulers(scene: Scene) -> list[str]:
    scene.approve()
    second = scene.rollcall.processes.start("scheduler-2", python("-m", "airflow", "scheduler"), scene.rollcall.env)
    try:
        time.sleep(15)  # until it schedules, too
        return scene.rests(scene.triggered())
    finally:
        del scene.rollcall.processes.children["scheduler-2"]
        second.kill()
        second.wait()


def yesterdays_airflow(scene: Scene) -> list[str]:
    """Airflow's own database is put back to before the run: Airflow forgot it, the ledger did not."""
    server = scene.server
    _end_airflow(scene)
    server.create("airflow_before", "airflow")
    scene.rollcall.airflow.start()
    scene.approve()
    wrong = scene.rests(scene.triggered())
    _end_airflow(scene)
    server.drop("airflow")
    server.create("airflow", "airflow_before")
    server.drop("airflow_before")
    scene.rollcall.airflow.start()
    return [*wrong, *scene.rests(scene.triggered())]


def _end_airflow(scene: Scene) -> None:
    """End all of it, and cut off whoever of it is still at its database."""
    for name in AIRFLOWS:
        scene.rollcall.end(name)
    sweep(scene.rollcall)
    scene.server.admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'airflow'")


def once_more(scene: Scene) -> list[str]:
    """A task that applied is cleared, its run is marked as failed, and another run is started."""
    scene.approve()
    run_id = scene.triggered()
    wrong = scene.rests(run_id)
    web, runs = scene.rollcall.airflow.web("ada"), f"/api/v2/dags/{APPLY}"
    told = {"dag_run_id": run_id, "task_ids": ["check", "apply", "verify"], "dry_run": False, "only_failed": False}
    web.call("POST", f"{runs}/clearTaskInstances", told)
    scene.ends(run_id)
    web.call("PATCH", f"{runs}/dagRuns/{run_id}", {"state": "failed"})
    return [*wrong, *scene.rests(scene.triggered())]


def night_killed(scene: Scene, name: str) -> list[str]:
    """One process is killed while a platform is pulled; the next night is whole."""
    scene.rollcall.gate.set("GET .*/objects/contacts", "after")
    run_id = scene.triggered(NIGHT)
    assert scene.rollcall.gate.held.wait(120), "nothing was pulled"
    if name == "worker":
        for one in tasks(scene.rollcall):
            one.kill()
    else:
        scene.rollcall.processes.children[name].kill()
    scene.rollcall.gate.set("", "before")
    scene.ends(run_id, NIGHT)
    well = scene.ends(scene.triggered(NIGHT), NIGHT)
    writes = requests.get(f"{scene.rollcall.gate.target}/_sandbox/writes", timeout=30).json()["writes"]
    return [
        *([] if well else ["R15: the next night did not end well by itself"]),
        *(["R14: a night wrote to a platform"] if writes else []),
    ]


EPISODES: Mapping[str, Callable[[Scene], list[str]]] = {
    "A19, the API server away until the task is ended": api_away,
    "A20, cleared and run again after it was applied": once_more,
    "P1, the API server killed during a change": partial(killed, name="api-server"),
    "P1, the DAG processor killed during a change": partial(killed, name="dag-processor"),
    **{f"P1, the {name} killed during a night": partial(night_killed, name=name) for name in ("worker", *AIRFLOWS)},
    "P2, the database away for 7 s during a change": partial(database_away, seconds=7),
    "P2, the database away for 60 s during a change": partial(database_away, seconds=60),
    "P3, two schedulers": two_schedulers,
    "P4, Airflow's database of yesterday": yesterdays_airflow,
}
