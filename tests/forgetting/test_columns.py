"""Every column of the ledger that may hold words is blanked when a person is erased, or can hold nothing of theirs."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from include.store import schema


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=str)
def test_every_column_that_may_hold_words_was_thought_of(table):
    """A new one is either blanked (`forgetting.rows`), or can hold no person's data: say here which."""
    words = {column.name for column in table.c if isinstance(column.type, sa.Text | schema.Json)}
    assert words - BLANKED.get(table.name, set()) - KEPT.get(table.name, set()) == set()


BLANKED = {
    "finding": {"because"},
    "dossier": {"records", "history", "sought"},
    "option": {"label"},
    "fix": {"before", "after", "image"},
    "decision": {"reason", "consents"},
    "receipt": {"detail"},
    "notice": {"recipient", "subject", "text", "html", "headers", "pictures"},
    "request": {"asked", "found", "client"},
    "undo": {"why"},
    "objection": {"why"},
    "switch": {"why"},
}
KEPT = {
    "finding": {"key", "subject", "others", "accounts", "platforms"},  # numbers of records, and fingerprints
    "fix": {"target"},
    "decision": {"reviewer"},  # who answered for what: the audit's very purpose
    "receipt": {"moved"},  # names of fields
    "notice": {"problem"},  # without a word of anybody, see the schema
    "request": {"requester"},
    "undo": {"who"},
    "objection": {"records", "who"},  # records by reference
    "switch": {"who"},
    "step": {"told", "problem"},  # counts
    "audit": {"body"},  # checksums, see `include.store.audit`
}
