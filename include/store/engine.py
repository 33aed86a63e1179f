"""
The engine that rules run on, as `ROLLCALL_ENGINE` says: DuckDB in this process, or Spark. It opens no table.

DuckDB has a bounded memory: what does not fit goes to a folder that only this user can read, and that goes with it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from typing import TYPE_CHECKING, Any

from include.errors import SettingsWrong
from include.settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

MEMORY = "384MiB"  # for DuckDB's tables and joins; what is more it writes to disk. Python holds its own beside it


def connect() -> BaseBackend:
    """A new connection of its own. Raises SettingsWrong."""
    match settings().engine:
        case "duckdb":
            return _duckdb()
        case "pyspark":
            try:
                from include.store import spark
            except ImportError as error:
                raise SettingsWrong("ROLLCALL_ENGINE is pyspark, which is not installed.") from error
            return spark.connect()
    raise SettingsWrong(f"ROLLCALL_ENGINE {settings().engine!r} is not known; use duckdb or pyspark.")


def worked_out(backend: BaseBackend, name: str, made: Any) -> ir.Table:
    """
    An expression or an Arrow table as a temporary table of that name, in place of the last one: worked out once,
    however often it is read, each step in a projection of its own.

    What is there is dropped first: where ibis overwrites a table, it writes all of it twice (ibis 12, 2026-11).
    """
    import ibis

    backend.drop_table(name, force=True)
    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return backend.create_table(name, made, temp=True)
    finally:
        ibis.options.sql.fuse_selects = fused


def _duckdb() -> BaseBackend:
    import ibis

    folder = tempfile.mkdtemp(prefix="rollcall-")
    backend = ibis.duckdb.connect(memory_limit=MEMORY, preserve_insertion_order=False, temp_directory=folder)
    weakref.finalize(backend, shutil.rmtree, folder, ignore_errors=True)
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend
