"""Three nights of one sandbox: find, decide, apply with merges; and then nothing that was decided comes back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from include import stages
from include.registry import names
from include.settings import Settings
from include.store import apart, decisions, findings, fixes
from include.store.ledger import Ledger
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.apply.cases import Worker
from tests.sandboxes import Sandbox

NIGHTS = ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26")
CAPS = ("cap_set_email", "cap_merge", "cap_attach", "cap_access", "cap_same_address")
SETTINGS = Settings(full_pull_days=7)


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


def pulled(sandbox: Sandbox, store: Snapshots, night: str) -> Snapshot:
    snapshot = store.begin(night)
    before = store.before(snapshot)
    for name in names("platforms"):
        stages.pull(sandbox.open(name), snapshot, before, SETTINGS.full_pull_days)
    return snapshot


def judged(snapshot: Snapshot, store: Snapshots, ledger: Ledger) -> dict[str, int]:
    stages.tabulate(snapshot, store, SETTINGS)
    stages.link(snapshot, store, ledger)
    for rule in names("rules"):
        stages.detect(rule, snapshot, store)
    return stages.file(snapshot, store, ledger, SETTINGS)


def say(ledger: Ledger, row: findings.FindingRow, verdict: str, reason: str = "I asked them.") -> None:
    for reviewer in ("ada", "grace"):
        told: dict[str, Any] = {"verdict": verdict, "reviewer": reviewer, "reason": reason, "version": row.version}
        if verdict == "approved":
            told["option_hash"] = row.options[row.recommended or 0].hash
        if decisions.decide(ledger, row.id, **told) != "half_approved":
            return


def decided(ledger: Ledger) -> SimpleNamespace:
    """Every merge and half of what else is recommended are approved; the others are rejected, one as no pair."""
    waiting = findings.page(ledger, limit=1000)
    merges = [row for row in waiting if row.rule == "duplicate_contact" and row.recommended is not None]
    others = [row for row in waiting if row not in merges]
    kept_apart = next(row for row in others if row.rule == "email_mismatch")
    approved = [row for row in others if row.recommended is not None and row is not kept_apart][::2]
    rejected = [row for row in others if row is not kept_apart and row not in approved]
    for row in (*merges, *approved):
        say(ledger, row, "approved")
    for row in rejected:
        say(ledger, row, "rejected")
    say(ledger, kept_apart, "rejected", apart.REASON)
    return SimpleNamespace(merges=merges, approved=approved, rejected=rejected, apart=kept_apart)


def states(ledger: Ledger, rows: list[findings.FindingRow]) -> set[str]:
    return {found.state for row in rows if (found := findings.get(ledger, row.id))}


def test_what_was_decided_and_applied_is_silent_in_every_night_after(sandbox, store, ledger):
    assert judged(pulled(sandbox, store, NIGHTS[0]), store, ledger)["new"] > 10
    said = decided(ledger)
    early = pulled(sandbox, store, NIGHTS[1])  # begun before the fixes were applied: it sees none of them
    told = Worker(ledger, sandbox).apply(**dict.fromkeys(CAPS, 1000))
    assert set(told) <= {"applied", "already"}
    assert len(said.merges) > 0 < len(fixes.aliases(ledger))
    assert states(ledger, [*said.merges, *said.approved]) == {"settled"}
    filed = [judged(early, store, ledger)]
    filed += [judged(pulled(sandbox, store, night), store, ledger) for night in NIGHTS[2:]]
    assert [(night["new"], night["reopened"]) for night in filed] == [(0, 0)] * 3
    assert states(ledger, [*said.merges, *said.approved]) == {"settled"}
    assert states(ledger, said.rejected) <= {"rejected", "gone"}
    last = store.get(f"{NIGHTS[3]}.1")
    assert last.raw("hubspot").manifest().planned.since  # it was asked only for what changed
    people = last.part("people").table().to_pylist()
    person = {row["contact"]: row["person"] for row in people}
    together = [person.get(ref, f"{ref} alone") for ref in (said.apart.subject, *said.apart.others)]
    assert len(set(together)) == len(together)
    assert findings.get(ledger, said.apart.id).state == "gone"
    assert last.not_compared().keys() <= {
        "no_address", "unreadable_address", "task_address", "shared_address", "shared_phone", "no_name", "full_group"
    }  # fmt: skip
    assert last.not_compared()["task_address"] > 0
