"""
`python -m tests.torture.worker LEDGER SANDBOX SECONDS...`: the apply DAG's steps in a process that can be killed.

`TORTURE_LEASE` in its environment: how many seconds a worker owns a fix; a request gets a third of it.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import requests

from include import apply
from include.errors import RollcallError
from include.key import Key
from include.platforms import Platform, connection_of, open_platform
from include.settings import Settings
from include.store.ledger import open_ledger

LEASE = int(os.environ.get("TORTURE_LEASE", "120"))
SETTINGS = Settings(
    apply="on", sandbox=True, settle_seconds=1, lease_seconds=LEASE, request_seconds=min(30, LEASE // 3)
)


def main(ledger_url: str, sandbox: str, *ahead: float) -> int:
    """Apply, then verify, as each run would that many seconds from now."""
    told = requests.get(f"{sandbox}/_sandbox/connections", timeout=5).json()

    def open(name: str) -> Platform:
        one = told[connection_of(name)]
        path = one["host"].split("/", 3)[3] if one["host"].count("/") > 2 else ""
        key = Key(one["login"], "sandbox", one["extra"])
        patience = float(SETTINGS.request_seconds)
        return open_platform(name, requests.Session(), f"{sandbox}/{path}", key, request_seconds=patience)

    ledger = open_ledger(ledger_url)
    for seconds in ahead:
        for verb in (apply.apply_approved, apply.verify):
            try:
                verb(ledger, open, SETTINGS, now=lambda later=seconds: datetime.now(UTC) + timedelta(seconds=later))
            except RollcallError as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201  this is a command
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *map(float, sys.argv[3:])))
