"""The same night gives the same bytes: in another order of rows, other batches, other hashes, on another engine."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from include.model import Contact, Order
from include.registry import names
from include.store.tables import of_rows
from tests.benchmarks.scale.world import write
from tests.rules.test_planted import pulled

CONTACTS = 1_500  # more rows than an engine takes at once, orders included


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A night's tables, and the findings in them."""
    tables = tmp_path_factory.mktemp("identity") / "tables"
    tables.mkdir()
    write(CONTACTS, tables)
    return tables, findings(tables, PYTHONHASHSEED="1")


def findings(tables: Path, **environ: str) -> bytes:
    """What the command finds, in a process of its own."""
    out = tables.with_name(f"{tables.name}.jsonl")
    command = [sys.executable, "-m", "include.detect", "--tables", str(tables), "--out", str(out)]
    subprocess.run(command, env=os.environ | environ, capture_output=True, check=True)
    return out.read_bytes()


def anew(tables: Path, folder: Path) -> Path:
    """The same tables with their rows in another order, in many small batches."""
    folder.mkdir()
    for name in ("contacts.parquet", "orders.parquet"):
        table = pq.read_table(tables / name)
        rows = list(range(table.num_rows))
        random.Random(3).shuffle(rows)
        pq.write_table(table.take(rows), folder / name, row_group_size=257)
    return folder


def test_rows_in_another_order_and_other_batches_and_hashes_give_the_same_bytes(night, tmp_path):
    tables, before = night
    assert before.count(b"\n") > 100
    assert findings(anew(tables, tmp_path / "tables"), PYTHONHASHSEED="4711") == before


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed: `make test-spark`")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java, which Spark runs on")
def test_spark_gives_the_same_bytes(tmp_path):
    rows, _ = pulled(100, 5)
    (tmp_path / "few").mkdir()
    for name, kind in (("contacts", Contact), ("orders", Order)):
        some = of_rows(name, [row for row in rows if isinstance(row, kind)])
        pq.write_table(some, tmp_path / "few" / f"{name}.parquet")
    before = findings(tmp_path / "few")
    environ = {"ROLLCALL_ENGINE": "pyspark", "SPARK_LOCAL_IP": "127.0.0.1"}
    assert {json.loads(line)["rule"] for line in before.splitlines()} == set(names("rules"))
    assert findings(anew(tmp_path / "few", tmp_path / "tables"), **environ) == before
