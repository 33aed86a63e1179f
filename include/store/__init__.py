"""
The two stores: snapshots (files, written once: what the platforms said) and the ledger (a database: what people did).

`python -m include.store upgrade` brings the ledger's tables to what this code expects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.settings import settings

if TYPE_CHECKING:
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshot, Snapshots


def open_snapshots() -> Snapshots:
    """All nights, where the settings say."""
    from include.store.snapshots import open_store

    return open_store(settings().data)


def open_snapshot(name: str) -> Snapshot:
    """The snapshot called `name`. Raises SnapshotMissing."""
    return open_snapshots().get(name)


def open_ledger() -> Ledger:
    """The ledger the settings name. Raises LedgerOutdated."""
    from include.store import ledger

    return ledger.open_ledger(settings().ledger)
