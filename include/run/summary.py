"""What a night came to, in one table: what was pulled, checked, found, and what waits for a person."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from include.model import FixState
from include.registry import names, summary
from include.store import findings, fixes
from include.store.ledger import Ledger
from include.store.snapshots import Snapshot

WAITING = ("open", "half_approved", "deferred")


def show_night(console: Console, snapshot: Snapshot, ledger: Ledger) -> None:
    """Print the night's summary. Counts only: what was found is read on the review page."""
    pulled = Table(title=f"Night {snapshot.name}: what the platforms said", title_justify="left")
    pulled.add_column("platform")
    pulled.add_column("pages", justify="right")
    pulled.add_column("rows", justify="right")
    pulled.add_column("what was asked")
    pulled.add_column("what it holds", style="dim")
    for platform in names("platforms"):
        manifest = snapshot.raw(platform).manifest()
        holds = ", ".join(f"{stream} {rows:,}" for stream, rows in sorted(manifest.held.items()))
        asked = f"changes since {manifest.planned.since:.16}" if manifest.planned.since else "everything"
        pages, rows = sum(manifest.pages.values()), sum(manifest.rows.values())
        pulled.add_row(platform, f"{pages:,}", f"{rows:,}", asked, holds)
    console.print(pulled)

    tables = {name: snapshot.rows(name) for name in ("contacts", "orders", "people")}
    console.print(
        f"Tables: {tables['contacts']:,} contacts, {tables['orders']:,} orders, {tables['people']:,} contacts linked "
        "into people. All gates passed."
    )
    if not_compared := snapshot.not_compared():
        said = ", ".join(f"{why.replace('_', ' ')} {number:,}" for why, number in not_compared.items())
        console.print(f"Could not be compared, or not by all they say: {said}.")
    console.print()

    counts = findings.counts(ledger)
    found = Table(title="What the rules found", title_justify="left")
    for column, justify in (("rule", "left"), ("found tonight", "right"), ("waits for a person", "right")):
        found.add_column(column, justify=justify)  # type: ignore[arg-type]  # rich narrows it to a literal
    found.add_column("what is wrong", style="dim")
    for rule in names("rules"):
        states = counts.get(rule, {})
        waiting = sum(states.get(state, 0) for state in WAITING)
        found.add_row(rule, f"{snapshot.findings_of(rule):,}", f"{waiting:,}", summary("rules", rule).rstrip("."))
    console.print(found)


def show_outcomes(console: Console, ledger: Ledger) -> None:
    """Print what became of the approved fixes."""
    table = Table(title="What became of the approved fixes", title_justify="left")
    table.add_column("outcome")
    table.add_column("fixes", justify="right")
    outcomes = fixes.outcomes(ledger)
    for state in FixState:
        if number := outcomes.get(state, 0):
            table.add_row(str(state).replace("_", " "), f"{number:,}")
    console.print(table)
