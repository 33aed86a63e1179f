"""The night's two heavy pieces of work on one world, each done by Rollcall and in plain pandas."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq

from include import stages
from include.people import addresses, names, phones
from include.registry import names as listed
from include.settings import settings
from include.store.snapshots import Snapshot, Snapshots
from include.store.tables import conform
from tests.benchmarks.naive.findings import detect
from tests.benchmarks.naive.tables import tabulate
from tests.benchmarks.timing import Work

MOST = 0.8  # of what is obvious; the rest Rollcall holds to be nobody's mistake, or another rule's


class Disagreement(AssertionError):
    """The two ways do not do the same work, so their times are not worth comparing."""


def works(snapshot: Snapshot, snapshots: Snapshots, scratch: Path) -> list[Work]:
    """Tabulate and detect of a night that was pulled. They run in this order: detect takes the tables of tabulate."""
    home = Path(str(snapshot.folder))
    tables = stages.tabulate(snapshot, snapshots, settings())
    rows = sum(tables.values())

    def fresh_tables() -> None:
        for part in tables:
            shutil.rmtree(home / part, ignore_errors=True)

    def fresh_findings() -> None:
        for part in ("people", "edges", "findings"):
            shutil.rmtree(home / part, ignore_errors=True)
        for form in (addresses.normal, names.normal, phones.normal):
            form.cache_clear()  # a night starts with none of them known

    def find() -> None:
        stages.link(snapshot, snapshots)
        for rule in listed("rules"):
            stages.detect(rule, snapshot, snapshots)

    parts = [home / name / "part.parquet" for name in ("contacts", "orders")]
    return [
        Work(
            "tabulate",
            rows,
            ours=lambda: stages.tabulate(snapshot, snapshots, settings()),
            naive=lambda: tabulate(home / "raw", scratch),
            fresh=fresh_tables,
            agree=lambda: same_tables(home, scratch),
        ),
        Work(
            "detect",
            rows,
            ours=find,
            naive=lambda: detect(*parts, scratch / "findings.jsonl"),
            fresh=fresh_findings,
            agree=lambda: same_findings(snapshot, scratch / "findings.jsonl"),
        ),
    ]


def same_tables(home: Path, scratch: Path) -> None:
    """Raise Disagreement unless both made the same rows, value for value."""
    for name in ("contacts", "orders"):
        ours = pq.read_table(home / name / "part.parquet")
        naive = conform(name, pq.read_table(scratch / f"{name}.parquet"))
        differing = [column for column in ours.column_names if not ours.column(column).equals(naive.column(column))]
        if differing or ours.num_rows == 0:
            raise Disagreement(f"{name}: {ours.num_rows} and {naive.num_rows} rows differ in {', '.join(differing)}")


def same_findings(snapshot: Snapshot, path: Path) -> None:
    """Raise Disagreement unless Rollcall found most of what plain pandas did, which is what is obvious."""
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    naive = {(rule, frozenset(refs)) for rule, refs in lines}
    rules = sorted({rule for rule, _ in naive})
    found = ((rule, each) for rule in rules for each in snapshot.part(f"findings/{rule}").findings())
    ours = {(rule, frozenset(map(str, (each.subject, *each.others)))) for rule, each in found}
    subjects = {(rule, ref) for rule, refs in ours for ref in refs}
    shared = [one for one in naive if any((one[0], ref) in subjects for ref in one[1])]
    if not naive or len(naive) != len(lines) or len(shared) < MOST * len(naive):
        raise Disagreement(f"of {len(lines)} findings by pandas Rollcall has {len(shared)}")
