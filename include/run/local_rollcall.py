"""All of Rollcall on this machine: the sandbox where no platform is configured, the ledger, and Airflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from include.registry import names
from include.run.home import Home
from include.run.local_airflow import LocalAirflow
from include.run.processes import Processes, python
from include.run.summary import show_night
from include.run.watching import watch
from include.run.web import Answered, Web
from include.store.ledger import Ledger, open_ledger
from include.store.snapshots import Snapshots, open_store

NIGHT = "nightly_reconciliation"
APPLY = "apply_approved_fixes"
APPLY_ORDER = ["check", "apply", "verify", "notify"]


class LocalRollcall:
    """The parts, started in order, and the two things one can ask of them: a night, and to apply what is approved."""

    airflow: LocalAirflow
    sandbox: Web
    env: dict[str, str]
    sandbox_options: Mapping[str, object] = {}

    def __init__(self, home: Home, processes: Processes, console: Console) -> None:
        self.home = home
        self.processes = processes
        self.console = console

    def start(self, people: int, seed: int, *, sandbox: bool, applying: bool = False) -> None:
        """Start what is needed; `applying`: what people approve is applied without being asked."""
        connections: dict[str, str] = {}
        if sandbox:
            self.console.print(f"No platform is configured: using the sandbox, {people} people, seed {seed}.")
            with self.console.status("Starting the sandbox"):
                connections = self._start_sandbox(people, seed)
        else:
            self.console.print("Using the connections in AIRFLOW_CONN_*: these are your real platforms.")
        self.env = self.home.environment(connections, sandbox=sandbox, applying=applying)
        self.airflow = LocalAirflow(self.home, self.processes, self.env)
        with self.console.status("Preparing Airflow's database and the ledger"):
            self.airflow.migrate()
            self.airflow.upgrade_ledger()
        with self.console.status("Starting Airflow"):
            self.airflow.start()

    def run_night(self) -> str:
        """One night to its end, watched; prints its summary and returns the snapshot's name."""
        run_id = self.airflow.trigger(NIGHT)
        watch(self.console, "The night", _order(), self.airflow.follow(NIGHT, run_id))
        snapshot = self.snapshots().newest()
        assert snapshot is not None, "a night that ended well has left a snapshot"
        self.console.print()
        show_night(self.console, snapshot, self.ledger())
        return snapshot.name

    def apply(self) -> None:
        """Apply what is approved, watched to its end."""
        run_id = self.airflow.trigger(APPLY)
        watch(self.console, "Applying what was approved", APPLY_ORDER, self.airflow.follow(APPLY, run_id))

    def ledger(self) -> Ledger:
        return open_ledger(self.env["ROLLCALL_LEDGER"])

    def snapshots(self) -> Snapshots:
        return open_store(self.env["ROLLCALL_DATA"])

    def _start_sandbox(self, people: int, seed: int) -> dict[str, str]:
        ports = self.home.ports
        options = {
            "--port": ports.sandbox,
            "--people": people,
            "--seed": seed,
            "--mail-port": ports.mail,
            "--spool": self.home.mail,
            **self.sandbox_options,
        }
        command = python("-m", "include.sandbox", *(str(word) for pair in options.items() for word in pair))
        self.processes.start("sandbox", command, self.home.environment({}, sandbox=True, applying=False))
        self.sandbox = Web(f"http://127.0.0.1:{ports.sandbox}")
        self.processes.wait("The sandbox", self._sandbox_answers, 60)
        said: dict[str, Any] = self.sandbox.call("GET", "/_sandbox/connections")
        return {name: json.dumps(connection) for name, connection in said.items()}

    def _sandbox_answers(self) -> bool:
        try:
            self.sandbox.call("GET", "/_sandbox/quota", timeout=5)
        except (OSError, Answered):
            return False
        return True


def _order() -> list[str]:
    """The night's tasks in the order of the procedure."""
    pulls = [f"pull_platforms.pull_{name}" for name in names("platforms")]
    rules = [f"detect_findings.detect_{name}" for name in names("rules")]
    return [
        "begin",
        *pulls,
        "check_pulls",
        "tabulate",
        "check_tables",
        "link",
        "check_people",
        *rules,
        "check_findings",
        "file",
        "notify",
    ]
