"""
The kill matrix: each kind of change, and a worker killed at each moment of it, run again until all is at rest.

What is staged is a SIGKILL of the process that applies; what is looked at is what the checker sees afterwards.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from include.model import Action, Fix, Ref
from include.store import decisions, findings
from include.store.ledger import Ledger
from tests.apply.cases import approved, states
from tests.sandboxes import Sandbox
from tests.torture import changes, checker
from tests.torture.gate import Gate, gated

PROJECT = Path(__file__).parents[2]
SECONDS = 60
LATER = (200, 400, 1_100, 1_300)  # when the lease is over, and when what is not there will not come any more


@dataclass(frozen=True)
class Moment:
    """Where the gate holds: relative to the write, which `{write}` stands for. `lost`: the platform never sees it."""

    match: str
    side: str
    since: str = ""
    lose: bool = False
    never_seen: bool = False


MOMENTS: Mapping[str, Moment] = {
    "K1 before it is claimed": Moment(".", "before", never_seen=True),
    "K2 claimed, and not sent": Moment("{read}", "after", since="{account}", never_seen=True),
    "K2 sent, and never seen": Moment("{write}", "before", lose=True, never_seen=True),
    "K3 done, and not answered": Moment("{write}", "after"),
    "K4 answered, and not read back": Moment("{read}", "before", since="{write}"),
    "K4 read back, and not written down": Moment("{read}", "after", since="{write}"),
}


@dataclass(frozen=True)
class Kind:
    """A change, and how its requests look: what asks for the account, what reads the record, what writes."""

    make: changes.Making
    account: str
    read: str
    write: str


def _reset(sandbox: Sandbox, which: int, number: int) -> tuple[Fix, ...]:
    account = changes.contacts(sandbox, "bigcommerce")[which]
    after = {"access": "reset", "note": f"Rollcall {number:012d}-reset"}
    return (Fix(Ref.parse(account.ref), Action.RESET_ACCESS, {"access": "kept"}, after),)


KINDS: Mapping[str, Kind] = {
    "address": Kind(changes.KINDS["shopify address"], r"shop\b", r"query.*customer\(", "customerUpdate"),
    "login and client": Kind(
        changes.KINDS["hosting login and client"], "WhmcsDetails", "GetUsers", "action=UpdateUser"
    ),
    "merge": Kind(changes.KINDS["merge"], "GET /hubspot/account", "GET /hubspot/crm/.*contacts/", "POST .*/merge"),
    "guest order": Kind(changes.KINDS["guest order"], "GET .*/store", "GET .*/orders/", "PUT .*/orders/"),
    "invitation": Kind(changes.KINDS["invitation"], r"shop\b", r"query.*customer\(", "customerSendAccountInvite"),
    "reset of access": Kind(_reset, "GET .*/store", "GET .*/customers", "PUT .*/customers"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of a cell: whether its moment came at all, and every promise that was broken."""

    struck: bool
    states: list[str]
    violations: list[str]


def run(sandbox: Sandbox, ledger: Ledger, kind: str, moment: str) -> Outcome:
    """One cell: approve, apply, kill at the moment, and let later runs bring it to rest."""
    sandbox.reset()
    approve(ledger, KINDS[kind].make(sandbox, 1, 1))
    with gated(Gate(sandbox.served.url)) as gate:
        gate.set(*held(kind, moment))
        struck = _killed(ledger, gate)
    later(ledger, sandbox)
    found = checker.violations(ledger.engine, sandbox.writes(), over=True)
    return Outcome(struck, states(ledger), found)


def held(kind: str, moment: str) -> tuple[str, str, str, bool]:
    """What the gate holds for this cell."""
    how, at = KINDS[kind], MOMENTS[moment]
    named = {"account": how.account, "read": how.read, "write": how.write}
    return at.match.format(**named), at.side, at.since.format(**named), at.lose


def approve(ledger: Ledger, fixes: tuple[Fix, ...], number: int = 1) -> str:
    """File and approve these fixes: by one person, and by a second one where one is not enough."""
    id = approved(ledger, *fixes, number=number, by=("ann",))
    row = findings.get(ledger, id)
    if row is not None and row.state == "half_approved":
        told = {"verdict": "approved", "reviewer": "bob", "version": row.version}
        decisions.decide(ledger, id, option_hash=row.options[0].hash, **told)
    return id


def _killed(ledger: Ledger, gate: Gate) -> bool:
    worker = start(ledger, gate.url, 0)
    while not gate.held.wait(0.05):
        if worker.poll() is not None:
            return False
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(SECONDS)
    gate.opened.set()
    return True


def start(ledger: Ledger, sandbox: str, *ahead: float, lease: int = 120) -> subprocess.Popen[bytes]:
    """A process that applies and verifies, as each run would that many seconds from now."""
    url = ledger.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.torture.worker", url, sandbox, *map(str, ahead)]
    env = os.environ | {"TORTURE_LEASE": str(lease)}
    return subprocess.Popen(command, cwd=PROJECT, env=env, start_new_session=True, stderr=subprocess.DEVNULL)


def later(ledger: Ledger, sandbox: Sandbox) -> None:
    """The runs that come after: all is at rest when they are over."""
    start(ledger, sandbox.served.url, *LATER).wait(SECONDS)
