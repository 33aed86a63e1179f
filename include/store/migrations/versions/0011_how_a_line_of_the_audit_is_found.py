"""The line of the audit that tells of a decision is found without reading all of them: before each write, one is."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("ix_audit_kind_at", "audit", ["kind", "at"])
