"""How Alembic reaches the ledger: through the connection and the transaction it is handed, on both databases alike."""

from __future__ import annotations

from alembic import context

from include.store.schema import metadata

# The transaction is the caller's: the tables change whole or not at all, on SQLite too.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
