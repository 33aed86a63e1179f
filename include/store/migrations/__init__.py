"""The ledger's history: one file a step, never changed once it has been released."""
