"""
The audit: every change of state as one line that is bound to the line before it by a hash.

Lines are only ever added, and none holds a person's data: what people wrote is there as a checksum. It cannot stop
somebody with the database's password from rewriting it, but `verify` shows where that happened, unless every later
line was rewritten too: keep a copy of the newest hash elsewhere. What the lines lead to is for `include.audit`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import digest
from include.store.schema import audit

if TYPE_CHECKING:
    from include.store.ledger import Ledger

START = "0" * 64  # what the first line follows

Line = sa.Row[Any]


def append(connection: sa.Connection, kind: str, body: dict[str, Any], now: datetime | None = None) -> None:
    """Add a line, within a transaction of `Ledger.write`: writers take turns, so no two lines follow the same one."""
    last = connection.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    at = moment(now or datetime.now(UTC))
    line = {"seq": seq, "at": at, "kind": kind, "body": body, "previous": previous}
    connection.execute(sa.insert(audit).values(**line, hash=digest(line)))


def moment(at: datetime) -> str:
    """A moment as the audit keeps it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def sealed(value: Any) -> str | None:
    """What people wrote, as the audit keeps it: a checksum that shows whether it was changed, and not what it says."""
    return None if value is None else digest(value)


def head(ledger: Ledger) -> tuple[int, str]:
    """Number and hash of the newest line: what to keep elsewhere."""
    with ledger.read() as connection:
        last = connection.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, START)


def holds(ledger: Ledger, seq: int, hash: str) -> bool:
    """Whether the chain has a line of this number and hash: a head that was kept elsewhere."""
    with ledger.read() as connection:
        found = connection.execute(sa.select(audit.c.hash).where(audit.c.seq == seq)).scalar()
    return found == hash or (seq, hash) == (0, START)


def verify(ledger: Ledger) -> str | None:
    """None when every line follows from the one before, else a sentence that names the first that does not."""
    with ledger.read() as connection:
        return broken(connection)


def broken(connection: sa.Connection, each: Callable[[Line], None] | None = None) -> str | None:
    """The same, of a connection's moment. `each` is handed every line that follows."""
    expected, previous = 1, START
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)):
        if row.seq != expected:
            return f"Line {expected} of the audit is missing."
        if row.previous != previous:
            return f"Line {row.seq} of the audit does not follow from the line before it."
        line = {"seq": row.seq, "at": row.at, "kind": row.kind, "body": row.body, "previous": row.previous}
        if digest(line) != row.hash:
            return f"Line {row.seq} of the audit was changed after it was written."
        if each is not None:
            each(row)
        expected, previous = row.seq + 1, row.hash
    return None
