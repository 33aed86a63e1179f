"""The folder one local Rollcall lives in, and the environment its processes run with."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from include.errors import SettingsWrong
from include.platforms import connection_of
from include.registry import names

PROJECT = Path(__file__).resolve().parents[2]
REVIEWERS = ("ada", "grace")
CONNECTIONS = (*dict.fromkeys(connection_of(platform) for platform in names("platforms")), "smtp_default")


@dataclass(frozen=True)
class Ports:
    """Where the parts listen, all on the loopback interface."""

    airflow: int = 8080
    sandbox: int = 9400
    mail: int = 9425

    @classmethod
    def read(cls) -> Ports:
        """`PORT`, `SANDBOX_PORT` and `MAIL_PORT`, or the defaults."""
        ports = {}
        for name, variable in (("airflow", "PORT"), ("sandbox", "SANDBOX_PORT"), ("mail", "MAIL_PORT")):
            if text := os.environ.get(variable):
                if not text.isdecimal() or not 0 < int(text) < 65536:
                    raise SettingsWrong(f"{variable} must be a port number, not {text!r}.")
                ports[name] = int(text)
        return cls(**ports)


def must_be_free(port: int, variable: str) -> None:
    """Raise SettingsWrong when another program listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise SettingsWrong(
                f"Port {port} is taken by another program. Stop it, or choose another port: {variable}=<port> make ..."
            ) from taken


@dataclass(frozen=True)
class Home:
    """`.rollcall/<name>`: Airflow's own database, the logs, the mail spool, the snapshots and the ledger."""

    folder: Path
    ports: Ports

    @classmethod
    def named(cls, name: str, ports: Ports) -> Home:
        folder = Path(os.environ.get("ROLLCALL_HOME", PROJECT / ".rollcall")).resolve() / name
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, ports)

    @property
    def airflow(self) -> Path:
        return self.folder / "airflow"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def passwords(self) -> dict[str, str]:
        """The reviewers' passwords: made once, kept where Airflow's SimpleAuthManager looks for them."""
        return dict(json.loads(self._kept("passwords.json", lambda: json.dumps(dict.fromkeys(REVIEWERS, _secret(12))))))

    def environment(self, connections: dict[str, str], *, sandbox: bool, applying: bool) -> dict[str, str]:
        """
        The environment of every process. What the person has set in theirs wins over the defaults of here.

        Nights begin by hand only; `applying`: what is approved is looked for every few minutes.
        """
        url = f"http://127.0.0.1:{self.ports.airflow}"
        here = {
            "ROLLCALL_LEDGER": f"sqlite:///{self.folder / 'ledger.db'}",
            "ROLLCALL_DATA": str(self.folder / "data"),
            "ROLLCALL_PAGE_URL": f"{url}/review/",
            "ROLLCALL_RETRIES": "0",
            "ROLLCALL_SCHEDULE": "none",
            "ROLLCALL_APPLY_SCHEDULE": "*/5 * * * *" if applying else "none",
            "ROLLCALL_PLAN_SCHEDULE": "* * * * *" if applying else "none",
            "ROLLCALL_FORGET_SCHEDULE": "none",
            "ROLLCALL_REVIEWERS": ",".join(REVIEWERS),
        }
        if sandbox:
            kinds = ("SET_EMAIL", "MERGE", "ATTACH", "ACCESS")
            caps = (*kinds, *(f"DAY_{kind}" for kind in kinds), "SAME_DOMAIN")
            here |= {"ROLLCALL_SANDBOX": "true", "ROLLCALL_APPLY": "on", "ROLLCALL_DRIFT_PERCENT": "100"}
            here |= {f"ROLLCALL_APPROVALS_PER_{span}": "100000" for span in ("MINUTE", "HOUR")}  # by a program
            here |= {f"ROLLCALL_CAP_{cap}": "100000" for cap in caps}  # the demo settles a whole world in one run
        here |= {key: value for key, value in os.environ.items() if key.startswith("ROLLCALL_")}
        _ = self.passwords
        airflow = {
            "AIRFLOW_HOME": str(self.airflow),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__FERNET_KEY": self._kept("fernet_key", _fernet_key),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:admin" for name in REVIEWERS),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.airflow / 'airflow.db'}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports.airflow),
            "AIRFLOW__API__BASE_URL": url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": self._kept("secret_key", _secret),
            "AIRFLOW__API_AUTH__JWT_SECRET": self._kept("jwt_secret", _secret),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs / "tasks"),
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",  # a slow machine is no reason to fail a task
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
            "PYTHONPATH": str(PROJECT),
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW__", "ROLLCALL_"))}
        # Children write byte code where they may: importing Airflow without it takes twice as long.
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        named = {f"AIRFLOW_CONN_{name.upper()}": value for name, value in connections.items()}
        return (
            kept | here | airflow | named | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        )

    def _kept(self, name: str, make: object) -> str:
        """The content of a file of this home, made once and readable by its owner only."""
        path = self.folder / name
        if not path.is_file():
            assert callable(make)
            partial = path.with_name(f"{name}.partial")
            partial.touch(mode=0o600)
            partial.write_text(make())
            partial.replace(path)
        return path.read_text()


def real_connections(environ: dict[str, str]) -> bool:
    """
    Whether the person's own platforms are configured, as `AIRFLOW_CONN_<NAME>` variables.

    Raises SettingsWrong when only some are: half a night would compare a real shop with an invented one.
    """
    given = [name for name in CONNECTIONS if environ.get(f"AIRFLOW_CONN_{name.upper()}")]
    missing = [name for name in CONNECTIONS if name not in given]
    if given and missing:
        raise SettingsWrong(
            f"Some connections are configured ({', '.join(given)}) and some are not ({', '.join(missing)}). "
            f"Set AIRFLOW_CONN_{missing[0].upper()} and so on for all of them, or unset them all to use the sandbox."
        )
    return bool(given)


def _secret(size: int = 48) -> str:
    return secrets.token_urlsafe(size)


def _fernet_key() -> str:
    import base64

    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
