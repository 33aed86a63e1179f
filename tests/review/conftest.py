"""What every test of the page may ask for: a ledger in a SQLite file of its own, and readers of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from include.store.ledger import Ledger, open_ledger
from tests.review.page import Reader


@pytest.fixture
def sqlite_ledger(sqlite_template: Path, tmp_path: Path) -> Ledger:
    """An empty ledger; `ledger` is for what PostgreSQL might do otherwise."""
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")


@pytest.fixture
def ann(sqlite_ledger: Ledger) -> Reader:
    return Reader(sqlite_ledger, "ann")


@pytest.fixture
def bob(sqlite_ledger: Ledger) -> Reader:
    return Reader(sqlite_ledger, "bob")


@pytest.fixture
def nobody(sqlite_ledger: Ledger) -> Reader:
    return Reader(sqlite_ledger, None)
