"""A world as the tables that `python -m include.detect` reads, tonight's and those of the night before."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.store.tables import COLUMNS, schema
from tests.benchmarks.quality.world import Row, World


def write(world: World, tonight: Path, before: Path) -> None:
    """contacts.parquet and orders.parquet of both nights. The night before differs in the addresses changed since."""
    earlier = [
        row | {"email": world.before[ref], "updated_at": row["created_at"]} if ref in world.before else row
        for ref, row in world.contacts.items()
    ]
    for folder, contacts in ((tonight, list(world.contacts.values())), (before, earlier)):
        folder.mkdir(parents=True)
        _write(folder, "contacts", contacts)
        _write(folder, "orders", list(world.orders.values()))


def _write(folder: Path, name: str, rows: list[Row]) -> None:
    rows = sorted(rows, key=lambda row: (row["platform"], row.get("kind", ""), row["id"]))
    columns = {column: [row[column] for row in rows] for column in COLUMNS[name]}
    pq.write_table(pa.table(columns, schema=schema(name)), folder / f"{name}.parquet")
