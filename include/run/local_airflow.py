"""A real Airflow on this machine: scheduler, DAG processor and API server on its home's database, and its REST API."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from include.errors import RollcallError
from include.registry import names
from include.run.home import Home
from include.run.processes import ProcessDied, Processes, python
from include.run.web import Answered, Web

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}


class RunFailed(RollcallError):
    """A DAG run did not succeed; the message says which task stopped it and why."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task of a run, as Airflow tells it."""

    id: str
    state: str | None
    try_number: int
    seconds: float | None


class LocalAirflow:
    """Starts Airflow for one home and asks it to run DAGs."""

    def __init__(self, home: Home, processes: Processes, env: dict[str, str]) -> None:
        self.home = home
        self.processes = processes
        self.env = env
        self.url = f"http://127.0.0.1:{home.ports.airflow}"

    def migrate(self) -> None:
        """Make Airflow's database: a file under another name first, so that a killed start leaves none behind."""
        migrate = python("-m", "airflow", "db", "migrate")
        self.home.airflow.mkdir(parents=True, exist_ok=True)
        if not self.env[DATABASE].startswith("sqlite"):
            self._finish("airflow-migrate", migrate, self.env)
            return
        database = self.home.airflow / "airflow.db"
        if database.is_file():
            return
        partial = database.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        self._finish("airflow-migrate", migrate, self.env | {DATABASE: f"sqlite:///{partial}"})
        partial.replace(database)

    def upgrade_ledger(self) -> None:
        """Bring the ledger's tables to what this code expects."""
        self._finish("ledger-upgrade", python("-m", "include.store", "upgrade"), self.env)

    def start(self) -> None:
        """Start the three processes, and wait until both DAGs are read. The scheduler's tasks need the API."""
        for name in ("api-server", "dag-processor"):
            self.processes.start(name, python("-m", "airflow", name), self.env)
        self.processes.wait("Airflow's API server", self._answers, 180)
        self._make_pools()
        self.processes.start("scheduler", python("-m", "airflow", "scheduler"), self.env)
        self.processes.wait("The DAG processor", self._dags_are_read, 120)

    def web(self, user: str) -> Web:
        """The REST API (and the review page) as `user`, logged in with the home's password."""
        login = Web(self.url).call("POST", "/auth/token", {"username": user, "password": self.home.passwords[user]})
        return Web(self.url, {"Authorization": f"Bearer {login['access_token']}"})

    def trigger(self, dag: str) -> str:
        """Start a run of `dag` now, after giving up whatever an earlier, killed start left running."""
        web = self.web("ada")
        runs = f"/api/v2/dags/{dag}/dagRuns"
        for state in ("running", "queued"):
            for run in web.call("GET", f"{runs}?state={state}")["dag_runs"]:
                web.call("PATCH", f"{runs}/{run['dag_run_id']}", {"state": "failed"})
        run_id = f"manual__{datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}"
        web.call("POST", runs, {"dag_run_id": run_id, "logical_date": None})
        return run_id

    def follow(self, dag: str, run_id: str, seconds: float = 1800) -> Iterator[list[TaskState]]:
        """The states of the run's tasks, again and again until it has ended. Raises RunFailed when it failed."""
        web = self.web("ada")
        deadline = time.monotonic() + seconds
        while True:
            self.processes.check()
            run = web.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run_id}")
            tasks = self._tasks(web, dag, run_id)
            yield tasks
            if run["state"] == "success":
                return
            if run["state"] == "failed":
                failed = next((task for task in tasks if task.state == "failed"), None)
                if failed is None:
                    raise RunFailed(f"{dag} failed; see {self.url}/dags/{dag}/runs/{run_id}")
                raise RunFailed(f"{dag} stopped at {failed.id}: {self._why(web, dag, run_id, failed)}")
            if time.monotonic() > deadline:
                raise RunFailed(f"{dag} has not ended after {seconds:.0f} s; see the logs in {self.home.logs}.")
            time.sleep(0.5)

    def _finish(self, name: str, command: list[str], env: dict[str, str]) -> None:
        child = self.processes.start(name, command, env)
        try:
            code = child.wait(timeout=300)
        except subprocess.TimeoutExpired as slow:
            raise ProcessDied(f"{name} did not end within 300 s; see {self.home.logs / name}.log") from slow
        if code != 0:
            self.processes.check()
        del self.processes.children[name]

    def _answers(self) -> bool:
        try:
            health = Web(self.url).call("GET", "/api/v2/monitor/health", timeout=5)
        except (OSError, Answered):
            return False
        return bool(health["metadatabase"]["status"] == "healthy")

    def _make_pools(self) -> None:
        """One pool per platform: as many tasks at once as the platform's quota can bear."""
        web = self.web("ada")
        for platform in names("platforms"):
            pool = {"name": platform, "slots": 1, "include_deferred": False, "description": f"calls to {platform}"}
            try:
                web.call("POST", "/api/v2/pools", pool)
            except Answered as answer:
                if answer.status != 409:  # it is there already
                    raise

    def _dags_are_read(self) -> bool:
        web = self.web("ada")
        broken = web.call("GET", "/api/v2/importErrors")["import_errors"]
        if broken:
            raise RunFailed(f"{broken[0]['filename']} cannot be read: {broken[0]['stack_trace'].splitlines()[-1]}")
        known = {dag["dag_id"] for dag in web.call("GET", "/api/v2/dags")["dags"]}
        return {"nightly_reconciliation", "apply_approved_fixes"} <= known

    def _tasks(self, web: Web, dag: str, run_id: str) -> list[TaskState]:
        said = web.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances?limit=100")["task_instances"]
        return [TaskState(task["task_id"], task["state"], task["try_number"], task["duration"]) for task in said]

    def _why(self, web: Web, dag: str, run_id: str, task: TaskState) -> str:
        """The last error in the task's log, in one line."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{task.id}/logs/{max(task.try_number, 1)}"
        lines: list[dict[str, Any]] = web.call("GET", f"{path}?full_content=true")["content"]
        raised = [line["error_detail"] for line in lines if isinstance(line, dict) and line.get("error_detail")]
        if raised:
            return str(raised[-1][0]["exc_value"])  # the first is what was raised, the others are its causes
        said = [str(line.get("event")) for line in lines if isinstance(line, dict) and line.get("level") == "error"]
        return said[-1] if said else f"see {self.url}/dags/{dag}/runs/{run_id}/tasks/{task.id}"
