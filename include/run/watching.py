"""What a person sees while a run goes on: its tasks in the procedure's order, in the DAG's own words."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from include.run.local_airflow import ENDED, TaskState

MARKS = {
    "success": ("done", "green"),
    "failed": ("failed", "bold red"),
    "upstream_failed": ("not run", "dim"),
    "skipped": ("skipped", "yellow"),
    "running": ("running", "cyan"),
    "up_for_retry": ("will retry", "yellow"),
}


def watch(console: Console, title: str, order: list[str], states: Iterable[list[TaskState]]) -> None:
    """Show the run until it ends; on a plain output (a file, CI) print each task once, when it has ended."""
    if not console.is_terminal:
        _print_as_they_end(console, title, order, states)
        return
    with Live(console=console, refresh_per_second=4) as live:
        for tasks in states:
            live.update(_picture(title, order, tasks))


def _print_as_they_end(console: Console, title: str, order: list[str], states: Iterable[list[TaskState]]) -> None:
    console.print(f"[bold]{title}[/bold]")
    told: set[str] = set()
    for tasks in states:
        for task in _sorted(order, tasks):
            if task.state in ENDED and task.id not in told:
                told.add(task.id)
                word, style = MARKS.get(task.state, (task.state, ""))
                seconds = f"{task.seconds:.1f} s" if task.seconds else ""
                console.print(f"  {_short(task.id):<34} [{style}]{word}[/{style}]  {seconds}", highlight=False)


def _picture(title: str, order: list[str], tasks: list[TaskState]) -> Group:
    table = Table(box=None, padding=(0, 2), show_header=False)
    for task in _sorted(order, tasks):
        word, style = MARKS.get(task.state or "", ("", "dim"))
        mark: Spinner | Text = Spinner("dots", text="running", style="cyan") if word == "running" else Text(word, style)
        table.add_row(_short(task.id), mark, Text(f"{task.seconds:.1f} s" if task.seconds else "", "dim"))
    ended = sum(task.state in ENDED for task in tasks)
    return Group(Text(f"{title}  {ended}/{len(tasks)}", "bold"), table)


def _sorted(order: list[str], tasks: list[TaskState]) -> list[TaskState]:
    place = {name: index for index, name in enumerate(order)}
    return sorted(tasks, key=lambda task: (place.get(task.id, len(place)), task.id))


def _short(task_id: str) -> str:
    return task_id.rpartition(".")[2].replace("_", " ")
