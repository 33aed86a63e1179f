"""A worker that is stopped, or whose ledger dies or is full, at the worst moment: nothing is doubled or lost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from include.store.ledger import Ledger, open_ledger, upgrade
from tests.apply.cases import receipts_of, states
from tests.postgres import QUICK, Server, programs
from tests.sandboxes import Sandbox
from tests.torture import cells, checker
from tests.torture.gate import Gate, gated

SENT, READ_BACK = "K3 done, and not answered", "K4 read back, and not written down"


@pytest.fixture
def ledger(sqlite_path: Path) -> Ledger:
    upgrade(url := f"sqlite:///{sqlite_path}")
    return open_ledger(url)


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    """A server that is killed and forgets nothing it has committed."""
    installed = programs()
    if installed is None:
        pytest.skip("no PostgreSQL is installed (Debian and Ubuntu: apt-get install postgresql)")
    with Server(installed, options=QUICK) as server:
        upgrade(server.create("mortal_template"))
        yield server


@contextmanager
def held(sandbox: Sandbox, ledger: Ledger, moment: str) -> Iterator[tuple[Popen[bytes], Gate]]:
    """A worker at an approved change of address, held at the moment."""
    cells.approve(ledger, cells.KINDS["address"].make(sandbox, 1, 1))
    with gated(Gate(sandbox.served.url)) as gate:
        gate.set(*cells.held("address", moment))
        worker = cells.start(ledger, gate.url, 0)
        try:
            assert gate.held.wait(cells.SECONDS)
            yield worker, gate
        finally:
            gate.opened.set()
            worker.kill()
            worker.wait()


def broken(sandbox: Sandbox, ledger: Ledger) -> list[str]:
    return checker.violations(ledger.engine, sandbox.writes(), over=True)


@pytest.mark.parametrize("moment", ["K2 claimed, and not sent", SENT])
def test_a_worker_that_is_stopped_past_its_lease_sends_and_says_nothing_when_it_wakes(sandbox, ledger, moment):
    with held(sandbox, ledger, moment) as (worker, gate):
        os.killpg(worker.pid, signal.SIGSTOP)
        gate.opened.set()
        cells.later(ledger, sandbox)
        told = receipts_of(ledger)
        os.killpg(worker.pid, signal.SIGCONT)
        worker.wait(cells.SECONDS)
    assert states(ledger) == ["applied"]
    assert receipts_of(ledger) == told
    assert len(sandbox.writes()) == 1
    assert broken(sandbox, ledger) == []


def no_room(process: int) -> None:
    """From now on every write to a file fails, as on a full disk."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("moment", [SENT, READ_BACK])
def test_what_was_written_while_the_disk_is_full_is_settled_by_reading(sandbox, ledger, moment):
    with held(sandbox, ledger, moment) as (worker, gate):
        no_room(worker.pid)
        gate.opened.set()
        assert worker.wait(cells.SECONDS) != 0
    assert states(ledger) == ["in_flight"]
    cells.later(ledger, sandbox)
    assert states(ledger) == ["applied"]
    assert len(sandbox.writes()) == 1
    assert broken(sandbox, ledger) == []


def crashed(server: Server) -> None:
    server.crash()


def full(server: Server) -> None:
    """Its disk is full: what cannot be written to its log ends it."""
    process = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    subprocess.run(["prlimit", "--fsize=0:0", "--pid", process], check=True, **server.account)


@pytest.mark.postgres
@pytest.mark.parametrize(("fault", "moment"), [(crashed, SENT), (crashed, READ_BACK), (full, READ_BACK)])
def test_what_was_written_while_the_database_dies_is_settled_by_reading(
    sandbox, mortal, fault: Callable[[Server], None], moment
):
    name = f"mortal_{fault.__name__}_{moment[:2].lower()}"
    ledger = open_ledger(mortal.create(name, "mortal_template"))
    with held(sandbox, ledger, moment) as (worker, gate):
        fault(mortal)
        gate.opened.set()
        assert worker.wait(cells.SECONDS) != 0
    if (mortal.folder / "data" / "postmaster.pid").exists():
        mortal.crash()
    mortal.begin()
    assert states(ledger) == ["in_flight"]
    cells.later(ledger, sandbox)
    assert states(ledger) == ["applied"]
    assert len(sandbox.writes()) == 1
    assert broken(sandbox, ledger) == []
