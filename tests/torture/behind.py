"""
Rollcall on this machine as the tortures need it: Airflow's own database on PostgreSQL, the platforms behind a gate.

What is set makes a killed process show within seconds, as RELIABILITY.md 6.1 says; nothing of the product is changed.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from subprocess import Popen

from rich.console import Console

from include.run.home import Home, Ports
from include.run.local_rollcall import LocalRollcall
from include.run.processes import Processes, python
from tests.torture.gate import Gate

AIRFLOWS = ("api-server", "dag-processor", "scheduler")
LEASE, REQUEST = 32, 16  # seconds: as short as the settings let them be, so that a cell does not take minutes
SOON = {
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "5",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
}


class PostgresHome(Home):
    """A home whose Airflow keeps its own database on a server. Its URL is set by whoever makes it."""

    airflow_url = ""
    ledger_url = ""

    def environment(self, connections: dict[str, str], *, sandbox: bool, applying: bool) -> dict[str, str]:
        here = super().environment(connections, sandbox=sandbox, applying=applying)
        return here | SOON | {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.airflow_url,
            "ROLLCALL_LEDGER": self.ledger_url,
            "ROLLCALL_LEASE_SECONDS": str(LEASE),
            "ROLLCALL_REQUEST_SECONDS": str(REQUEST),
            "ROLLCALL_SETTLE_SECONDS": "2",
        }  # fmt: skip


class Supervised(Processes):
    """Processes that are started again when they end, as the supervisor of a service does; not those in `away`."""

    def __init__(self, book: Path, logs: Path) -> None:
        super().__init__(book, logs)
        self.away: set[str] = set()
        self.schedulers: set[int] = set()  # whatever one has started stays in its session, also when it is gone
        self.env: dict[str, str] = {}

    def start(self, name: str, command: list[str], env: dict[str, str]) -> Popen[bytes]:
        child = super().start(name, command, env)
        if name.startswith("scheduler"):
            self.schedulers.add(child.pid)
        return child

    def check(self) -> None:
        for name in [name for name in AIRFLOWS if name in self.children and name not in self.away]:
            if self.env and self.children[name].poll() is not None:
                self.start(name, python("-m", "airflow", name), self.env)
        if not self.away:
            super().check()


class Behind(LocalRollcall):
    """Rollcall whose platforms are reached through a gate, and whose processes are supervised once it has started."""

    processes: Supervised

    def __init__(self, folder: Path, airflow_url: str, ledger_url: str, gate: Gate) -> None:
        urls = {"airflow_url": airflow_url, "ledger_url": ledger_url}
        home = type("ThisHome", (PostgresHome,), urls)(folder, Ports(*(free_port() for _ in range(3))))
        home.folder.mkdir()
        super().__init__(home, Supervised(home.folder / "processes.json", home.logs), Console(quiet=True))
        self.gate = gate

    def start(self, people: int, seed: int, *, sandbox: bool, applying: bool = False) -> None:
        super().start(people, seed, sandbox=sandbox, applying=applying)
        self.processes.env = self.env

    def end(self, name: str) -> None:
        """Kill one of Airflow's processes."""
        child = self.processes.children.pop(name)
        child.kill()
        child.wait()

    def _start_sandbox(self, people: int, seed: int) -> dict[str, str]:
        told = super()._start_sandbox(people, seed)
        origin = f"http://127.0.0.1:{self.home.ports.sandbox}"
        self.gate.target = origin
        return {name: one.replace(json.dumps(origin)[1:-1], self.gate.url) for name, one in told.items()}


def airflow_url(url: str) -> str:
    """A database's URL with the driver that Airflow's own code is written for."""
    return url.replace("postgresql+psycopg:", "postgresql+psycopg2:")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
