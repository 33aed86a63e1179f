"""A backfill looks at past nights again: from what is stored, with nothing pulled, filed, closed or mailed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from include import stages
from include.errors import GateClosed, SnapshotMissing
from include.registry import names
from include.settings import Settings
from include.store import findings, schema
from include.store.ledger import Ledger
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.store.cases import a_finding, rows
from tests.test_stages import content, pulled

NIGHTS = ("2026-11-21", "2026-11-22", "2026-11-23")
WITHOUT = Settings(leave_out="hubspot")


@pytest.fixture(scope="module")
def nights(served, tmp_path_factory) -> SimpleNamespace:
    """Three good nights of one sandbox; HubSpot was left out of the second."""
    served.reset()
    store = open_store(str(tmp_path_factory.mktemp("nights")))
    for night in NIGHTS:
        settings = WITHOUT if night == NIGHTS[1] else Settings()
        snapshot = pulled(served, store, night, settings.left_out)
        stages.tabulate(snapshot, store, settings)
        stages.link(snapshot, store)
        for rule in names("rules"):
            stages.detect(rule, snapshot, store)
        snapshot.mark_filed()
    return SimpleNamespace(store=store)


@pytest.fixture
def filed(nights, ledger) -> Ledger:
    """A ledger that the last of the nights was filed in, and nothing else."""
    stages.file(nights.store.get("2026-11-23.1"), nights.store, ledger, Settings())
    return ledger


def began(store: Snapshots, night: str) -> Snapshot:
    """A night as the tasks of a backfill open it, days later."""
    due = datetime.fromisoformat(f"{night}T02:00:00").replace(tzinfo=UTC)
    return store.get(stages.begin(store, due, Settings(), due + timedelta(days=9)))


def looked_at_again(store: Snapshots, night: str, ledger: Ledger) -> tuple[Snapshot, dict[str, int]]:
    """What the night's tasks do, in their order; the gates are tried by a test of their own."""
    snapshot = began(store, night)
    stages.tabulate(snapshot, store, Settings())
    stages.link(snapshot, store, ledger)
    for rule in names("rules"):
        stages.detect(rule, snapshot, store)
    return snapshot, stages.file(snapshot, store, ledger, Settings())


def everything(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    return {table.name: rows(ledger, table) for table in schema.metadata.sorted_tables}


@pytest.mark.parametrize("night", NIGHTS)
def test_a_past_night_finds_the_same_bytes_and_the_ledger_stays_as_it_is(nights, filed, night, caplog):
    before, stored = everything(filed), content(nights.store.get(f"{night}.1"))
    with caplog.at_level("INFO", "include.stages"):
        snapshot, told = looked_at_again(nights.store, night, filed)
    assert (set(told.values()), everything(filed)) == ({0}, before)
    for rule in names("rules"):
        now, then = (snapshot.part(f"{which}/{rule}").whole("jsonl") for which in ("again", "findings"))
        assert now.read_bytes() == then.read_bytes()
        assert f"{rule} finds {snapshot.findings_of(rule)} in {night}.1, the same" in caplog.text
    kept = {name: bytes for name, bytes in content(snapshot).items() if not name.startswith("again/")}
    assert kept == {name: bytes for name, bytes in stored.items() if not name.startswith("again/")}
    assert sum(snapshot.findings_of(rule) for rule in names("rules")) > 10


def test_the_newest_night_is_not_filed_again_either(nights, filed):
    """What was proposed since is in no night: filed again, it would be closed as gone."""
    findings.file(filed, [a_finding()], NIGHTS[-1], whole=False)
    counts = findings.counts(filed)
    assert set(looked_at_again(nights.store, NIGHTS[-1], filed)[1].values()) == {0}
    assert findings.counts(filed) == counts


def test_what_a_rule_finds_otherwise_today_is_kept_beside_what_it_found_then(nights, filed, caplog):
    rule = names("rules")[0]
    snapshot = began(nights.store, NIGHTS[0])
    found = list(snapshot.part(f"findings/{rule}").findings())
    then = nights.store.get(f"{NIGHTS[0]}.1").part(f"findings/{rule}").whole("jsonl").read_bytes()
    snapshot.found(rule).write_findings(found[1:], anew=True)
    assert snapshot.findings_of(rule) == len(found) - 1
    assert nights.store.get(f"{NIGHTS[0]}.1").findings_of(rule) == len(found)
    assert stages.detect(rule, snapshot, nights.store) == len(found)
    assert snapshot.part(f"findings/{rule}").whole("jsonl").read_bytes() == then


@pytest.mark.gx
@pytest.mark.usefixtures("great_expectations")
@pytest.mark.parametrize("night", NIGHTS)
def test_the_gates_hold_a_past_night_to_what_it_was_held_to_then(nights, filed, night):
    """HubSpot was left out of one of them and is not tonight; and nothing is written of it."""
    looked_at_again(nights.store, night, filed)
    before = everything(filed)
    for gate in ("pulls", "tables", "people", "findings"):
        assert stages.check(gate, began(nights.store, night), nights.store, filed, Settings()) >= 0
    assert everything(filed) == before


@pytest.mark.gx
@pytest.mark.usefixtures("great_expectations")
def test_a_gate_closes_on_a_past_night_too_and_nothing_is_written_of_it(nights, filed, tmp_path):
    before, store = everything(filed), open_store(str(tmp_path))
    with pytest.raises(GateClosed):
        stages.check("findings", store.begin(NIGHTS[0]).again, store, filed, Settings())
    assert everything(filed) == before


def test_a_night_whose_pages_are_forgotten_is_judged_from_its_tables(nights, filed, tmp_path):
    store = open_store(str(shutil.copytree(nights.store.root.parent, tmp_path / "copy")))
    for page in (store.root / NIGHTS[0]).rglob("*.page"):
        page.unlink()
    snapshot, told = looked_at_again(store, NIGHTS[0], filed)
    assert set(told.values()) == {0}
    assert snapshot.found("email_mismatch").manifest() == snapshot.part("findings/email_mismatch").manifest()


def test_a_night_without_a_snapshot_says_so(nights):
    with pytest.raises(SnapshotMissing, match="no snapshot of 2026-11-14"):
        began(nights.store, "2026-11-14")


def test_of_two_attempts_the_one_that_was_filed_is_looked_at(nights, tmp_path):
    store = open_store(str(shutil.copytree(nights.store.root.parent, tmp_path / "copy")))
    later = store.begin(NIGHTS[0])
    for table in ("contacts", "orders"):
        later.part(table).write_table(store.get(f"{NIGHTS[0]}.1").part(table).table())
    assert began(store, NIGHTS[0]).name == f"{NIGHTS[0]}.1"
