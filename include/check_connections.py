"""
`python -m include.check_connections`: which account each platform's connection opens, and what its key lacks.

One line a platform, from a few reads; nothing is changed. Exit code 0 when every platform can be used, 1 when one
cannot, 2 when no connection is there. It shows no key and no person's data. Mail is not sent: of `smtp_default` it says
only when it is missing. Connections in variables and secrets backends are seen; those in Airflow's own database are
shown by Airflow to its tasks only.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from include.connections import SMTP, configured, platform
from include.errors import RollcallError, TryLater
from include.platforms import About, connection_of
from include.registry import names
from include.settings import settings
from include.store import reviewing

console = Console(soft_wrap=True, highlight=False)
HOME = Path(__file__).resolve().parents[1] / ".rollcall" / "check" / "airflow"
HOW = """No connection is configured: `make run` would use the sandbox. To use your own platforms, give Airflow these
connections (type `http`), in your secrets backend or as variables, and {smtp} for the mail:
{all}.

  export AIRFLOW_CONN_HUBSPOT='{{"conn_type": "http", "host": "https://api.hubapi.com", "password": "pat-..."}}'

include/platforms/<name>/__init__.py says what each wants: its host, its key, and which scopes the key needs.
Connections in Airflow's own database show to its tasks only: they cannot be checked from here."""


def main() -> int:
    os.environ.setdefault("AIRFLOW_HOME", str(HOME))  # where Airflow writes its configuration when it is imported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own, of what it will drop one day
        try:
            return check()
        except RollcallError as error:
            _say("", _failure(error), "bold red")
            return 1


def check() -> int:
    """Check every platform; the exit code."""
    left_out = settings().left_out
    wanted = [name for name in names("platforms") if name not in left_out]
    connections = [*dict.fromkeys(map(connection_of, wanted)), SMTP]
    missing = [connection for connection in connections if not configured(connection)]
    if missing == connections:
        console.print(HOW.format(all=", ".join(connections[:-1]), smtp=SMTP), markup=False)
        return 2
    usable = [_check(name) for name in wanted if connection_of(name) not in missing]
    for connection in missing:
        _say(connection, f"not configured: {_how(connection)}", "red")
    for name in left_out:
        _say(name, "left out by ROLLCALL_LEAVE_OUT", "dim")
    if reviewing.nobody_may():
        _say("reviewers", reviewing.UNLISTED, "yellow")
    return 0 if all(usable) and not missing else 1


def _check(name: str) -> bool:
    """Say in one line what came of one platform; whether it can be used."""
    try:
        with console.status(f"Asking {name}"):
            about, account = _asked(platform(name).api)
    except RollcallError as error:
        _say(name, f"not usable. {_failure(error)}", "red")
        return False
    version = f"API {about.version}" if about.version else "API version not told"
    told = ", ".join(filter(None, (about.account, version, about.quota, f"fingerprint {account}")))
    more = f"; some changes need more: {', '.join(about.wanting)}" if about.wanting else ""
    if about.missing:
        _say(name, f"lacks {', '.join(about.missing)} ({told}): grant what is missing and check again{more}", "yellow")
    else:
        _say(name, f"usable: {told}{more}", "yellow" if more else "green")
    return not about.missing


def _asked(api: Any) -> tuple[About, str]:
    """What the platform says of the account, and the fingerprint that its findings are filed with."""
    return api.about(), api.account()


def _failure(error: RollcallError) -> str:
    again = " Check again later." if isinstance(error, TryLater) else ""
    return f"{type(error).__name__}: {error}{again}"


def _how(connection: str) -> str:
    variable = f"AIRFLOW_CONN_{connection.upper()}"
    if os.environ.get(variable):
        return f"Airflow cannot read {variable}: is it one whole JSON object, or a URL?"
    return (
        f"there is no Airflow connection {connection!r}. Put it into your secrets backend, or into {variable} "
        "(one in Airflow's own database shows to its tasks only)"
    )


def _say(name: str, says: str, style: str) -> None:
    console.print(f"{escape(name):<13}[{style}]{escape(says)}[/{style}]")


if __name__ == "__main__":
    sys.exit(main())
