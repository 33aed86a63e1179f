"""
Ledgers for tests: whoever asks for one runs twice, on a SQLite file and on a PostgreSQL server.

`ledger` is open and empty, `ledger_url` is where it is, `bare_url` is a place for one that has no tables yet. All are
gone after the test. `place` makes ledgers that the tests of one file fill once and only read. Where no PostgreSQL is
installed, that half is skipped.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from include.store.ledger import Ledger, upgrade
from tests.postgres import Server, programs, quick_folder

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "rollcall_template"
numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests of this process, with a database that holds the ledger's tables to copy from."""
    installed = programs()
    if installed is None:
        pytest.skip("no PostgreSQL is installed (Debian and Ubuntu: apt-get install postgresql)")
    with Server(installed) as server:
        upgrade(server.create(TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds the ledger's tables, to copy from."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_path() -> Iterator[Path]:
    """Where a file may be made."""
    with tempfile.TemporaryDirectory(prefix="rollcall-ledger-", dir=quick_folder()) as folder:
        yield Path(folder) / "ledger.db"


@pytest.fixture(params=BOTH)
def bare_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A place without a ledger: no file, or a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    else:
        yield from _database(request.getfixturevalue("postgres_server"), "template1")


@pytest.fixture(params=BOTH)
def ledger_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A place with an empty ledger."""
    if request.param == "sqlite":
        path = request.getfixturevalue("sqlite_path")
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        yield from _database(request.getfixturevalue("postgres_server"), TEMPLATE)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """An empty ledger."""
    return Ledger(ledger_url)


@pytest.fixture(scope="module", params=BOTH)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Ledger]]:
    """Makes a ledger of this name; all are gone after the file."""
    if request.param == "sqlite":
        folder, template = tmp_path_factory.mktemp("ledgers"), request.getfixturevalue("sqlite_template")
        yield lambda name: Ledger(f"sqlite:///{shutil.copy(template, folder / name)}")
        return
    server: Server = request.getfixturevalue("postgres_server")
    with ExitStack() as gone:

        def make(name: str) -> Ledger:
            gone.callback(server.drop, name)
            return Ledger(server.create(name, TEMPLATE))

        yield make


def _database(server: Server, template: str) -> Iterator[str]:
    name = f"rollcall_{next(numbers)}"
    yield server.create(name, template)
    server.drop(name)
