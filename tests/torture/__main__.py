"""`make torture`: every cell of the kill matrix, many histories of the machine, the product without its safeguards."""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from include.run.home import Home, Ports
from include.run.processes import Processes
from include.sandbox.server import build, serve_in_thread
from include.store.ledger import open_ledger, upgrade
from tests.postgres import Server, programs
from tests.sandboxes import PEOPLE, Sandbox
from tests.torture import cells, in_airflow, mutants
from tests.torture.gate import Gate, gated
from tests.torture.machine import Engine


def main(arguments: list[str] | None = None) -> int:
    """Run all of it and print the report; 0 when no promise was broken and each missing safeguard was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="histories of the machine (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=50, help="steps of each at most (default: %(default)s)")
    parser.add_argument("--airflow", type=int, default=1000, help="cells in a real Airflow (default: all of them)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        os.environ["ROLLCALL_QUOTA_FOLDER"] = stack.enter_context(tempfile.TemporaryDirectory())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = serve_in_thread(build(PEOPLE, seed=3))
        stack.callback(running.stop)
        sandbox = Sandbox(running)
        found = programs()
        server = stack.enter_context(Server(found)) if found else None
        broken = [_cells(sandbox, folder, server), _machine(sandbox, folder, asked), _mutants()]
        if server is None:
            _say("The cells in Airflow need PostgreSQL, and none is installed (Debian: apt-get install postgresql).")
            broken.append(1)
        else:
            broken.append(_in_airflow(folder, server, asked.airflow))
    return 1 if any(broken) else 0


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  this is a command


def _cells(sandbox: Sandbox, folder: Path, server: Server | None) -> int:
    """Every kind of change at every moment; on PostgreSQL, or on SQLite where none is installed."""
    broken, run, began = 0, 0, time.monotonic()
    if server is not None:
        upgrade(server.create("rollcall_template"))
    for number, (kind, moment) in enumerate(itertools.product(cells.KINDS, cells.MOMENTS)):
        if server is not None:
            ledger = open_ledger(server.create(f"cell_{number}", "rollcall_template"))
        else:
            upgrade(url := f"sqlite:///{folder / f'cell{number}.db'}")
            ledger = open_ledger(url)
        outcome = cells.run(sandbox, ledger, kind, moment)
        run += 1
        wrong = [*outcome.violations, *([] if outcome.struck else ["the moment never came"])]
        broken += bool(wrong)
        if wrong:
            _say(f"  {kind}, {moment}: {'; '.join(wrong)}")
    where = "PostgreSQL" if server is not None else "SQLite"
    _say(f"Kill matrix on {where}: {run} cells, {broken} with a broken promise ({time.monotonic() - began:.0f} s).")
    return broken


def _machine(sandbox: Sandbox, folder: Path, asked: argparse.Namespace) -> int:
    upgrade(f"sqlite:///{folder / 'template.db'}")
    numbers, began = itertools.count(), time.monotonic()

    def fresh() -> object:
        path = folder / f"machine{next(numbers) % 8}.db"
        for old in folder.glob(f"{path.name}*"):
            old.unlink()
        shutil.copy(folder / "template.db", path)
        return open_ledger(f"sqlite:///{path}")

    machine = type("Machine", (Engine,), {"fresh_ledger": staticmethod(fresh), "sandbox": sandbox})
    machine._hypothesis_internal_use_seed = asked.seed
    many = settings(
        max_examples=asked.examples,
        stateful_step_count=asked.steps,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    broken = 0
    try:
        run_state_machine_as_test(machine, settings=many)
    except AssertionError as failed:
        broken = 1
        _say(f"  {failed}")
    told = Engine.told
    _say(
        f"Histories: {next(numbers)} of at most {asked.steps} steps (seed {asked.seed}): {told.steps} steps, "
        f"{told.crashes} crashes, {told.faults} faults, {told.writes} writes, "
        f"{broken or 'no'} broken promise ({time.monotonic() - began:.0f} s)."
    )
    return broken


def _in_airflow(folder: Path, server: Server, most: int) -> int:
    """Every kind at every moment, the worker and the scheduler killed, each on an empty ledger."""
    ports = Ports(*(_free_port() for _ in range(3)))
    home = Home(folder / "home", ports)
    home.folder.mkdir()
    url = server.create("airflow_cells", "rollcall_template")
    os.environ.update(in_airflow.environment(url))
    processes = Processes(home.folder / "processes.json", home.logs)
    broken, run, began = 0, 0, time.monotonic()
    with gated(Gate("")) as gate:
        rollcall = in_airflow.Behind(home, processes, Console(quiet=True))
        rollcall.gate = gate
        try:
            rollcall.start(PEOPLE, seed=3, sandbox=True)
            every = itertools.product(cells.MOMENTS, cells.KINDS, in_airflow.KILLERS)
            for moment, kind, killer in itertools.islice(every, most):
                server.drop("airflow_cells")
                server.create("airflow_cells", "rollcall_template")
                shutil.rmtree(home.folder / "data", ignore_errors=True)  # it knows the ledger that was there before
                outcome = in_airflow.run(rollcall, in_airflow.Here(PEOPLE, 3), killer, kind, moment)
                run += 1
                wrong = [*outcome.violations, *([] if outcome.struck else ["the moment never came"])]
                broken += bool(wrong)
                if wrong:
                    _say(f"  {kind}, {moment}, the {killer} killed: {'; '.join(wrong)} {outcome.states}")
        finally:
            processes.stop()
    _say(f"Kill matrix in Airflow: {run} cells, {broken} with a broken promise ({time.monotonic() - began:.0f} s).")
    return broken


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _mutants() -> int:
    """The product without each safeguard in turn."""
    everything = tuple(sorted({test for one in mutants.MUTANTS for test in one.tests}))
    if not mutants.survives(None, everything):
        _say("  The tests that should notice a missing safeguard are red as it is.")
        return 1
    unnoticed = [one.name for one in mutants.MUTANTS if mutants.survives(one)]
    for name in unnoticed:
        _say(f"  No test notices that {name} is missing.")
    _say(f"Safeguards taken out: {len(mutants.MUTANTS)}, unnoticed: {len(unnoticed)}.")
    return len(unnoticed)


if __name__ == "__main__":
    sys.exit(main())
