"""
The database itself refuses to change or remove a line of the audit; and a line sums up a ledger from before that.

Earlier lines do not tell each change of state. What they led to is taken over in one line, from which the audit can be
replayed.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from include.store import audit

revision = "0008"
down_revision = "0007"

REFUSED = "The audit is only added to"
ON_SQLITE = """
CREATE TRIGGER audit_only_grows_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
ON_POSTGRES = """
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refused}'; END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT seq FROM audit LIMIT 1")).first() is not None:
        audit.append(connection, "taken over", _as_it_stands(connection))
    if connection.dialect.name == "postgresql":
        op.execute(ON_POSTGRES.format(refused=REFUSED))
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(ON_SQLITE.format(verb=verb, refused=REFUSED))


def _as_it_stands(connection: sa.Connection) -> dict[str, Any]:
    """The state of everything whose changes the audit tells, and the newest row of what is only added to."""

    def asked(statement: str) -> list[Any]:
        return [tuple(row) for row in connection.execute(sa.text(statement))]

    return {
        "findings": {id: [version, state] for id, version, state in asked("SELECT id, version, state FROM finding")},
        "fixes": {str(id): state for id, state in asked("SELECT id, state FROM fix WHERE state <> 'planned'")},
        "notices": {name: state for name, state in asked("SELECT message_id, state FROM notice")},
        "requests": {str(id): state for id, state in asked("SELECT id, state FROM request")},
        "aliases": dict(asked("SELECT old, new FROM alias")),
        "rows": {
            "decision": asked("SELECT coalesce(max(id), 0) FROM decision")[0][0],
            "receipt": asked("SELECT coalesce(max(id), 0) FROM receipt")[0][0],
            "switch": asked("SELECT coalesce(max(id), 0) FROM switch")[0][0],
        },
    }
