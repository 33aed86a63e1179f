"""A few histories of the machine, on SQLite; `make torture` runs many, on PostgreSQL too."""

from __future__ import annotations

import itertools
import shutil

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from include.store.ledger import open_ledger
from tests.torture.machine import Engine

FEW = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_history_breaks_a_promise(served, sqlite_template, tmp_path):
    numbers = itertools.count()

    def fresh():
        path = tmp_path / f"ledger{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        return open_ledger(f"sqlite:///{path}")

    machine = type("Here", (Engine,), {"fresh_ledger": staticmethod(fresh), "sandbox": served})
    run_state_machine_as_test(machine, settings=FEW)
