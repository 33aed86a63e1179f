"""
`python -m tests.benchmarks`: how fast Rollcall tabulates and detects, beside plain pandas doing the same, what the way
from pages to Parquet costs, beside `json_normalize` and dlt, and how much of a platform's quota a pull uses.

It reports and judges nothing: absolute speeds are this machine's, and the ratios move with what a world holds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.benchmarks import listing, parquet, pulling
from tests.benchmarks.reading import reading
from tests.benchmarks.timing import Timed, timed
from tests.benchmarks.works import Disagreement, works
from tests.benchmarks.worlds import pulled

SIZES = [1_700, 17_000]  # about 5,000 and 50,000 contacts
PARTS = ["speeds", "parquet", "pulls", "reading"]
MEASURED = """\
tabulate: from the pages of a pull on disk to contacts.parquet and orders.parquet. detect: from these two files to the
findings of every rule on disk, linking included. A row is a contact or an order. Plain pandas makes
equal tables, and looks for what is obvious of three of the rules: most of it must be among our findings. It weighs no
evidence and proposes no fixes. Both take turns in one process; imports are not counted, and Rollcall begins each turn
with no address, name or number known."""


def bench(
    people: Annotated[
        list[int], typer.Option(min=1, help="How many people live in a world; may be given often.")
    ] = SIZES,
    paged: Annotated[
        int, typer.Option(min=1, help="How many people live in the world whose pages become Parquet.")
    ] = 6_000,
    asked: Annotated[int, typer.Option(min=1, help="How many people live in the world that is pulled.")] = 250_000,
    pages: Annotated[int, typer.Option(min=1, help="How many pages of each platform become Parquet.")] = 300,
    turns: Annotated[int, typer.Option(min=1, help="How often each way from pages to Parquet has its turn.")] = 3,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side has its turn.")] = 5,
    listed: Annotated[int, typer.Option(min=100, help="How many findings are open while a list is read.")] = 50_000,
    seed: Annotated[int, typer.Option(help="The worlds are the same for the same seed.")] = 7,
    part: Annotated[list[str], typer.Option(help=f"Only some of {', '.join(PARTS)}; may be given often.")] = PARTS,
) -> None:
    """Speeds as ratios to what else there is, measured side by side, and how well a quota is used."""
    console, told = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)
    try:
        if "speeds" in part:
            console.print(_table(_speeds(people, rounds, seed, told), rounds), MEASURED, sep="\n")
        if "parquet" in part:
            with told.status(f"Timing pages to Parquet, {turns} rounds"):
                console.print(parquet.parquet(paged, seed, pages, turns), parquet.MEASURED, sep="\n")
    except Disagreement as error:
        told.print(f"[bold red]Two ways did not do the same work.[/bold red] {error}", highlight=False)
        sys.exit(1)
    if "pulls" in part:
        with told.status(f"Pulling a world of {asked:,} people at the quota"):
            console.print(pulling.pulling(asked, seed), pulling.MEASURED, sep="\n")
    if "reading" in part:
        with told.status(f"Listing {listed:,} findings"):
            console.print("\n".join(listing.told(listed)), highlight=False)
        console.print(listing.MEASURED)
        with tempfile.TemporaryDirectory() as home, told.status("Reading the DAG files"):
            console.print(reading(rounds, Path(home)))


def _speeds(people: list[int], rounds: int, seed: int, told: Console) -> list[tuple[int, Timed]]:
    """Tabulate and detect, timed on a world of each size. Raises Disagreement."""
    results = []
    for size in people:
        with (
            tempfile.TemporaryDirectory() as folder,
            told.status(f"Making and pulling a world of {size:,} people") as now,
        ):
            snapshot, snapshots = pulled(size, seed, Path(folder) / "store")
            scratch = Path(folder) / "naive"
            scratch.mkdir()
            for work in works(snapshot, snapshots, scratch):
                now.update(f"Timing {work.name} of {work.rows:,} rows, {rounds} rounds")
                results.append((size, timed(work, rounds)))
    return results


def _table(results: list[tuple[int, Timed]], rounds: int) -> Table:
    table = Table(title=f"Rollcall's speed as a multiple of plain pandas', {rounds} rounds", title_justify="left")
    table.add_column("work")
    for heading in ("people", "rows", "Rollcall rows/s", "pandas rows/s", "min", "median", "max"):
        table.add_column(heading, justify="right")
    for size, result in results:
        speeds = [f"{speed:,.0f}" for speed in result.speeds()]
        ratios = [f"{ratio:.2f}" for ratio in result.ratios()]
        table.add_row(result.work.name, f"{size:,}", f"{result.work.rows:,}", *speeds, *ratios)
    return table


if __name__ == "__main__":
    typer.run(bench)
