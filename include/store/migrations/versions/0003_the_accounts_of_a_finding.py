"""Each finding keeps the accounts that its records are in. Those of earlier nights have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("finding", sa.Column("accounts", sa.Text()))
