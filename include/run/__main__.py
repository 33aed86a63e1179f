"""`python -m include.run night|demo|ui`: what `make run`, `make demo` and `make ui` call."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from include.errors import RollcallError
from include.run.demo import play_demo
from include.run.home import Home, Ports, must_be_free, real_connections
from include.run.local_rollcall import LocalRollcall
from include.run.processes import Processes

app = typer.Typer(help="Run Rollcall on this machine.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(soft_wrap=True)
PEOPLE = typer.Option(500, min=1, help="How many people live in the sandbox.")
SEED = typer.Option(7, help="The sandbox's world is the same for the same seed.")


@app.command()
def night(people: int = PEOPLE, seed: int = SEED) -> None:
    """One whole night: pull, check, compare, file. Changes nothing on any platform."""
    with _rollcall("run", people, seed) as rollcall:
        rollcall.run_night()
        console.print("\nThe findings wait on the review page. Look at it with: [bold]make ui[/bold]")


@app.command()
def demo(people: int = PEOPLE, seed: int = SEED) -> None:
    """A night, two reviewers, the fixes, and a second night that finds nothing new. Sandbox only."""
    if real_connections(dict(os.environ)):
        raise RollcallError("The demo approves everything it recommends: it never runs against real connections.")
    with _rollcall("demo", people, seed) as rollcall:
        play_demo(rollcall, console)


@app.command()
def ui(people: int = PEOPLE, seed: int = SEED) -> None:
    """Serve Airflow with the review page, on what `make run` left, and apply what you approve, until Ctrl+C."""
    with _rollcall("run", people, seed, applying=True) as rollcall:
        console.print(f"\nAirflow: [bold]{rollcall.airflow.url}[/bold]")
        console.print(f"The review page: [bold]{rollcall.airflow.url}/review/[/bold] (in Airflow's menu under Browse)")
        for name, password in rollcall.home.passwords.items():
            console.print(f"Log in as [bold]{name}[/bold] with the password [bold]{password}[/bold]", highlight=False)
        console.print("What you approve is applied within five minutes. Press Ctrl+C to stop.")
        while True:
            rollcall.processes.check()
            time.sleep(1)


@contextmanager
def _rollcall(name: str, people: int, seed: int, *, applying: bool = False) -> Iterator[LocalRollcall]:
    """Everything started, and everything stopped at the end, whatever happens."""
    ports = Ports.read()
    home = Home.named(name, ports)
    processes = Processes(home.folder / "processes.json", home.logs)
    if stopped := processes.take_over():
        console.print(f"An earlier start was still there: stopped {len(stopped)} of its processes.")
    if name == "demo":
        _empty(home)
    real = real_connections(dict(os.environ))
    must_be_free(ports.airflow, "PORT")
    if not real:
        must_be_free(ports.sandbox, "SANDBOX_PORT")
        must_be_free(ports.mail, "MAIL_PORT")
    rollcall = LocalRollcall(home, processes, console)
    try:
        rollcall.start(people, seed, sandbox=not real, applying=applying)
        yield rollcall
    except KeyboardInterrupt:
        console.print("Stopped.")
        raise typer.Exit(130) from None
    finally:
        processes.stop()


def _empty(home: Home) -> None:
    """The demo begins with an empty ledger and an Airflow that has run nothing."""
    for entry in home.folder.iterdir():
        if entry.name == "processes.json":
            continue
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run a command; an error of ours is one line that says what to do, and exit code 1."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        app()
    except RollcallError as error:
        console.print(f"[bold red]{type(error).__name__}[/bold red]: {error}", highlight=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
