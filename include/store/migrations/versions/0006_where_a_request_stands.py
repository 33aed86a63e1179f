"""A client's request keeps where it stands, what was found for it, and the checksum of what was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("request") as table:
        table.add_column(sa.Column("hash", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="withdrawn"))
        table.add_column(sa.Column("client", sa.Text()))
        table.add_column(sa.Column("found", sa.Text()))
        table.add_column(sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.create_index("ix_request_state", "request", ["state"])
    op.create_index("ix_request_finding_id", "request", ["finding_id"])
