"""The head that is kept beside the snapshots: a ledger that goes on from it is trusted, and no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from include.audit import heads
from include.errors import LedgerBehind
from include.store import audit
from include.store.ledger import Ledger
from tests.store.cases import by_hand, opened, was_approved


@pytest.fixture
def data(tmp_path) -> str:
    return str(tmp_path / "data")


def test_a_ledger_that_never_left_its_head_is_trusted(ledger, data):
    heads.require(ledger, data)
    assert heads.kept(data) is None


def test_what_goes_on_from_the_kept_head_is_trusted_and_moves_it(ledger, data):
    heads.keep(ledger, data)
    assert heads.kept(data) == (0, audit.START)
    was_approved(ledger)
    heads.require(ledger, data)
    heads.keep(ledger, data)
    assert heads.kept(data) == audit.head(ledger)


def test_a_ledger_restored_from_yesterday_is_refused(sqlite_path, sqlite_template, data):
    shutil.copy(sqlite_template, sqlite_path)
    ledger = Ledger(f"sqlite:///{sqlite_path}")
    opened(ledger)
    with ledger.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    yesterday = sqlite_path.with_suffix(".copy")
    shutil.copy(sqlite_path, yesterday)
    was_approved(ledger)
    heads.keep(ledger, data)
    for path in sqlite_path.parent.glob("ledger.db*"):
        path.unlink()
    shutil.copy(yesterday, sqlite_path)
    for refused in (heads.require, heads.keep):
        with pytest.raises(LedgerBehind, match="restored from a copy"):
            refused(ledger, data)
    assert heads.kept(data) != audit.head(ledger)


def test_an_audit_cut_short_is_refused(ledger, data):
    was_approved(ledger)
    heads.keep(ledger, data)
    by_hand(ledger, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    with pytest.raises(LedgerBehind, match="line 2 as it was kept"):
        heads.require(ledger, data)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"seq": "x", "hash": ""}', '{"seq": 1'])
def test_a_head_that_cannot_be_read_is_not_taken_for_none(ledger, data, content):
    Path(data).mkdir()
    (Path(data) / heads.FILE).write_text(content)
    with pytest.raises(LedgerBehind, match="cannot be read"):
        heads.require(ledger, data)
