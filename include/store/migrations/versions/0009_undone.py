"""Which finding undoes which, and who asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "undo",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("of", sa.String(length=16), sa.ForeignKey("finding.id"), nullable=False),
        sa.Column("finding_id", sa.String(length=16), sa.ForeignKey("finding.id"), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
