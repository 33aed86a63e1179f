"""Filing a night: the newest one, once, with what a left-out platform explains; an older one files nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from include import stages
from include.errors import GateClosed
from include.registry import names
from include.settings import Settings
from include.store import findings, schema
from include.store import nights as kept
from include.store.schema import finding
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.test_stages import content, pulled


@pytest.fixture(scope="module")
def nights(served, tmp_path_factory) -> SimpleNamespace:
    """Two nights of one sandbox, from the pull to the findings."""
    served.reset()
    store = open_store(str(tmp_path_factory.mktemp("nights")))
    both = [detected(pulled(served, store, night), store) for night in ("2026-11-22", "2026-11-23")]
    for snapshot in both:
        snapshot.mark_filed()
    return SimpleNamespace(store=store, older=both[0], newer=both[1])


def detected(snapshot: Snapshot, store: Snapshots, settings: Settings | None = None) -> Snapshot:
    stages.tabulate(snapshot, store, settings or Settings())
    stages.link(snapshot, store)
    for rule in names("rules"):
        stages.detect(rule, snapshot, store)
    return snapshot


def test_a_night_is_filed_and_filed_again_without_anything_new(nights, ledger):
    found = sum(nights.newer.findings_of(rule) for rule in names("rules"))
    first = stages.file(nights.newer, nights.store, ledger, Settings())
    again = stages.file(nights.newer, nights.store, ledger, Settings())
    assert first == {"new": found, "known": 0, "reopened": 0, "gone": 0} != again
    assert again == {"new": 0, "known": found, "reopened": 0, "gone": 0}


def test_an_older_night_detects_again_and_files_nothing(nights, ledger, caplog):
    before = content(nights.older)
    with caplog.at_level("INFO", "include.stages"):
        told = stages.file(detected(nights.older, nights.store), nights.store, ledger, Settings())
    assert (told, findings.counts(ledger)) == ({"new": 0, "known": 0, "reopened": 0, "gone": 0}, {})
    assert content(nights.older) == before
    assert "2026-11-23.1 was filed after 2026-11-22.1" in caplog.text


@pytest.mark.parametrize(("minutes", "comes_back"), [(1, False), (-1, True)], ids=["during-the-night", "before-it"])
def test_what_was_settled_while_the_night_ran_has_not_come_back(nights, ledger, minutes, comes_back):
    new = stages.file(nights.newer, nights.store, ledger, Settings())["new"]
    settled = nights.newer.begun_at() + timedelta(minutes=minutes)
    with ledger.write() as connection:
        connection.execute(sa.update(finding).values(state="settled", changed_at=settled))
    filed = stages.file(nights.newer, nights.store, ledger, Settings())
    assert filed["reopened"] == (new if comes_back else 0)


def test_a_platform_that_is_left_out_is_judged_by_nobody(nights, ledger, served, tmp_path):
    """Its rows of the last good night explain those of others; what is found on them is neither new nor gone."""
    stages.file(nights.newer, nights.store, ledger, Settings())
    before = findings.page(ledger, limit=1000)
    store = open_store(str(shutil.copytree(nights.store.root.parent, tmp_path / "copy")))
    without = Settings(leave_out="hubspot")
    snapshot = detected(pulled(served, store, "2026-11-24", without=("hubspot",)), store, without)
    assert snapshot.part("contacts").whole("parquet").read_bytes() == (
        nights.newer.part("contacts").whole("parquet").read_bytes()
    )
    filed = stages.file(snapshot, store, ledger, without)
    assert (filed["gone"], filed["new"], filed["reopened"]) == (0, 0, 0)
    assert {row.id for row in findings.page(ledger, limit=1000)} == {row.id for row in before} != set()


def test_what_is_filed_is_bound_to_the_accounts_that_were_pulled(nights, served, ledger):
    stages.file(nights.newer, nights.store, ledger, Settings())
    with ledger.read() as connection:
        rows = connection.execute(sa.select(schema.fix.c.platform, schema.fix.c.account)).all()
    bound = {(row.platform, row.account) for row in rows}
    assert bound == {(name, served.open(name).api.account()) for name, _ in bound}
    assert len(bound) > 3


def test_what_the_night_did_is_kept_with_its_findings(nights, ledger):
    found = sum(nights.newer.findings_of(rule) for rule in names("rules"))
    for _ in range(2):
        stages.file(nights.newer, nights.store, ledger, Settings(leave_out="whois"))
    (night,) = kept.recent(ledger)
    assert night.filed is not None
    told = night.filed.told
    assert (night.attempt, told["new"], told["left_out"]) == ("2026-11-23.1", 0, ["whois"])
    assert sum(told["waiting"].values()) == told["known"] <= found
    assert told["found"] == {rule: nights.newer.findings_of(rule) for rule in names("rules")}
    assert told["pulled"].keys() == set(names("platforms"))
    assert told["pulled"]["hubspot"]["rows"] > 0 < told["tables"]["contacts"]
    assert told["not_compared"] == nights.newer.not_compared()


def test_each_gate_and_why_it_closed_is_kept_but_of_a_night_of_the_past_nothing(
    nights, ledger, tmp_path, great_expectations
):
    shutil.copytree(str(nights.store.root.parent), tmp_path / "copy")
    store = open_store(str(tmp_path / "copy"))
    snapshot = store.get("2026-11-23.1")
    assert stages.check("tables", snapshot, store, ledger, Settings()) > 0
    assert kept.recent(ledger) == []
    (snapshot.folder / "filed.json").unlink()
    held = stages.check("tables", snapshot, store, ledger, Settings())
    shutil.rmtree(str(snapshot.part("people").folder))
    with pytest.raises(GateClosed) as closed:
        stages.check("people", snapshot, store, ledger, Settings())
    (night,) = kept.recent(ledger)
    assert night.steps["tables"].told == {"held": held}
    assert (night.steps["people"].problem, night.stopped) == (str(closed.value), night.steps["people"])


def test_a_night_is_written_down_when_it_begins_and_one_of_the_past_is_not(nights, ledger, tmp_path):
    store = open_store(str(tmp_path))
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert stages.begin(store, now, Settings(), now, ledger) == "2026-11-23.1"
    assert stages.begin(nights.store, now - timedelta(days=1), Settings(), now, ledger).startswith("2026-11-22.1")
    assert [(night.attempt, list(night.steps)) for night in kept.recent(ledger)] == [("2026-11-23.1", ["begun"])]
