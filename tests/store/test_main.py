"""`python -m include.store`: what it prints and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from include import store
from include.settings import settings
from include.store import __main__, audit
from include.store.ledger import open_ledger
from include.store.schema import HEAD
from tests.store.cases import by_hand

ROOT = Path(__file__).parents[2]
UP_TO_DATE = "The ledger is up to date.\n"


@pytest.fixture
def run(bare_url, monkeypatch, capsys):
    """Run the command on a ledger that is not there yet; answers its exit code, output and errors."""
    monkeypatch.setenv("ROLLCALL_LEDGER", bare_url)
    settings.cache_clear()

    def run(*arguments):
        return __main__.main(list(arguments)), *capsys.readouterr()

    yield run
    settings.cache_clear()


def test_a_fresh_ledger_is_made_by_a_process_of_its_own(bare_url):
    command = [sys.executable, "-m", "include.store", "upgrade"]
    environ = {**os.environ, "ROLLCALL_LEDGER": bare_url}
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, UP_TO_DATE, "")
    assert audit.head(open_ledger(bare_url)) == (0, audit.START)


def test_upgrading_twice_is_no_error(run):
    assert [run("upgrade"), run("upgrade")] == [(0, UP_TO_DATE, "")] * 2


def test_the_ledger_of_the_settings_is_the_one_that_was_upgraded(run):
    run("upgrade")
    assert audit.head(store.open_ledger()) == (0, audit.START)


def test_a_whole_audit_is_verified_and_a_broken_one_is_not(run, bare_url):
    run("upgrade")
    held = open_ledger(bare_url)
    with held.write() as connection:
        audit.append(connection, "test", {"number": 1})
    assert run("verify") == (0, "Every line of the audit follows from the one before.\n", "")
    by_hand(held, "UPDATE audit SET body = '{}'")
    assert run("verify") == (1, "Line 1 of the audit was changed after it was written.\n", "")


def test_a_ledger_that_is_not_there_cannot_be_verified(run):
    code, out, errors = run("verify")
    assert (code, out) == (1, "")
    told = f"The ledger has no tables, this code needs version {HEAD}. Run `python -m include.store upgrade`."
    assert errors == f"{told}\n"


def test_a_newer_ledger_is_left_alone_in_one_line(run, bare_url):
    run("upgrade")
    by_hand(open_ledger(bare_url), "UPDATE alembic_version SET version_num = '9999'")
    code, out, errors = run("upgrade")
    assert (code, out) == (1, "")
    assert "It was upgraded by a newer Rollcall: run that one." in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("verb", "url", "told"),
    [
        pytest.param("upgrade", "mysql://u:secret@h/d", "the ledger can be SQLite or PostgreSQL", id="mysql"),
        pytest.param("upgrade", "postgresql+psycopg://u:secret@/d?host=/nowhere", "cannot be used", id="no-server"),
        pytest.param("verify", "postgresql+psycopg://u:secret@/d?host=/nowhere", "cannot be reached", id="nor-to-read"),
        pytest.param("upgrade", "sqlite:///{here}/file/ledger.db", "cannot be used", id="in-a-file"),
        pytest.param("upgrade", "sqlite:///{here}", "cannot be used", id="a-folder"),
    ],
)
def test_a_ledger_that_cannot_be_used_is_one_line_without_its_password(tmp_path, monkeypatch, capsys, verb, url, told):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ROLLCALL_LEDGER", url.format(here=tmp_path))
    settings.cache_clear()
    code = __main__.main([verb])
    settings.cache_clear()
    out, errors = capsys.readouterr()
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert told in errors
    assert "ROLLCALL_LEDGER" in errors
    assert "secret" not in errors
