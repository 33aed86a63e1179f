"""
`python -m include.detect`: link and rules over tables in a folder, without Airflow, a platform or a ledger.

It writes findings as JSON lines, sorted by key: the same tables give the same bytes in any row order.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from include.digests import canonical
from include.errors import BadTable, RollcallError, SettingsWrong
from include.model import Finding
from include.registry import load, names, summary
from include.store.tables import Tables

console = Console(stderr=True, soft_wrap=True)


def detect(
    tables: Annotated[Path, typer.Option(help="Folder with contacts.parquet and orders.parquet.")],
    out: Annotated[Path, typer.Option(help="The file to write, one finding a line.")],
    before: Annotated[Path | None, typer.Option(help="The folder of the night before.")] = None,
    rules: Annotated[str, typer.Option(help="Which rules, separated by commas; all if not said.")] = "",
) -> None:
    """Find what is wrong in tables of your own."""
    from upath import UPath

    wanted = _wanted(rules)
    if not out.parent.is_dir() or out.is_dir():
        raise SettingsWrong(f"{out} cannot be written: --out is a file in a folder that exists.")
    with console.status("Reading the tables"):
        opened = Tables.of_folder(UPath(tables), UPath(before) if before else None)
        if opened.before:
            opened.before = linked(opened.before)
    with console.status("Linking the contacts that are one person"):
        night = linked(opened)
    found: dict[str, list[Finding]] = {}
    for rule in wanted:
        with console.status(f"Detecting {rule}"):
            found[rule] = list(load("rules", rule).find(night))
    lines = sorted(canonical(finding.as_json()) for findings in found.values() for finding in findings)
    partial = out.with_name(f".{out.name}.partial")
    partial.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    partial.replace(out)
    _show(night, found, out)


def linked(tables: Tables) -> Tables:
    """The tables with the people in them."""
    from include.people.link import link

    return tables.with_people(*link(tables))


def _wanted(rules: str) -> list[str]:
    asked = [rule.strip() for rule in rules.split(",") if rule.strip()]
    if unknown := sorted(set(asked) - set(names("rules"))):
        raise SettingsWrong(f"There is no rule {', '.join(unknown)}. The rules are {', '.join(names('rules'))}.")
    return asked or list(names("rules"))


def _show(night: Tables, found: dict[str, list[Finding]], out: Path) -> None:
    contacts, orders = (int(table.count().to_pyarrow().as_py()) for table in (night.contacts, night.orders))
    table = Table(title=f"{contacts:,} contacts, {orders:,} orders", title_justify="left")
    table.add_column("rule")
    table.add_column("findings", justify="right")
    table.add_column("with a recommended option", justify="right")
    table.add_column("what is wrong", style="dim")
    for rule, findings in found.items():
        recommended = sum(finding.recommended is not None for finding in findings)
        table.add_row(rule, f"{len(findings):,}", f"{recommended:,}", summary("rules", rule).rstrip("."))
    console.print(table)
    console.print(f"Written to {escape(str(out))}")


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
