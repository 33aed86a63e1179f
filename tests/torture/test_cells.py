"""The part of the kill matrix that all tests include: the worst moment of each kind, and each moment of one kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.store.ledger import Ledger, open_ledger
from tests.ledgers import TEMPLATE, numbers
from tests.sandboxes import Sandbox
from tests.torture import cells

WORST = "K3 done, and not answered"


def holds(sandbox: Sandbox, ledger: Ledger, kind: str, moment: str) -> None:
    outcome = cells.run(sandbox, ledger, kind, moment)
    assert outcome.struck, "the moment never came"
    assert outcome.violations == []
    lost = cells.MOMENTS[moment].lose
    assert set(outcome.states) <= ({"failed", "planned", "held"} if lost else {"applied", "already"})


@pytest.mark.parametrize("kind", list(cells.KINDS))
def test_a_worker_killed_before_it_heard_an_answer_leaves_nothing_to_repair(sandbox, sqlite_path: Path, kind):
    from include.store.ledger import upgrade

    url = f"sqlite:///{sqlite_path}"
    upgrade(url)
    holds(sandbox, open_ledger(url), kind, WORST)


@pytest.mark.postgres
@pytest.mark.parametrize("moment", [moment for moment in cells.MOMENTS if moment != WORST])
def test_a_worker_killed_at_any_moment_leaves_nothing_to_repair(sandbox, postgres_server, moment):
    name = f"rollcall_torture_{next(numbers)}"
    ledger = open_ledger(postgres_server.create(name, TEMPLATE))
    try:
        holds(sandbox, ledger, "address", moment)
    finally:
        postgres_server.drop(name)
