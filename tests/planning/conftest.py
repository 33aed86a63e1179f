"""A support desk for every test, over platforms and a ledger of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.store.ledger import Ledger, open_ledger
from tests.notices.mailing import MailServer
from tests.planning.desk import SupportDesk
from tests.sandbox.hosting_world import Stack, stack

__all__ = ["stack"]


@pytest.fixture
def book(sqlite_template: Path, tmp_path: Path) -> Ledger:
    """An empty ledger in a SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")


@pytest.fixture
def desk(stack: Stack, book: Ledger, tmp_path: Path) -> SupportDesk:
    return SupportDesk(book, stack.platform, tmp_path)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
