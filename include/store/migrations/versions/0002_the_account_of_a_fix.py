"""Each fix keeps the fingerprint of the account it was found in. Those of earlier nights have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("fix", sa.Column("account", sa.String(length=16)))
