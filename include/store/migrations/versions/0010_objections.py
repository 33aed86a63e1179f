"""When an approved request may be carried out at the earliest, and the objections of those whom it would concern."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("decision", sa.Column("not_before", sa.DateTime(timezone=True)))
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("finding_id", sa.String(length=16), sa.ForeignKey("finding.id"), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
