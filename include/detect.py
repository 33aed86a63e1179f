"""
`python -m include.detect`: link and rules over tables in a folder, without Airflow, a platform or a ledger.

It writes findings as JSON lines, sorted by key: the same tables give the same bytes in any row order. On a terminal it
shows how far it is; at the end it says what was found.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from include.digests import canonical
from include.errors import BadTable, RollcallError, SettingsWrong
from include.model import Finding
from include.registry import load, names, summary
from include.store.tables import Tables

console = Console(stderr=True, soft_wrap=True)
OFTEN = 1000  # findings between two looks at the progress


def detect(
    tables: Annotated[Path, typer.Option(help="Folder with contacts.parquet and orders.parquet.")],
    out: Annotated[Path, typer.Option(help="The file to write, one finding a line.")],
    before: Annotated[Path | None, typer.Option(help="The folder of the night before.")] = None,
    rules: Annotated[str, typer.Option(help="Which rules, separated by commas; all if not said.")] = "",
) -> None:
    """Find what is wrong in tables of your own."""
    from upath import UPath

    wanted, begun = _wanted(rules), time.monotonic()
    if not out.parent.is_dir() or out.is_dir():
        raise SettingsWrong(f"{out} cannot be written: --out is a file in a folder that exists.")
    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}"), TimeElapsedColumn())
    with Lines() as lines:
        with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
            with _stage(shown, "Reading the tables") as stage:
                night = Tables.of_folder(UPath(tables), UPath(before) if before else None)
                sizes = f"{_rows(night.contacts):,} contacts, {_rows(night.orders):,} orders"
                _tell(shown, stage, sizes)
            if night.before:
                with _stage(shown, "Linking the contacts of the night before"):
                    night.before = linked(night.before)
            with _stage(shown, "Linking the contacts that are one person") as stage:
                night = linked(night)
                _tell(shown, stage, f"{_rows(night.people):,} contacts share a person")
            for rule in wanted:
                with _stage(shown, f"Detecting {rule}") as stage:
                    for count, finding in enumerate(load("rules", rule).find(night), 1):
                        lines.add(finding)
                        if count % OFTEN == 0:
                            _tell(shown, stage, f"{count:,} findings")
                    _tell(shown, stage, f"{lines.found.get(rule, 0):,} findings")
        night.close()
        partial = out.with_name(f".{out.name}.partial")
        with partial.open("wb") as file:
            lines.write(file)
        partial.replace(out)
    _show(f"{sizes}, {time.monotonic() - begun:,.0f} seconds", wanted, lines, out)


def linked(tables: Tables) -> Tables:
    """The tables with the people in them."""
    from include.people.link import link

    return tables.with_people(*link(tables))


@dataclass
class Lines:
    """Findings as lines, kept in a file until all are there and can be put in order: a night may have millions."""

    found: dict[str, int] = field(default_factory=dict)
    recommended: dict[str, int] = field(default_factory=dict)
    _at: list[tuple[str, int, int]] = field(default_factory=list)
    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    _end: int = 0

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, finding: Finding) -> None:
        line = _line(finding)
        self._at.append((finding.key, self._end, len(line)))
        self._end += self._file.write(line)
        self.found[finding.rule] = self.found.get(finding.rule, 0) + 1
        self.recommended[finding.rule] = self.recommended.get(finding.rule, 0) + (finding.recommended is not None)

    def write(self, out: IO[bytes]) -> None:
        """Write all of them, in the order of their keys."""
        for _, start, length in sorted(self._at):
            self._file.seek(start)
            out.write(self._file.read(length))


def _line(finding: Finding) -> bytes:
    """A finding as canonical JSON and a line's end."""
    import orjson

    told = finding.as_json()
    # The same text as `canonical`, in a tenth of the time; it writes what is not plain ASCII in another way.
    text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    return text if text.isascii() and b"\x7f" not in text else f"{canonical(told)}\n".encode("ascii")


def _wanted(rules: str) -> list[str]:
    asked = [rule.strip() for rule in rules.split(",") if rule.strip()]
    if unknown := sorted(set(asked) - set(names("rules"))):
        raise SettingsWrong(f"There is no rule {', '.join(unknown)}. The rules are {', '.join(names('rules'))}.")
    return asked or list(names("rules"))


@contextmanager
def _stage(shown: Progress, what: str) -> Iterator[TaskID]:
    stage = shown.add_task(what, total=1)
    yield stage
    shown.update(stage, completed=1)


def _tell(shown: Progress, stage: TaskID, what: str) -> None:
    """Say of a stage how far it is."""
    if not shown.disable:
        before = shown.tasks[stage].description.partition(":")[0]
        shown.update(stage, description=f"{before}: {what}")


def _rows(table: object) -> int:
    return int(table.count().to_pyarrow().as_py())  # type: ignore[attr-defined]  # ibis is loaded by then only


def _show(title: str, rules: list[str], lines: Lines, out: Path) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("rule", no_wrap=True)
    table.add_column("findings", justify="right")
    table.add_column("recommended", justify="right")
    table.add_column("what is wrong", style="dim", overflow="fold")
    for rule in rules:
        found, recommended = (counts.get(rule, 0) for counts in (lines.found, lines.recommended))
        table.add_row(rule, f"{found:,}", f"{recommended:,}", summary("rules", rule).rstrip("."))
    console.print(table)
    console.print("Recommended: findings of which one option is. Of the others a person must judge.", style="dim")
    console.print(f"Written to {escape(str(out))}, one finding a line, as JSON.")


def main() -> int:
    """Run the command; an error of ours is one line, and exit code 2 for what was given, 1 for the rest."""
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(detect)
    try:
        app(standalone_mode=False)
    except typer.Exit as done:
        return int(done.exit_code)
    except (BadTable, SettingsWrong) as wrong:
        console.print(f"[bold red]{type(wrong).__name__}[/bold red]: {escape(str(wrong))}", highlight=False)
        return 2
    except RollcallError as error:
        console.print(f"[bold red]{type(error).__name__}[/bold red]: {escape(str(error))}", highlight=False)
        return 1
    except Exception as error:
        if not hasattr(error, "format_message"):  # what typer raises for a wrong command line
            raise
        console.print(f"{error.format_message()} See --help.", highlight=False, markup=False)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
