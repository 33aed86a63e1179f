"""
A Rollcall in which every personal field and every credential is a word of its own, and where such words may not be.

What leaks is found by searching for them: in Airflow's database, in every log and temporary file, and in whatever a
viewer is answered. It judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import requests
from rich.console import Console

from include.run.home import Home, Ports
from include.run.local_rollcall import LocalRollcall
from include.run.processes import Processes
from include.sandbox.world import MARKED, word
from tests.torture.gate import Gate

MARK = "zqmark"
VIEWER = "vic"
PROOF, REASON, TICKET, APPROVED = ("zqproofzq", "zqreasonzq", "zqticketzq", "zqapprovedzq")  # what people typed
NEW = "zqnewaddresszq"  # the local part of the address that somebody asks for
ALLOWED = {"data", "mail", "ledger.db", "ledger.db-wal", "ledger.db-shm", "passwords.json"}  # where they must be
KEPT = ("secret_key", "jwt_secret", "fernet_key")  # each in a file of its own, and nowhere else


class WithViewer(Home):
    """A home in which somebody may look at everything in Airflow, and whose temporary files stay in it."""

    def environment(self, connections: dict[str, str], *, sandbox: bool, applying: bool) -> dict[str, str]:
        told = super().environment(connections, sandbox=sandbox, applying=applying)
        (self.folder / "tmp").mkdir(exist_ok=True)
        users = told["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
        seen = {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{users},{VIEWER}:viewer"}
        return told | seen | {"TMPDIR": str(self.folder / "tmp")}


class Marked(LocalRollcall):
    """Rollcall whose sandbox marks every person, and whose keys are swapped for the sandbox's own on their way."""

    sandbox_options = {"--mark": MARK}  # noqa: RUF012

    def __init__(self, folder: Path, ports: Ports, console: Console, gate: Gate) -> None:
        home = WithViewer(folder, ports)
        for name in home.passwords:
            told = {**home.passwords, VIEWER: f"zqpasswordof{name}"}
            (folder / "passwords.json").write_text(json.dumps(told))
        super().__init__(home, Processes(folder / "processes.json", home.logs), console)
        self.gate = gate
        self.keys: set[str] = set()

    def _start_sandbox(self, people: int, seed: int) -> dict[str, str]:
        told = {name: json.loads(one) for name, one in super()._start_sandbox(people, seed).items()}
        self.gate.target = f"http://127.0.0.1:{self.home.ports.sandbox}"
        for name, one in told.items():
            if one["conn_type"] == "http":
                self._mark(name, one)
        self.gate.swap = dict.fromkeys(self.keys, "sandbox")
        return {name: json.dumps(one) for name, one in told.items()}

    def _mark(self, name: str, connection: dict[str, Any]) -> None:
        connection["host"] = connection["host"].replace(self.gate.target, self.gate.url)
        for place in (connection, connection["extra"]):
            for field in ("password", "login", "storefront_token"):
                if field in place:
                    place[field] = f"zqkey{name}{field.replace('_', '')}zq"
                    self.keys.add(place[field])


def words(rollcall: Marked) -> dict[str, str]:
    """Every word that must not be found, and what it stands for; in small letters."""
    people = rollcall.sandbox.call("GET", "/_sandbox/truth")["humans"]
    told = {word(MARK, name): name for name in MARKED}
    told |= {human["email"]: "an address" for human in people}
    told |= {human["old_email"]: "an old address" for human in people if human["old_email"]}
    told |= {human["phone"]: "a phone number" for human in people if human["phone"]}
    told |= {human["postcode"]: "a postcode" for human in people if len(human["postcode"] or "") > 5}
    told |= dict.fromkeys(rollcall.keys, "a platform's key")
    told |= dict.fromkeys((PROOF, REASON, TICKET, APPROVED, NEW), "what somebody typed")
    told |= {password: "a password" for password in rollcall.home.passwords.values()}
    told |= {(rollcall.home.folder / name).read_text(): name for name in KEPT}
    return {text.lower(): what for text, what in told.items()}


def files(home: Home) -> Iterator[tuple[str, str]]:
    """Every file of the home that nobody's data belongs in, as text."""
    for path in sorted(home.folder.rglob("*")):
        inside = path.relative_to(home.folder)
        if path.is_file() and inside.parts[0] not in {*ALLOWED, *KEPT}:
            yield str(inside), path.read_bytes().decode("utf-8", "replace")


def answers(rollcall: Marked) -> Iterator[tuple[str, str]]:
    """Everything that Airflow and the page answer to somebody who may only look."""
    web = rollcall.airflow.web(VIEWER)

    def get(path: str) -> Any:
        answer = requests.get(web.url + path, headers=web.headers, timeout=60)
        seen.append((path, answer.text))
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}

    seen: list[tuple[str, str]] = []
    for path in ("/", "/review/", "/review/nights", "/review/api/findings", "/review/requests"):
        get(path)
    for what in ("connections", "variables", "pools", "importErrors", "eventLogs?limit=1000", "assets/events"):
        get(f"/api/v2/{what}")
    for dag in get("/api/v2/dags")["dags"]:
        for run in get(f"/api/v2/dags/{dag['dag_id']}/dagRuns?limit=100")["dag_runs"]:
            at = f"/api/v2/dags/{dag['dag_id']}/dagRuns/{run['dag_run_id']}"
            for task in get(f"{at}/taskInstances?limit=100")["task_instances"]:
                one = f"{at}/taskInstances/{task['task_id']}"
                for entry in get(f"{one}/xcomEntries").get("xcom_entries", []):
                    get(f"{one}/xcomEntries/{entry['key']}")
                if task["try_number"]:
                    get(f"{one}/logs/{task['try_number']}?full_content=true")
    yield from seen


def leaks(told: dict[str, str], texts: Iterable[tuple[str, str]]) -> list[str]:
    """Where a word was found, and what it stands for; not the word."""
    return [f"{where} holds {what}" for where, text in texts for one, what in told.items() if one in text.lower()]
