"""A support desk over the company of `tests.sandbox.hosting_world`: requests, reviewers, and the DAGs' verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from include import planning, requests
from include.platforms import Platform
from include.review import deciding
from include.settings import Settings
from include.store import findings, outbox
from include.store import requests as kept
from include.store.findings import FindingRow
from include.store.ledger import Ledger
from include.store.requests import RequestRow
from include.store.snapshots import Snapshots, open_store
from tests.apply.cases import Clock, Worker
from tests.sandbox.hosting_world import Stack

NEW = "ann@new.example"
SETTINGS = Settings(apply="on", sandbox=True)


def form(**said: Any) -> dict[str, Any]:
    """What the form sends for Ann, who wants the address of her new shop."""
    return {
        "client": "ann@example.com",
        "new_address": said.get("new_address", NEW),
        "new_address_again": said.get("new_address", NEW),
        "person": "same",
        "proof_kind": "call_back",
        "proof_reference": "ticket 4711",
        "proof_seen_by": "Sam Support",
        "proof_seen_on": datetime.now(UTC).date().isoformat(),
        "reason": "her provider closes down",
        "cpanel": True,
        "domains": ["a.example", "c.example"],
    } | said


@dataclass
class SupportDesk:
    """Who takes requests down, and what becomes of them."""

    ledger: Ledger
    open: Callable[[str], Platform]
    nights: Path
    opened: list[str] = field(default_factory=list)

    @property
    def snapshots(self) -> Snapshots:
        return open_store(str(self.nights))

    def ask(self, by: str = "ann support", **said: Any) -> int:
        (id,) = kept.add(self.ledger, [self.read(**said).as_json()], by)
        return id

    @staticmethod
    def read(**said: Any) -> requests.Request:
        return requests.read(form(**said), datetime.now(UTC).date())

    def plan(self, conf: dict[str, Any] | None = None) -> None:
        """One run of the DAG, to its end."""
        ids = planning.take(self.ledger, conf)
        planning.locate(self.ledger, ids, self._open)
        planning.preflight(self.ledger, ids, self._open, self.snapshots, SETTINGS)
        planning.file(self.ledger, ids, SETTINGS)

    def planned(self, **said: Any) -> RequestRow:
        id = self.ask(**said)
        self.plan()
        return self.row(id)

    def row(self, id: int) -> RequestRow:
        row = kept.get(self.ledger, id)
        assert row is not None
        return row

    def finding(self, id: int) -> FindingRow:
        found = findings.get(self.ledger, str(self.row(id).finding_id))
        assert found is not None
        return found

    def approve(self, id: int, *by: str) -> str:
        """Have people approve what a request led to; the state it is in then."""
        state = ""
        for reviewer in by or ("bob", "cleo"):
            row = self.finding(id)
            if row.state == "approved":
                break
            option = row.options[0]
            told = {"verdict": "approved", "version": row.version, "option_hash": option.hash, "reason": "seen"}
            state = deciding.decide(self.ledger, row.id, reviewer=reviewer, **told)
        return state

    def apply(self, *, hours: float = 25) -> dict[str, int]:
        """A run of the apply DAG so many hours from now: once the old address has had its time to object."""
        clock = Clock(datetime.now(UTC) + timedelta(hours=hours))
        worker = Worker(self.ledger, SimpleNamespace(open=self._open), clock)  # type: ignore[arg-type]
        return worker.apply()

    def done(self, **said: Any) -> RequestRow:
        """A request from the telephone to the last receipt."""
        row = self.planned(**said)
        self.approve(row.id)
        self.apply()
        return self.row(row.id)

    def _open(self, name: str) -> Platform:
        self.opened.append(name)
        return self.open(name)

    def told(self, id: int) -> list[tuple[str, str, str, str | None]]:
        """The messages to the old and the new address."""
        return outbox.told(self.ledger, str(self.row(id).finding_id))


def approved(desk: SupportDesk, **said: Any) -> int:
    """A request that was planned, and approved by as many people as must; its number."""
    row = desk.planned(**said)
    assert desk.approve(row.id) == "approved"
    return row.id


def written(stack: Stack) -> list[str]:
    """The records that a platform has changed, in the order of the writes."""
    return [one["record"] for one in stack.desk.writes if one["effect"] == "applied"]
