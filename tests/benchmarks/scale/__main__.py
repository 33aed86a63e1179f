"""
`python -m tests.benchmarks.scale`: link and all rules beside DuckDB's SQL written by hand and naive pandas, and growth.

It reports, with the goals beside, and judges nothing.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.benchmarks.scale.measuring import SIDES, Taken, exponent, missed, run
from tests.benchmarks.scale.world import ORDERS, write

GROWTH = [100_000, 300_000, 1_000_000, 3_000_000]
SQL, PANDAS, PEAK, POWER = 1.5, 0.06, 1024, 1.1  # the goals
MEASURED = """\
CPU of a whole process, user and system, imports included, from two Parquet files to what was found on disk; a round is
a turn of each side, and a ratio the median of the rounds'. Rollcall links with names that are alike, runs five rules,
weighs evidence and writes findings with their options; SQL and pandas find the records of three rules by equal values,
and write which they are. pandas has one turn. Missed: of what was planted, which every side must find."""


def bench(
    contacts: Annotated[int, typer.Option(min=100, help="How many contacts; there are three orders for each.")] = (
        1_000_000
    ),
    rounds: Annotated[int, typer.Option(min=1, help="How often Rollcall and SQL have their turn.")] = 3,
    pandas: Annotated[bool, typer.Option(help="Whether naive pandas has a turn: it takes minutes.")] = True,
    grow: Annotated[list[int], typer.Option(min=100, help="The sizes growth is measured on; may be given often.")] = (
        GROWTH
    ),
    growth: Annotated[bool, typer.Option(help="Whether growth is measured.")] = True,
) -> None:
    """CPU and memory beside SQL and pandas, and how they grow."""
    console, told = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder, told.status("Making a world") as now:
        home = Path(folder)
        tables = _world(home, contacts)
        took: dict[str, list[Taken]] = {side: [] for side in SIDES if pandas or side != "pandas"}
        lost: dict[str, dict[str, int]] = {}
        for each in range(rounds):
            for side, turns in took.items():
                if side == "pandas" and each:
                    continue
                now.update(f"{contacts:,} contacts, round {each + 1} of {rounds}: {side}")
                turns.append(run(side, tables, home / side))
                lost[side] = missed(tables, home / side)
        console.print(_sides(contacts, took, lost))
        console.print(*_goals(took), sep="\n")
        console.print(MEASURED)
        if growth:
            grown = {contacts: took["rollcall"][0]}
            for size in sorted(set(grow) - {contacts}):
                now.update(f"{size:,} contacts: making a world")
                tables = _world(home, size)
                now.update(f"{size:,} contacts: rollcall")
                grown[size] = run("rollcall", tables, home / "rollcall")
            console.print(_grown(dict(sorted(grown.items()))))


def _world(home: Path, contacts: int) -> Path:
    """The tables of a size, made in place of whatever was there."""
    folder = home / "tables"
    folder.mkdir(exist_ok=True)
    write(contacts, folder)
    return folder


def _sides(contacts: int, took: dict[str, list[Taken]], lost: dict[str, dict[str, int]]) -> Table:
    title = f"{contacts:,} contacts, {contacts * ORDERS:,} orders"
    table = Table("side", title=title, title_justify="left")
    for heading in ("CPU s, median", "least", "most", "peak MiB", "findings", "planted ones missed"):
        table.add_column(heading, justify="right")
    for side, turns in took.items():
        cpu = [turn.cpu for turn in turns]
        figures = [f"{value:.1f}" for value in (statistics.median(cpu), min(cpu), max(cpu))]
        peak, found = f"{max(turn.peak for turn in turns):,.0f}", f"{sum(turns[0].found.values()):,}"
        table.add_row(side, *figures, peak, found, f"{sum(lost[side].values()):,}")
    return table


def _goals(took: dict[str, list[Taken]]) -> list[str]:
    """Each ratio with its goal beside it."""
    lines = []
    for side, goal in (("sql", SQL), ("pandas", PANDAS)):
        if side in took:
            pairs = zip(took["rollcall"], took[side], strict=False)
            ratio = statistics.median(ours.cpu / theirs.cpu for ours, theirs in pairs)
            lines.append(f"CPU, rollcall to {side}: {ratio:.2f} (goal {goal} at most)")
    peak = max(turn.peak for turn in took["rollcall"])
    return [*lines, f"Peak memory: {peak:,.0f} MiB (goal {PEAK:,} at most)"]


def _grown(grown: dict[int, Taken]) -> Table:
    sizes, taken = list(grown), list(grown.values())
    power = exponent(sizes, [each.cpu for each in taken]) if len(sizes) > 1 else float("nan")
    title = f"Growth: CPU grows by the contacts to the power {power:.2f} (goal {POWER} at most)"
    table = Table(title=title, title_justify="left")
    for heading in ("contacts", "CPU s", "peak MiB", "findings"):
        table.add_column(heading, justify="right")
    for size, each in grown.items():
        table.add_row(f"{size:,}", f"{each.cpu:.1f}", f"{each.peak:,.0f}", f"{sum(each.found.values()):,}")
    return table


if __name__ == "__main__":
    typer.run(bench)
