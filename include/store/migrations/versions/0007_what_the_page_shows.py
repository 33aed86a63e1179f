"""What the review page shows of a finding's records, in which order it lists findings, and a client's consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "dossier",
        sa.Column("finding_id", sa.String(16), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),  # before what is long: a search reads no further
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_dossier_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_dossier")),
    )
    op.add_column("finding", sa.Column("doubt", sa.Float(), nullable=False, server_default="0"))
    op.add_column("finding", sa.Column("shape", sa.String(16), nullable=False, server_default=""))
    op.add_column("finding", sa.Column("platforms", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE finding SET doubt = 1 - confidence")
    op.add_column("option", sa.Column("people", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("option", sa.Column("made_from", sa.Integer()))
    op.add_column("decision", sa.Column("consents", sa.Text()))
    op.create_index("ix_finding_state_rule_doubt_id", "finding", ["state", "rule", "doubt", "id"])
    op.create_index("ix_finding_state_rule_first_night", "finding", ["state", "rule", "first_night"])
    op.create_index("ix_finding_state_shape_id", "finding", ["state", "shape", "id"])
    op.drop_index("ix_finding_state_rule_id", "finding")
