"""Opening, upgrading, reading and writing the ledger."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from include.errors import LedgerOutdated, SettingsWrong, Unreachable
from include.store import audit
from include.store.findings import counts
from include.store.ledger import REACH_SECONDS, Ledger, open_ledger, upgrade
from include.store.schema import HEAD, metadata
from tests.store.cases import a_finding, at_once, by_hand, filed, rows

WRITE = "write sqlite:///data/ledger.db or postgresql"


def tables(url: str) -> set[str]:
    with Ledger(url).read() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_upgrading_makes_a_ledger_that_opens_and_is_empty(bare_url):
    with pytest.raises(LedgerOutdated, match=r"has no tables.*python -m include.store upgrade"):
        open_ledger(bare_url)
    upgrade(bare_url)
    assert counts(open_ledger(bare_url)) == {}


def test_upgrading_twice_changes_nothing(ledger_url):
    row = filed(open_ledger(ledger_url), a_finding())
    upgrade(ledger_url)
    assert filed(open_ledger(ledger_url), a_finding()) == row


def test_many_upgrades_at_once_make_one_ledger(bare_url):
    at_once(lambda _: upgrade(bare_url), 4)
    assert counts(open_ledger(bare_url)) == {}


def test_an_upgrade_that_fails_leaves_no_table_behind(bare_url):
    by_hand(Ledger(bare_url), "CREATE TABLE receipt (id INTEGER)")  # the last table that is made
    with pytest.raises(sa.exc.DBAPIError, match="receipt"):
        upgrade(bare_url)
    assert tables(bare_url) == {"receipt"}


@pytest.mark.parametrize(
    ("held", "told"),
    [
        pytest.param("0000", rf"is at version 0000, this code needs version {HEAD}\. Run", id="older"),
        pytest.param("9999", rf"is at version 9999, this code needs version {HEAD}\. Run", id="newer"),
    ],
)
def test_another_version_is_not_opened(ledger_url, held, told):
    by_hand(open_ledger(ledger_url), "UPDATE alembic_version SET version_num = :held", held=held)
    with pytest.raises(LedgerOutdated, match=told):
        open_ledger(ledger_url)


def test_a_newer_ledger_is_not_upgraded(ledger_url):
    by_hand(open_ledger(ledger_url), "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerOutdated, match="upgraded by a newer Rollcall: run that one"):
        upgrade(ledger_url)


def test_the_migrations_end_in_the_tables_the_code_knows(ledger):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


@pytest.mark.parametrize("use", [open_ledger, upgrade])
@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("ledger.db", WRITE, id="a-bare-path"),
        pytest.param("", WRITE, id="nothing"),
        pytest.param("postgresql+nosuch://u@h/d", WRITE, id="no-such-driver"),
        pytest.param(
            "postgresql+asyncpg://u@h/d", r"asynchronous driver; write postgresql\+psycopg://", id="an-async-driver"
        ),
        pytest.param("nosuch://u@h/d", "can be SQLite or PostgreSQL", id="no-such-database"),
        pytest.param("mysql://u:secret@h/d", "a mysql database; the ledger can be SQLite or PostgreSQL", id="mysql"),
        pytest.param("sqlite://", "must name a file", id="no-file"),
        pytest.param("sqlite:///:memory:", "must name a file", id="in-memory"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_what_to_write(use, url, told):
    with pytest.raises(SettingsWrong, match=rf"ROLLCALL_LEDGER.*{told}") as refused:
        use(url)
    assert "secret" not in str(refused.value)


def test_a_new_ledger_makes_its_folder(tmp_path):
    upgrade(f"sqlite:///{tmp_path}/not/there/ledger.db")
    assert (tmp_path / "not/there/ledger.db").exists()


def test_asking_for_a_ledger_that_is_not_there_makes_no_file(tmp_path):
    with pytest.raises(LedgerOutdated):
        open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_never_was(ledger):
    def add_and_fail():
        with ledger.write() as connection:
            audit.append(connection, "test", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert audit.head(ledger) == (0, audit.START)


def test_a_reader_sees_one_moment_and_waits_for_no_writer(ledger):
    number = sa.text("SELECT count(*) FROM audit")
    with ledger.read() as reader:
        assert reader.execute(number).scalar() == 0
        with ledger.write() as writer:
            audit.append(writer, "test", {})
            assert reader.execute(number).scalar() == 0
        assert reader.execute(number).scalar() == 0
    assert audit.head(ledger)[0] == 1


def test_writers_take_turns(ledger):
    def add_one(_):
        with ledger.write() as connection:
            audit.append(connection, "test", {})

    at_once(add_one)
    assert [row[0] for row in rows(ledger, metadata.tables["audit"], "seq")] == list(range(1, 21))
    assert audit.verify(ledger) is None


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql+psycopg://u:secret@127.0.0.1:{server.getsockname()[1]}/rollcall"


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_a_few_seconds(silent):
    began = time.monotonic()
    with pytest.raises(Unreachable, match="The ledger cannot be reached: its PostgreSQL server did not") as raised:
        open_ledger(silent)
    assert REACH_SECONDS - 1 < time.monotonic() - began < REACH_SECONDS + 5
    assert "secret" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


def test_a_server_that_is_not_there_is_told_likewise():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match="The ledger cannot be reached"):
        open_ledger(f"postgresql+psycopg://u@127.0.0.1:{port}/rollcall")


def test_no_question_of_a_reader_holds_the_server_for_ever(ledger):
    if ledger.engine.dialect.name == "postgresql":
        with ledger.read() as reader:
            assert reader.execute(sa.text("SHOW statement_timeout")).scalar() == "5min"
        with ledger.write() as writer:
            assert writer.execute(sa.text("SHOW statement_timeout")).scalar() == "0"
