"""
The ledger's file is made to hold what its tables hold, and nothing that they held before.

On PostgreSQL only the owner of the tables may do so (from PostgreSQL 17 on also who was granted MAINTAIN, as
`roles.sql` does). Who may not is told so whenever something was blanked since it was done last: a line of the audit
says up to where that was. PostgreSQL's write-ahead log and backups are not reached.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import sqlalchemy as sa

from include.errors import NotAllowed, TryLater
from include.store import audit
from include.store.ledger import Ledger
from include.store.schema import audit as lines
from include.store.schema import metadata

BLANKED, COMPACTED = ("erased", "forgotten"), "compacted"
OWNERS_OWN = "pg_has_role(current_user, relowner, 'USAGE') OR pg_has_role(current_user, datdba, 'USAGE')"
GRANTED = " OR has_table_privilege(pg_class.oid, 'MAINTAIN')"  # PostgreSQL 17 knows it
MAINTAIN_SINCE = (17,)


def compact(ledger: Ledger, now: datetime | None = None) -> None:
    """
    Let the database's file hold what its tables hold, and nothing that they held before.

    Raises NotAllowed where something was blanked and this user may not do it, TryLater while others read.
    """
    with ledger.read() as connection:
        upto, due = _blanked_since(connection)
    if ledger.engine.dialect.name == "postgresql":
        if not _rewrite_tables(ledger) and due:
            raise NotAllowed(
                "Everything was blanked, but the database's files still hold what was there before, and only the owner "
                "of the ledger's tables can make them anew. Let the owner run `python -m include.forgetting --compact`."
            )
    else:
        _rewrite_file(ledger)
    if due:
        with ledger.write() as connection:
            audit.append(connection, COMPACTED, {"upto": upto}, now)


def _blanked_since(connection: sa.Connection) -> tuple[int, bool]:
    """The newest line that blanked something, and whether that was after the ledger was compacted last."""
    newest = sa.select(sa.func.max(lines.c.seq)).where(lines.c.kind.in_(BLANKED))
    done = sa.select(lines.c.body).where(lines.c.kind == COMPACTED).order_by(lines.c.seq.desc()).limit(1)
    upto = connection.execute(newest).scalar() or 0
    last = connection.execute(done).scalar()
    return upto, upto > (last["upto"] if last else 0)


def _rewrite_tables(ledger: Ledger) -> bool:
    """Write every table anew, and what the planner remembers of its values; False, doing nothing, if not allowed."""
    version = ledger.engine.dialect.server_version_info if ledger.engine.dialect.server_version_info else ()
    allowed = OWNERS_OWN + (GRANTED if version >= MAINTAIN_SINCE else "")
    asked = sa.text(
        f"SELECT relname, {allowed} FROM pg_class, pg_database WHERE datname = current_database()"  # noqa: S608  no input
        " AND pg_class.oid = ANY (SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name)"
    )
    names = [*metadata.tables, "pg_catalog.pg_statistic"]
    with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        may = {row[0]: bool(row[1]) for row in connection.execute(asked, {"names": names})}
        if not all(may[name] for name in metadata.tables):
            return False
        quoted = ", ".join(ledger.engine.dialect.identifier_preparer.quote(name) for name in metadata.tables)
        connection.execute(sa.text(f"VACUUM (FULL, ANALYZE) {quoted}"))
        if may["pg_statistic"]:  # the owner of the database; elsewhere its own vacuum does it in time
            connection.execute(sa.text("VACUUM (FULL) pg_catalog.pg_statistic"))
    return True


def _rewrite_file(ledger: Ledger) -> None:
    with closing(ledger.engine.raw_connection()) as raw:  # no transaction: neither can be done within one
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA busy_timeout = 2000")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise TryLater(
            "Everything was blanked, but others are reading the ledger, and its log holds what was there before. "
            "Ask again in a moment."
        )
