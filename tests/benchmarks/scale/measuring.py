"""
The sides of the scale benchmark, each run in a process of its own, and what that process took.

What counts is a whole process, imports and all: CPU is user and system time of all its threads, memory its peak.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).parents[3]
PLANTED = ("email_mismatch", "duplicate_contact", "orphaned_order")
SIDES = {
    "rollcall": ("include.detect", "--tables", "{tables}", "--out", "{out}"),
    "sql": ("tests.benchmarks.scale.sql", "{tables}", "{out}"),
    "pandas": ("tests.benchmarks.scale.naive", "{tables}", "{out}"),
}


class Failed(RuntimeError):
    """A side did not come to its end."""


@dataclass(frozen=True)
class Taken:
    """What a process took: `cpu` in seconds, `peak` in MiB. `found`: how many, by rule."""

    cpu: float
    peak: float
    found: dict[str, int]


def run(side: str, tables: Path, out: Path) -> Taken:
    """Run a side over the tables of a folder. Raises Failed."""
    words = [word.format(tables=tables, out=out) for word in SIDES[side]]
    log = out.with_suffix(".log")
    with log.open("wb") as said:
        child = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Failed(f"{side} ended with {child.returncode}: {log.read_text()[-2000:]}")
    found: dict[str, int] = {}
    for rule, _ in findings(out):
        found[rule] = found.get(rule, 0) + 1
    return Taken(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, found)


def findings(out: Path) -> list[tuple[str, frozenset[str]]]:
    """What a side wrote: the rule and the records of each finding."""
    try:
        rows = pq.read_table(out).to_pylist()
    except ValueError:  # Rollcall writes lines of JSON
        told = map(json.loads, out.read_text("ascii").splitlines())
        return [(one["rule"], frozenset((one["subject"], *one["others"]))) for one in told]
    return [(row["rule"], frozenset(ref for ref in (row["subject"], *row["refs"]) if ":" in ref)) for row in rows]


def missed(tables: Path, out: Path) -> dict[str, int]:
    """How many of the planted a side did not find, by rule."""
    found = findings(out)
    at: dict[tuple[str, str], set[frozenset[str]]] = {}
    for rule, refs in found:
        for ref in refs:
            at.setdefault((rule, ref), set()).add(refs)
    planted = json.loads((tables / "planted.json").read_text())
    return {
        rule: sum(not any(set(refs) <= group for group in at.get((rule, refs[0]), ())) for refs in planted[rule])
        for rule in PLANTED
    }


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """The power of the size by which the values grow: the slope of a line through their logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    middle = sum(x) / len(x), sum(y) / len(y)
    across = sum((one - middle[0]) ** 2 for one in x)
    return sum((one - middle[0]) * (other - middle[1]) for one, other in zip(x, y, strict=True)) / across
