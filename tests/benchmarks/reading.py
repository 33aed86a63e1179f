"""What reading a DAG file costs on top of `import airflow.sdk`: every scheduler and every task pays it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

ROOT = Path(__file__).parents[2]
ASK = """
import json, runpy, sys, time
began = time.perf_counter()
import airflow.sdk
imported = time.perf_counter()
runpy.run_path(sys.argv[1])
print(json.dumps([imported - began, time.perf_counter() - imported]))
"""


def reading(rounds: int, home: Path) -> Table:
    """A table of every DAG file: both costs were taken in one fresh interpreter each round."""
    table = Table(title=f"Reading a DAG file, {rounds} rounds", title_justify="left")
    table.add_column("file")
    for heading in ("import airflow.sdk, ms", "the file adds, ms: min", "median", "max"):
        table.add_column(heading, justify="right")
    for path in sorted((ROOT / "dags").glob("*.py")):
        told = [_once(path, home) for _ in range(rounds + 1)][1:]  # the first one writes byte code
        before, added = ([1000 * one[side] for one in told] for side in (0, 1))
        values = (statistics.median(before), min(added), statistics.median(added), max(added))
        table.add_row(path.stem, *(f"{value:,.0f}" for value in values))
    return table


def _once(path: Path, home: Path) -> Sequence[float]:
    environment = os.environ | {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", ASK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    told: list[float] = json.loads(done.stdout.splitlines()[-1])
    return told
