"""The scale benchmark's sides find the same on a small night, and its command runs to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.scale.measuring import PLANTED, ROOT, exponent, findings, missed, run
from tests.benchmarks.scale.world import write

Found = set[tuple[str, frozenset[str]]]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Callable[[str], Path]]:
    """The tables of a small night, and what each side finds in them, asked for once."""
    folder = tmp_path_factory.mktemp("scale")
    tables = folder / "tables"
    tables.mkdir()
    write(2_000, tables)

    def found(side: str) -> Path:
        out = folder / side
        if not out.exists():
            run(side, tables, out)
        return out

    return tables, found


def of_three_rules(out: Path) -> Found:
    return {(rule, refs) for rule, refs in findings(out) if rule in PLANTED}


@pytest.mark.parametrize("side", ["rollcall", "sql", "pandas"])
def test_every_side_finds_all_that_was_planted(side, sides):
    tables, found = sides
    assert missed(tables, found(side)) == dict.fromkeys(PLANTED, 0)


@pytest.mark.parametrize("side", ["sql", "pandas"])
def test_what_rollcall_finds_the_other_sides_find_too_and_no_more(side, sides):
    _, found = sides
    ours, theirs = of_three_rules(found("rollcall")), of_three_rules(found(side))
    assert {rule for rule, _ in ours} == set(PLANTED)
    assert ours == theirs


def test_what_is_not_found_is_counted_as_missed(sides, tmp_path):
    tables, found = sides
    lines = found("rollcall").read_text("ascii").splitlines()
    kept = [line for line in lines if json.loads(line)["rule"] != "duplicate_contact"]
    (tmp_path / "fewer").write_text("".join(f"{line}\n" for line in kept), "ascii")
    lost = missed(tables, tmp_path / "fewer")
    assert lost == {"email_mismatch": 0, "duplicate_contact": len(lines) - len(kept), "orphaned_order": 0}


def test_the_same_size_is_the_same_night(sides, tmp_path):
    write(2_000, tmp_path)
    assert all((tmp_path / path.name).read_bytes() == path.read_bytes() for path in sides[0].iterdir())


@pytest.mark.parametrize(("values", "power"), [([1, 2, 4], 1.0), ([1, 4, 16], 2.0), ([3, 3, 3], 0.0)])
def test_growth_is_the_power_of_the_size(values, power):
    assert exponent([10, 20, 40], values) == pytest.approx(power)


def test_the_command_runs_to_its_end():
    command = [sys.executable, "-m", "tests.benchmarks.scale", "--contacts", "500", "--rounds", "1", "--grow", "1000"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "COLUMNS": "200"}, capture_output=True, text=True, check=True
    )
    for said in ("rollcall to sql", "rollcall to pandas", "Peak memory", "to the power"):
        assert said in done.stdout
