"""`make torture`: every cell of the kill matrix, many histories of the machine, the product without its safeguards."""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from include.sandbox.server import build, serve_in_thread
from include.store.ledger import open_ledger, upgrade
from tests.postgres import Server, programs
from tests.sandboxes import PEOPLE, Sandbox
from tests.torture import cells, mutants
from tests.torture.machine import Engine


def main(arguments: list[str] | None = None) -> int:
    """Run all of it and print the report; 0 when no promise was broken and each missing safeguard was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="histories of the machine (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=50, help="steps of each at most (default: %(default)s)")
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
