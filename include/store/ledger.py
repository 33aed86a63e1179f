"""
The ledger: one database (SQLite or PostgreSQL) that holds what people decided and what became of it.

One writer at a time: a transaction of `write` holds the whole ledger, so what it read still holds when it writes. It
does not know what is in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from include.errors import LedgerOutdated, SettingsWrong, Unreachable
from include.store.schema import HEAD

WRITERS = 5_707_042  # the key of PostgreSQL's advisory lock that writers take turns by
EXAMPLES = {"sqlite": "sqlite:///data/ledger.db", "postgresql": "postgresql+psycopg://user@host/name"}
BUSY_SECONDS = 30  # how long a writer waits for its turn on SQLite
REACH_SECONDS = 5  # how long a PostgreSQL server that says nothing is waited for, where the URL says no other
READ_SECONDS = 300  # after which PostgreSQL gives up a question: no page holds its server for longer
PATIENCE = {
    "pysqlite": {"timeout": BUSY_SECONDS},
    "psycopg": {"connect_timeout": REACH_SECONDS},
    "psycopg2": {"connect_timeout": REACH_SECONDS},
}


class Ledger:
    """An open ledger. It keeps no connection between two uses, so it may cross a fork or a thread."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the ledger."""
        # PostgreSQL would otherwise let each question see a moment of its own; SQLite never does
        options = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect().execution_options(**options) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text(f"SET LOCAL statement_timeout = '{READ_SECONDS}s'"))
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction, alone in the ledger: committed at its end, or as if it had never been."""
        options = {"rollcall_writes": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS)))
            yield connection


def open_ledger(url: str) -> Ledger:
    """The ledger at `url`. Raises LedgerOutdated when its tables are not what this code expects, and Unreachable."""
    ledger = Ledger(url)
    try:
        found = _version(ledger)
    except OperationalError as error:
        if ledger.engine.dialect.name != "postgresql":
            raise
        raise Unreachable(
            "The ledger cannot be reached: its PostgreSQL server did not let us in. See that it runs and that this "
            "machine reaches it, or whether ROLLCALL_LEDGER is what you meant. Nothing was changed."
        ) from error
    if found != HEAD:
        held = "has no tables" if found is None else f"is at version {found}"
        raise LedgerOutdated(
            f"The ledger {held}, this code needs version {HEAD}. Run `python -m include.store upgrade`."
        )
    return ledger


def upgrade(url: str) -> None:
    """Bring the tables to what this code expects, whole or not at all. Does nothing when they are so already."""
    ledger = Ledger(url)
    _make_folder(ledger.engine.url)
    found = _version(ledger)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with ledger.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise LedgerOutdated(
                f"The ledger is at version {found}, which this code (version {HEAD}) does not know. "
                "It was upgraded by a newer Rollcall: run that one."
            ) from error


def _version(ledger: Ledger) -> str | None:
    """Which migration the tables are at; None for a ledger that is not there."""
    path = ledger.engine.url.database
    if ledger.engine.dialect.name == "sqlite" and not (path and Path(path).exists()):
        return None
    with ledger.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        kind = parsed.get_backend_name()
        if kind not in {"sqlite", "postgresql"}:
            raise SettingsWrong(f"ROLLCALL_LEDGER names a {kind} database; the ledger can be SQLite or PostgreSQL.")
        if kind == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise SettingsWrong("ROLLCALL_LEDGER must name a file: a ledger in memory would be lost.")
        patience = PATIENCE.get(parsed.get_driver_name(), {})
        given = {name: value for name, value in patience.items() if name not in parsed.query}
        engine = sa.create_engine(parsed, poolclass=NullPool, hide_parameters=True, connect_args=given)
        if engine.dialect.is_async:
            raise SettingsWrong(f"ROLLCALL_LEDGER names an asynchronous driver; write {EXAMPLES[kind]}.")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsWrong(
            f"ROLLCALL_LEDGER is not a database URL that can be used; write {' or '.join(EXAMPLES.values())}."
        ) from error
    if kind == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # transactions begin where SQLAlchemy says, also for changes of tables
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("rollcall_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_folder(url: sa.URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
