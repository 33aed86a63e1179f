"""A ledger with a finding to tell of, and a real mail server whose moods a test can choose."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.settings import settings
from include.store import findings
from include.store.ledger import Ledger, open_ledger
from tests.notices.mailing import FINDING, MailServer


@pytest.fixture
def ledger(sqlite_template: Path, tmp_path: Path) -> Ledger:
    """A ledger in a file, with the one finding that the tests' messages are about."""
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    findings.file(opened, [FINDING], "2026-11-23")
    return opened


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """`deliver` reads this process's settings: what a test puts into the environment must hold for it, and end."""
    settings.cache_clear()
    yield
    settings.cache_clear()
