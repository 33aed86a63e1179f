"""The benchmarks run to their end on a tiny world, take turns, and refuse to time two ways that do different work."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.timing import Timed, Work, timed
from tests.benchmarks.works import Disagreement, works
from tests.benchmarks.worlds import pulled

HOME = Path(__file__).parents[2]


def work(events: list[str], agree: object = None) -> Work:
    """Work that writes down what is asked of it."""

    def held_against() -> None:
        events.append("agree")
        if agree is not None:
            raise Disagreement(agree)

    return Work(
        "counting",
        100,
        ours=lambda: events.append("ours"),
        naive=lambda: events.append("naive"),
        fresh=lambda: events.append("fresh"),
        agree=held_against,
    )


def test_both_are_held_against_each_other_once_and_then_take_turns():
    events: list[str] = []
    timed(work(events), 2)
    assert events == ["fresh", "ours", "naive", "agree", *["fresh", "ours", "naive"] * 2]


def test_what_does_not_agree_is_not_timed():
    events: list[str] = []
    with pytest.raises(Disagreement):
        timed(work(events, agree="they differ"), 2)
    assert events == ["fresh", "ours", "naive", "agree"]


def test_a_ratio_is_of_one_round_and_above_1_where_ours_is_faster():
    seconds = itertools.accumulate([0, 2, 0, 1, 0, 1, 0, 4, 0, 2, 0, 6])  # ours 2, naive 1; 1, 4; 2, 6
    result = timed(work([]), 3, clock=lambda: next(seconds))
    assert (result.ours, result.naive) == ([2, 1, 2], [1, 4, 6])
    assert result.ratios() == (0.5, 3.0, 4.0)
    assert result.speeds() == (50.0, 25.0)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Work], Path]:
    folder = tmp_path_factory.mktemp("bench")
    snapshot, snapshots = pulled(40, 7, folder / "store")
    return works(snapshot, snapshots, folder), folder


def test_rollcall_and_plain_pandas_do_the_same_work_on_a_tiny_world(tiny: tuple[list[Work], Path]):
    results: list[Timed] = [timed(each, 1) for each in tiny[0]]
    assert [result.work.name for result in results] == ["tabulate", "detect"]
    assert all(ratio > 0 for result in results for ratio in result.ratios())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda lines: [line.replace(":", ":9") for line in lines], id="others"),
        pytest.param(lambda lines: [*lines, lines[0]], id="twice"),
        pytest.param(lambda lines: [], id="none"),
    ],
)
def test_findings_that_differ_are_noticed(tiny: tuple[list[Work], Path], spoil):
    (_, detect), folder = tiny
    detect.fresh()
    detect.ours()
    detect.naive()
    path = folder / "findings.jsonl"
    lines = path.read_text("ascii").splitlines()
    assert {json.loads(line)[0] for line in lines} == {"email_mismatch", "duplicate_contact", "orphaned_order"}
    path.write_text("\n".join(spoil(lines)), encoding="ascii")
    with pytest.raises(Disagreement):
        detect.agree()


@pytest.mark.airflow  # it reads the DAG files too
def test_make_bench_reports_each_work_in_a_table_and_says_what_is_measured():
    command = [sys.executable, "-m", "tests.benchmarks", "--people", "20", "--people", "40", "--paged", "80"]
    command += ["--rounds", "1", "--pages", "6", "--turns", "1", "--asked", "20", "--listed", "200"]
    plain = os.environ | {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}
    told = subprocess.run(command, cwd=HOME, env=plain, capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 0, told.stderr
    rows = [line.split("│")[1:3] for line in told.stdout.splitlines() if line.startswith("│")]
    named = [(name.strip(), people.strip()) for name, people in rows]
    assert named[:4] == [("tabulate", "20"), ("detect", "20"), ("tabulate", "40"), ("detect", "40")]
    assert [name for name, _ in named[4:7]] == ["hubspot", "shopify", "bigcommerce"]
    assert [name for name, _ in named[7:10]] == ["hubspot", "bigcommerce", "shopify"]
    assert [name for name, _ in named[10:]] == sorted(path.stem for path in (HOME / "dags").glob("*.py"))
    assert "A row is a contact or an order." in told.stdout
    assert "CPU from the bytes of the pages to Parquet files" in told.stdout
