"""Afterwards the database's own files hold nothing of what was blanked, or whoever asked is told that they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from include import audit
from include.errors import NotAllowed
from include.forgetting import __main__ as command
from include.forgetting import compacting, erasing
from include.settings import Settings, settings
from include.store import outbox, requests
from include.store.ledger import Ledger
from include.store.snapshots import open_store
from tests.store.cases import NOW
from tests.store.test_outbox import notice, put
from tests.store.test_roles import ledger_url, of

pytestmark = pytest.mark.postgres

__all__ = ["ledger_url", "of"]  # fixtures

ADDRESS = "zelda.quimby@nowhere.example"


@pytest.fixture
def filled(ledger) -> Ledger:
    """Somebody whose address is in many rows, so that the planner remembers it as a frequent value."""
    requests.add(ledger, [{"client": ADDRESS, "new_address": "x@b.example"}], "carl", NOW)
    for number in range(200):
        put(ledger, notice(f"n{number}", recipient=ADDRESS))
    with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return ledger


@pytest.fixture
def places(ledger, postgres_server) -> Callable[[], list[str]]:
    """The files of the database that hold the address."""

    def found() -> list[str]:
        with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("CHECKPOINT"))
            oid = connection.execute(sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar()
        files = Path(postgres_server.folder, "data", "base", str(oid)).iterdir()
        return [path.name for path in files if path.is_file() and ADDRESS.encode() in path.read_bytes()]

    return found


def erase(ledger: Ledger, tmp_path: Path) -> None:
    erasing.erase(ledger, open_store(str(tmp_path)), Settings(data=str(tmp_path)), ADDRESS, NOW)


def test_after_the_owner_erased_somebody_no_file_of_the_database_holds_them(filled, places, tmp_path):
    assert len(places()) >= 3  # two tables, and what the planner remembers
    erase(filled, tmp_path)
    assert places() == []
    assert outbox.counts(filled) == {"refused": 200}


def test_who_may_not_make_the_files_anew_is_told_until_the_owner_has(
    filled, of, places, tmp_path, monkeypatch, ledger_url, capsys
):
    forgetter = of("forgetter")
    if forgetter.engine.connect().dialect.server_version_info >= compacting.MAINTAIN_SINCE:
        erase(forgetter, tmp_path)
    else:
        with pytest.raises(NotAllowed, match=r"Let the owner run `python -m include.forgetting --compact`"):
            erase(forgetter, tmp_path)
        with pytest.raises(NotAllowed, match="still hold what was there before"):
            compacting.compact(forgetter)
        assert places() != []
    monkeypatch.setenv("ROLLCALL_LEDGER", ledger_url)
    monkeypatch.setenv("ROLLCALL_DATA", str(tmp_path))
    settings.cache_clear()
    assert command.main(["--compact"]) == 0
    settings.cache_clear()
    assert capsys.readouterr().out.startswith("Compacted")
    assert places() == []
    compacting.compact(forgetter)
    assert audit.checked(filled).problems == []


def test_nothing_that_was_not_blanked_keeps_the_forgetter_waiting(filled, of):
    compacting.compact(of("forgetter"))
