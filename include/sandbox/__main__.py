"""`python -m include.sandbox`: serve a working copy of every platform on one port."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from include.sandbox.mail import serve_mail
from include.sandbox.quota import PLANS
from include.sandbox.server import bases, build

console = Console(soft_wrap=True)


def serve(
    port: Annotated[int, typer.Option(help="The port of all platforms.")] = 9400,
    people: Annotated[int, typer.Option(min=1, help="How many people live in the world.")] = 500,
    seed: Annotated[int, typer.Option(help="The world is the same for the same seed.")] = 7,
    host: Annotated[str, typer.Option(help="The interface to listen on.")] = "127.0.0.1",
    mail_port: Annotated[int, typer.Option(help="The port of the SMTP server; 0 for none.")] = 0,
    spool: Annotated[Path, typer.Option(help="Where the SMTP server puts what it gets.")] = Path("spool"),
    latency: Annotated[float, typer.Option(min=0, help="Milliseconds every answer takes longer.")] = 0,
    quota: Annotated[str, typer.Option(help=f"Plan whose quotas hold: {', '.join(PLANS)}.")] = "unlimited",
) -> None:
    """A working copy of Shopify, BigCommerce, HubSpot, WHMCS and WHM, and an SMTP server if asked."""
    if quota not in PLANS:
        _give_up(f"There is no plan {quota!r}; choose one of {', '.join(PLANS)}.")
    for taken in (port, mail_port):
        if taken and not _free(host, taken):
            _give_up(f"Port {taken} is taken by another program. Stop it, or choose another port.")
    mail = {"host": "127.0.0.1", "port": mail_port} if mail_port else {}
    app = build(people, seed, plan=quota, latency=latency / 1000, mail=mail)
    if mail_port:
        serve_mail(spool, mail_port, host)
    world = app.state.sandbox.world
    table = Table(title=f"Sandbox: {len(world.humans)} people, seed {seed}", title_justify="left")
    table.add_column("platform")
    table.add_column("address")
    for name, base in bases().items():
        table.add_row(name, f"http://{host}:{port}{base}")
    table.add_row("its truth", f"http://{host}:{port}/_sandbox/truth")
    if mail_port:
        table.add_row("mail", f"smtp://{host}:{mail_port} into {spool}")
    console.print(table)
    console.print("Every secret is the word [bold]sandbox[/bold]. Press Ctrl+C to stop.")
    uvicorn.run(app, host=host, port=port, log_level="warning", lifespan="off")


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _give_up(why: str) -> None:
    console.print(f"[bold red]The sandbox cannot start.[/bold red] {why}", highlight=False)
    sys.exit(2)


if __name__ == "__main__":
    typer.run(serve)
