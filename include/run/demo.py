"""The demo: a night, two reviewers, the fixes, and a second night, held against what the sandbox saw happen."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from include.errors import RollcallError
from include.run.accounting import differences
from include.run.local_rollcall import LocalRollcall
from include.run.reviewers import Decided, decide_recommended
from include.run.summary import show_outcomes
from include.store import findings, fixes


class DemoFailed(RollcallError):
    """The demo did not end as it must; the message says where."""


def play_demo(rollcall: LocalRollcall, console: Console) -> None:
    """Play it to the end. Raises DemoFailed when a planted case was missed, or a write was not approved."""
    rollcall.run_night()
    console.rule("Two reviewers decide")
    decided = decide_recommended(rollcall.airflow.web("ada"), rollcall.airflow.web("grace"))
    _show_decisions(console, decided)

    console.rule("Apply, read back, announce")
    rollcall.apply()
    show_outcomes(console, rollcall.ledger())
    console.print(f"Messages in the spool: {len(list(rollcall.home.mail.glob('*.eml')))}")
    first = _open_findings(rollcall)
    written = len(rollcall.sandbox.call("GET", "/_sandbox/writes")["writes"])

    console.rule("The second night")
    rollcall.run_night()
    second = _open_findings(rollcall)
    new = second - first
    writes: list[dict[str, Any]] = rollcall.sandbox.call("GET", "/_sandbox/writes")["writes"]
    if new:
        raise DemoFailed(f"the second night filed {len(new)} new findings: {', '.join(sorted(new)[:5])}")
    if len(writes) != written:
        raise DemoFailed(f"the second night wrote to a platform {len(writes) - written} times")
    missed = missed_plants(rollcall)
    if missed:
        raise DemoFailed(f"{len(missed)} planted cases were not settled: {missed[:5]}")
    unaccounted = differences(writes, fixes.applied(rollcall.ledger()), fixes.aliases(rollcall.ledger()))
    if unaccounted:
        raise DemoFailed(f"the platforms saw {len(unaccounted)} things that differ from the ledger: {unaccounted[:5]}")
    console.print(
        f"\n[bold green]The demo held.[/bold green] {sum(decided.approved.values())} findings settled with "
        f"{len(writes)} writes, each approved and each sent once; the second night found nothing new and wrote "
        f"nothing. {sum(decided.left.values())} findings are left for a person to choose."
    )


def missed_plants(rollcall: LocalRollcall) -> list[str]:
    """What was planted for a rule and is not settled, by the sandbox's own truth."""
    settled: dict[str, list[set[str]]] = {}
    ledger = rollcall.ledger()
    for row in findings.settled(ledger):
        settled.setdefault(row.rule, []).append({row.subject, *row.others})
    planted = rollcall.sandbox.call("GET", "/_sandbox/truth")["planted"]
    return [
        f"{plant['kind']} {plant['records']}"
        for plant in planted
        if plant["rule"]
        and plant["right"].get("recommended", True)  # else a person must decide
        and not any(set(plant["records"]) & records for records in settled.get(plant["rule"], []))
    ]


def _open_findings(rollcall: LocalRollcall) -> set[str]:
    return {row.key for row in findings.page(rollcall.ledger(), state="open", limit=100_000)}


def _show_decisions(console: Console, decided: Decided) -> None:
    table = Table(title="Decided through the review page", title_justify="left")
    table.add_column("rule")
    table.add_column("approved as recommended", justify="right")
    table.add_column("left for a person to choose", justify="right")
    for rule in sorted(decided.approved.keys() | decided.left.keys()):
        table.add_row(rule, str(decided.approved.get(rule, 0)), str(decided.left.get(rule, 0)))
    console.print(table)
