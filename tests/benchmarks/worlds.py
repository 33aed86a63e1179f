"""A generated world as a night's pull leaves it: every platform's pages on disk, ready to be tabulated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from include import stages
from include.key import Key
from include.platforms import connection_of, open_platform
from include.registry import names
from include.sandbox.server import build, serve_in_thread
from include.store.snapshots import Snapshot, Snapshots, open_store


def pulled(people: int, seed: int, folder: Path) -> tuple[Snapshot, Snapshots]:
    """The snapshot of one night of a world, pulled from the sandbox over HTTP. Nothing of this is timed."""
    served = serve_in_thread(build(people, seed))
    try:
        connections = requests.get(f"{served.url}/_sandbox/connections", timeout=60).json()
        snapshots = open_store(str(folder))
        snapshot = snapshots.begin("2026-10-01")
        for name in names("platforms"):
            with requests.Session() as session:
                _pull(name, connections[connection_of(name)], session, snapshot)
    finally:
        served.stop()
    return snapshot, snapshots


def _pull(name: str, told: dict[str, Any], session: requests.Session, snapshot: Snapshot) -> None:
    key = Key(told["login"], told["password"], told["extra"])
    stages.pull(open_platform(name, session, told["host"], key), snapshot)
