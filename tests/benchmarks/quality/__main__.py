"""
`python -m tests.benchmarks.quality`: how well Rollcall judges, beside Splink and an exact address, on the same records.

It reports and judges nothing. The people are FEBRL's and pseudopeople's; what lies over them is written in `overlay`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.benchmarks.quality.contenders.rollcall import Failed
from tests.benchmarks.quality.judged import Bench, Judged
from tests.benchmarks.quality.sets import SETS, Labelled, Unavailable, people_of
from tests.benchmarks.quality.telling import MEASURED, audits, table

WIDTH = 150  # of the tables, whatever the terminal is: a number cut off is none
PYTHON = Path(__file__).parents[3] / ".venv-quality" / "bin" / "python"


def quality(
    python: Annotated[Path, typer.Option(help="The Python that has the people and Splink.")] = PYTHON,
    only: Annotated[str, typer.Option(help="Only the sets whose name has this in it.")] = "",
    training: Annotated[bool, typer.Option(help="Only the sets and seeds to tune by.")] = False,
    errors: Annotated[Path | None, typer.Option(help="Write every error of Rollcall there, a JSON line each.")] = None,
    audit: Annotated[Path | None, typer.Option(help="Write the labels that were left out there.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the tables and findings in this new folder.")] = None,
) -> None:
    """Precision and recall of findings and of recommended options, on labelled sets."""
    console, told = Console(soft_wrap=True, width=WIDTH), Console(stderr=True, soft_wrap=True)
    if not python.exists():
        told.print(f"{python} does not exist. `make bench` makes it; or name one that has requirements-quality.txt.")
        sys.exit(2)
    chosen = [each for each in SETS if only in each.name and (each.training or not training)]
    results: list[tuple[Labelled, int, Judged]] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = keep or Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        for labelled in chosen:
            for seed in labelled.seeds():
                with told.status(f"Judging {labelled.name}, seed {seed}"):
                    try:
                        results.append((labelled, seed, _judged(labelled, seed, python, scratch)))
                    except (Failed, Unavailable) as error:
                        told.print(f"[bold red]{labelled.name} was not judged.[/bold red] {error}", highlight=False)
                        sys.exit(1)
    for training_sets, title in ((True, "Training sets"), (False, "Unseen sets")):
        shown = [each for each in results if each[0].training is training_sets]
        if shown:
            console.print(table(title, shown))
    console.print(MEASURED)
    console.print(audits(results))
    if errors:
        _write(errors, ({"set": each.name, "seed": seed, **error} for each, seed, j in results for error in j.errors))
    if audit:
        _write(audit, (line for each, seed, judged in results for line in _doubtful(each, seed, judged)))


def _judged(labelled: Labelled, seed: int, python: Path, scratch: Path) -> Judged:
    world = labelled.world(people_of(labelled, python, scratch), seed)
    home = scratch / f"{labelled.name} {'training' if labelled.training else 'unseen'} {seed}".replace(" ", "-")
    return Bench(world, home, python).judged()


def _doubtful(labelled: Labelled, seed: int, judged: Judged):
    found: dict[str, frozenset] = defaultdict(frozenset)
    found |= {name: getattr(judged.audit, name) for name in ("same_but_two", "one_with_nothing_in_common")}
    for name, pairs in found.items():
        for two in sorted(map(sorted, pairs)):
            yield {"set": labelled.name, "seed": seed, "label": name, "records": two}


def _write(path: Path, lines) -> None:
    path.write_text("".join(f"{json.dumps(line, default=str)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    typer.run(quality)
