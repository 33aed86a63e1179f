"""Whoever is named in one place of the ledger only is found there, whichever place that is, and is blanked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from include.forgetting import erasing
from include.model import FixState
from include.settings import Settings
from include.store import objections, requests, schema, switch, undone
from include.store.ledger import Ledger
from include.store.snapshots import open_store
from tests.forgetting.test_columns import BLANKED
from tests.store.cases import NOW, approved, ends, fix_ids, rows, three_fixes
from tests.store.test_outbox import notice, put

ADDRESS = "zelda.quimby@nowhere.example"
LISTS = {("finding", "because"), ("dossier", "records"), ("dossier", "history")}
PLACES = sorted((table, column) for table, names in BLANKED.items() for column in names)
WORDS = {"reason", "detail", "why", "label", "recipient", "subject", "text", "html", "client"}
DRAWN = {("notice", "pictures")}  # of counts, by us


@pytest.fixture
def filled(ledger) -> Ledger:
    """A row in every table, about somebody else."""
    row = approved(ledger, three_fixes())
    ends(ledger, fix_ids(row)[0], FixState.APPLIED)
    requests.add(ledger, [{"client": "42", "new_address": "x@b.example"}], "carl", NOW)
    put(ledger, notice())
    objections.record(ledger, row.id, "ann", "He called.", NOW)
    switch.throw(ledger, "ann", "Odd.", NOW, stop=True)
    with ledger.write() as connection:
        undone.asked(connection, row.id, row.id, "ann", "Wrong.", NOW)
        said: dict[str, Any] = {"finding_id": row.id, "records": [], "history": [], "sought": "", "digest": "0" * 64}
        connection.execute(sa.delete(schema.dossier))
        connection.execute(sa.insert(schema.dossier).values(**said))
    return ledger


@pytest.mark.parametrize(("table", "column"), [place for place in PLACES if place not in DRAWN])
def test_a_person_is_found_wherever_they_are_named(filled, tmp_path, table, column):
    held = schema.metadata.tables[table]
    said: Any = f"He wrote from {ADDRESS}."
    if column not in WORDS:
        said = [{"ref": "shopify:customer:7", "email": ADDRESS}] if (table, column) in LISTS else {"email": ADDRESS}
    if column == "sought":
        said = f"lee\n{ADDRESS}"
    with filled.write() as connection:
        connection.execute(sa.update(held).values({column: said}))
    assert ADDRESS in str(rows(filled, held))
    erase(filled, tmp_path)
    assert {
        name: text for name in BLANKED if ADDRESS in (text := str(rows(filled, schema.metadata.tables[name])))
    } == {}


def erase(ledger: Ledger, folder: Path) -> None:
    erasing.erase(ledger, open_store(str(folder)), Settings(data=str(folder)), ADDRESS, NOW)
