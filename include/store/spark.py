"""
Spark as the engine: ibis' own backend, with the temporary tables that it lacks.

A temporary table is computed once, when it is made, and kept by Spark until the tables are closed. The session is the
process's own: where it runs, and on how many machines, Spark's configuration says.
"""

from __future__ import annotations

from typing import Any

import pyspark.sql
from ibis.backends.pyspark import Backend  # noqa: TID253  # this module is itself imported only for Spark


class SparkBackend(Backend):  # type: ignore[misc]  # ibis is not followed by mypy
    """ibis on Spark, with temporary tables."""

    def create_table(self, name: str, /, obj: Any = None, *, temp: bool | None = None, **more: Any) -> Any:
        """Make a table; a temporary one from an expression or an Arrow table."""
        import ibis.expr.types as ir

        if not temp:
            return super().create_table(name, obj, **more)
        if isinstance(obj, ir.Expr):
            self._run_pre_execute_hooks(obj)
            made = self._session.sql(self.compile(obj))
        else:
            made = self._session.createDataFrame(obj)
        # Not a plan that is run anew: what was computed, so that whoever reads it twice reads the same.
        made.localCheckpoint(eager=True).createOrReplaceTempView(name)
        return self.table(name)

    def to_pyarrow(self, expr: Any, /, **more: Any) -> Any:
        """What an expression gives, without pandas between, which has one word for null and for no number."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        made = self._session.sql(self.compile(table, **more)).toArrow()
        return expr.__pyarrow_result__(made.cast(table.schema().to_pyarrow()))

    def get_schema(self, table_name: str, **more: Any) -> Any:
        """The columns of a table. Spark's points in time are UTC, and say so."""
        import ibis.expr.datatypes as dt
        import ibis.expr.schema as sch

        found = super().get_schema(table_name, **more)
        return sch.Schema({name: dt.Timestamp("UTC") if kind.is_timestamp() else kind for name, kind in found.items()})

    def drop_table(self, name: str, /, **more: Any) -> None:
        """Drop a temporary table, or another one."""
        if not self._session.catalog.dropTempView(name):
            super().drop_table(name, **more)

    def disconnect(self) -> None:
        """Let go of the temporary tables. The session may be somebody else's too: it ends with the process."""
        for table in self._session.catalog.listTables():
            if table.isTemporary:
                self._session.catalog.dropTempView(table.name)


def connect() -> SparkBackend:
    """The backend on a session of this process, in which each opening has its own temporary tables."""
    session = pyspark.sql.SparkSession.builder.appName("Rollcall").getOrCreate()
    backend = SparkBackend()
    backend.register_options()  # ibis does so where one asks it for the backend by name
    backend.do_connect(session.newSession())
    return backend
