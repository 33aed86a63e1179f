"""An approved option over records of the sandbox, a worker with a clock of its own, and what the ledger says after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from include import apply
from include.digests import finding_id
from include.model import Action, Evidence, Finding, Fix, Option, Ref
from include.platforms import fingerprint
from include.settings import Settings
from include.store import decisions, findings
from include.store.ledger import Ledger
from include.store.schema import finding, fix, notice, receipt
from tests.sandboxes import Sandbox

NEW = "somebody.new@post.example"
SETTINGS = Settings(apply="on", sandbox=True)
WHMCS = fingerprint("whmcs", "127.0.0.1/whmcs")
ACCOUNTS = {  # of every sandbox, whatever its port
    "bigcommerce": fingerprint("bigcommerce", "sandbox"),
    "cpanel": fingerprint("whm", "127.0.0.1/whm"),
    "hubspot": fingerprint("hubspot", "891936587"),
    "shopify": fingerprint("shopify", "1"),
    "whmcs": WHMCS,
    "whois": WHMCS,
}
REASON = "the caller proved who she is"


@dataclass
class Clock:
    """A worker's time: it passes when the worker sleeps, and when a test says so."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Worker:
    """Runs the apply DAG's verbs on one ledger and one sandbox."""

    ledger: Ledger
    sandbox: Sandbox
    clock: Clock = field(default_factory=Clock)

    def apply(self, **settings: Any) -> dict[str, int]:
        return self._run(apply.apply_approved, settings)

    def verify(self, **settings: Any) -> dict[str, int]:
        return self._run(apply.verify, settings)

    def _run(self, verb: Any, settings: dict[str, Any]) -> dict[str, int]:
        clock = self.clock
        told: dict[str, int] = verb(
            self.ledger,
            self.sandbox.open,
            replace(SETTINGS, **settings),
            now=clock.now,
            sleep=clock.sleep,
            clock=clock.seconds,
        )
        return told


def a_finding(*fixes: Fix, number: int = 1) -> Finding:
    option = Option("use the new address", fixes)
    because = (Evidence("same_phone", 0.5, "The phone numbers are equal."),)
    return Finding("email_mismatch", Ref(f"shop{number}", "customer", "1"), (), 0.9, because, (option,), 0)


def approved(ledger: Ledger, *fixes: Fix, number: int = 1, by: tuple[str, ...] = ()) -> str:
    """File a finding with one option of these fixes, approve it by as many as must, and return the finding's id."""
    told = a_finding(*fixes, number=number)
    file(ledger, told, number)
    approve(ledger, told, by)
    return finding_id(told.key)


def file(ledger: Ledger, told: Finding, number: int) -> None:
    """File one more finding: the others are of shops that are left out, and stay as they are."""
    others = {f"shop{other}" for other in range(20)} - {f"shop{number}"}
    findings.file(ledger, [told], "2026-11-23", left_out=others, accounts=ACCOUNTS)


def approve(ledger: Ledger, told: Finding, by: tuple[str, ...] = ()) -> None:
    id = finding_id(told.key)
    row = findings.get(ledger, id)
    assert row is not None
    hash = row.options[0].hash
    for reviewer in by or ("ada", "bo")[: row.options[0].people]:
        asked = {"verdict": "approved", "reviewer": reviewer, "reason": REASON}
        decisions.decide(ledger, id, version=row.version, option_hash=hash, **asked)


def email_fix(sandbox: Sandbox, platform: str, kind: str, new: str = NEW, skip: int = 0) -> Fix:
    held = [a for a in sandbox.world.of(platform, kind) if "@" in (a.email or "") and a.state in (None, "activated")]
    account = held[skip]
    consent = (
        {"consent": f"ticket 1, taken on {datetime.now(UTC).date()} ({account.ref})"} if platform == "whois" else {}
    )
    return Fix(Ref.parse(account.ref), Action.SET_EMAIL, {"email": account.email}, {"email": new, **consent})


def owner_and_client(sandbox: Sandbox, new: str = NEW) -> tuple[Fix, Fix]:
    """The two fixes of a hosting client's address, the login before the client."""
    logins = {account.human: account for account in sandbox.world.of("whmcs", "login")}
    client = next(one for one in sandbox.world.of("whmcs", "client") if one.human in logins and one.email)
    both = (logins[client.human], client)
    return tuple(Fix(Ref.parse(one.ref), Action.SET_EMAIL, {"email": one.email}, {"email": new}) for one in both)


def state_of(ledger: Ledger, id: str) -> tuple[str, int]:
    with ledger.read() as connection:
        row = connection.execute(sa.select(finding.c.state, finding.c.version).where(finding.c.id == id)).one()
    return row.state, row.version


def states(ledger: Ledger) -> list[str]:
    """The states of all fixes, in the order they were filed."""
    with ledger.read() as connection:
        return list(connection.execute(sa.select(fix.c.state).order_by(fix.c.id)).scalars())


def receipts_of(ledger: Ledger) -> list[tuple[str, str | None]]:
    with ledger.read() as connection:
        rows = connection.execute(sa.select(receipt.c.outcome, receipt.c.detail).order_by(receipt.c.id))
        return [(row.outcome, row.detail) for row in rows]


def told_to(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return sorted(connection.execute(sa.select(notice.c.recipient)).scalars())
