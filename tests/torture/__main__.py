"""
`make torture`: every cell of the kill matrix, many histories of the machine, the product without its safeguards.

All of it, or the parts that are named: `--airflow "merge, K3"` repeats the cells whose names hold that (a regular
expression), `--machine --seed 7` the histories of a seed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from include.sandbox.server import build, serve_in_thread
from include.store.ledger import Ledger, open_ledger, upgrade
from tests.postgres import QUICK, Server, programs, quick_folder
from tests.sandboxes import PEOPLE, Sandbox
from tests.torture import cells, mutants, staged
from tests.torture.machine import Engine, Told

# What a killed scheduler held of the database, its tasks keep open for it: the next one would wait for that for ever.
ROBUST = (*QUICK, "idle_in_transaction_session_timeout=5s")
PARTS = ("cells", "machine", "mutants", "airflow")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for and print the report; 0 if no promise was broken and each missing safeguard was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    for part in PARTS:
        parser.add_argument(f"--{part}", nargs="?", const="", metavar="PATTERN", help=f"only the {part} that it finds")
    parser.add_argument("--examples", type=int, default=500, help="histories of the machine (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=50, help="steps of each at most (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args(arguments)
    patterns = {part: getattr(asked, part) for part in PARTS}
    if set(patterns.values()) == {None}:
        patterns = dict.fromkeys(PARTS, "")
    with ExitStack() as stack:
        os.environ["ROLLCALL_QUOTA_FOLDER"] = stack.enter_context(tempfile.TemporaryDirectory())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-", dir=quick_folder())))
        running = serve_in_thread(build(PEOPLE, seed=3))
        stack.callback(running.stop)
        sandbox = Sandbox(running)
        found = programs()
        server = stack.enter_context(Server(found, options=ROBUST)) if found else None
        if server is not None:
            upgrade(server.create("rollcall_template"))
        broken = []
        if (pattern := patterns["cells"]) is not None:
            broken.append(_cells(sandbox, folder, server, pattern))
        if (pattern := patterns["machine"]) is not None:
            broken.append(_machine(sandbox, folder, server, asked, pattern))
        if (pattern := patterns["mutants"]) is not None:
            broken.append(_mutants(pattern))
        if (pattern := patterns["airflow"]) is not None:
            broken.append(_in_airflow(folder, server, pattern))
    return 1 if any(broken) else 0


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  this is a command


def _cells(sandbox: Sandbox, folder: Path, server: Server | None, pattern: str) -> int:
    """Every kind of change at every moment; on PostgreSQL, or on SQLite where none is installed."""
    broken, run, began = 0, 0, time.monotonic()
    for number, (kind, moment) in enumerate(itertools.product(cells.KINDS, cells.MOMENTS)):
        if not re.search(pattern, f"{kind}, {moment}"):
            continue
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
    _say(
        f"Kill matrix on {where}: {run} cells run, {run} workers killed, "
        f"{broken or 'no'} violations ({time.monotonic() - began:.0f} s)."
    )
    return broken


def _machine(sandbox: Sandbox, folder: Path, server: Server | None, asked: argparse.Namespace, pattern: str) -> int:
    """Many histories on each database that is there."""
    places = {"SQLite": _files(folder)} | ({"PostgreSQL": _databases(server)} if server is not None else {})
    return sum(_histories(sandbox, place, fresh, asked) for place, fresh in places.items() if re.search(pattern, place))


def _histories(sandbox: Sandbox, place: str, fresh: Callable[[], Ledger], asked: argparse.Namespace) -> int:
    told, began = Told(), time.monotonic()
    made = {"fresh_ledger": staticmethod(fresh), "sandbox": sandbox, "told": told}
    machine = type("Machine", (Engine,), made)
    machine._hypothesis_internal_use_seed = asked.seed
    many = settings(
        max_examples=asked.examples if place == "SQLite" else max(asked.examples // 10, 1),  # a server takes its time
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
        _say("\n".join((f"  {failed}", *getattr(failed, "__notes__", ()))))
    _say(
        f"Histories on {place}: {told.histories} of at most {asked.steps} steps (seed {asked.seed}): {told.steps} "
        f"steps, {told.crashes} crashes, {told.faults} faults, {told.writes} writes, "
        f"{broken or 'no'} violations ({time.monotonic() - began:.0f} s)."
    )
    return broken


def _files(folder: Path) -> Callable[[], Ledger]:
    """Makes an empty ledger in a file, in the place of one of before."""
    numbers, template = itertools.count(), folder / "template.db"
    upgrade(f"sqlite:///{template}")

    def fresh() -> Ledger:
        path = folder / f"machine{next(numbers) % 8}.db"
        for old in folder.glob(f"{path.name}*"):
            old.unlink()
        shutil.copy(template, path)
        return open_ledger(f"sqlite:///{path}")

    return fresh


def _databases(server: Server) -> Callable[[], Ledger]:
    """Makes an empty ledger in a database of its own, and forgets the one before."""
    numbers = itertools.count()

    def fresh() -> Ledger:
        number = next(numbers)
        if number:
            server.drop(f"machine_{number - 1}")
        return open_ledger(server.create(f"machine_{number}", "rollcall_template"))

    return fresh


def _in_airflow(folder: Path, server: Server | None, pattern: str) -> int:
    if server is None:
        _say("The cells in Airflow need PostgreSQL, and none is installed (Debian: apt-get install postgresql).")
        return 1
    return staged.run(folder, server, pattern, _say)


def _mutants(pattern: str) -> int:
    """The product without each safeguard in turn."""
    asked = [one for one in mutants.MUTANTS if re.search(pattern, one.name)]
    everything = tuple(sorted({test for one in asked for test in one.tests}))
    if not mutants.survives(None, everything):
        _say("  The tests that should notice a missing safeguard are red as it is.")
        return 1
    unnoticed = []
    for one in asked:
        if mutants.survives(one):
            unnoticed.append(one.name)
            _say(f"  No test notices that {one.name} is missing.")
    _say(f"Safeguards taken out: {len(asked)}, unnoticed: {len(unnoticed)}.")
    return len(unnoticed)


if __name__ == "__main__":
    sys.exit(main())
