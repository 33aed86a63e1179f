"""An account at BigCommerce is handed over once, by its marker seen to be, and its new password is in no ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from include.model import Action, Fix, Ref
from include.store.schema import metadata
from tests.apply.cases import Worker, approved, receipts_of, state_of

MARKER = "Rollcall 0123456789ab-01234567"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def reset(sandbox) -> Fix:
    account = sandbox.world.of("bigcommerce", "customer")[0]
    after = {"access": "reset", "note": MARKER}
    return Fix(Ref.parse(account.ref), Action.RESET_ACCESS, {"access": "kept"}, after)


@pytest.fixture
def passwords(sandbox) -> list[str]:
    """The passwords that reach the sandbox."""
    heard: list[str] = []
    faults = sandbox.served.app.state.sandbox.faults
    app = faults.app

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        async def hear() -> Any:
            message = await receive()
            heard.extend(one["authentication"]["new_password"] for one in json.loads(message["body"]))
            return message

        await app(scope, hear if scope["method"] == "PUT" else receive, send)

    faults.app = listening
    return heard


def everything(ledger) -> str:
    """Every value of every row that the ledger holds."""
    with ledger.read() as connection:
        rows = [row for table in metadata.tables.values() for row in connection.execute(sa.select(table))]
    assert rows
    return repr([tuple(row) for row in rows])


@pytest.mark.parametrize(
    ("fault", "outcomes"),
    [
        pytest.param(None, ["applied"], id="answered"),
        pytest.param("reset_after", ["applied"], id="done-without-an-answer"),
        pytest.param("truncate", ["applied"], id="done-with-half-an-answer"),
        pytest.param("refused", ["refused"], id="refused"),
        pytest.param("502", ["unknown", "failed"], id="lost-on-its-way"),
    ],
)
def test_a_password_is_sent_once_and_kept_nowhere(worker, sandbox, ledger, reset, passwords, fault, outcomes):
    served = sandbox.served.app.state.sandbox
    if fault == "refused":
        served.desk.switches["bigcommerce_password_refused"] = True
    elif fault:
        sandbox.arm({"platform": "bigcommerce", "match": "^PUT", "fault": fault})
    approved(ledger, reset)
    worker.apply()
    worker.clock.sleep(86_400)
    worker.verify()
    worker.apply()
    assert [outcome for outcome, _ in receipts_of(ledger)] == outcomes
    assert len(passwords) == (fault != "502")
    for password in passwords:
        assert password not in everything(ledger) + json.dumps(served.desk.writes)


def test_a_reset_that_somebody_else_forced_is_made_nevertheless(worker, sandbox, ledger, reset, passwords):
    sandbox.open("bigcommerce").api.update_customer(
        reset.target.id, authentication={"force_password_reset": True, "new_password": "their0wn-choice"}
    )
    id = approved(ledger, reset)
    assert worker.apply() == {"applied": 1}
    assert len(passwords) == 2
    assert state_of(ledger, id) == ("settled", 1)
