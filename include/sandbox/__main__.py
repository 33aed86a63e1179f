"""`python -m include.sandbox`: serve a working copy of every platform on one port."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from include.sandbox.mail import serve_mail
from include.sandbox.quota import PLANS
from include.sandbox.server import bases, build

console = Console(soft_wrap=True)


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of all platforms; 0 for any free one.")] = 9400,
    people: Annotated[int, typer.Option(min=1, help="How many people live in the world.")] = 500,
    seed: Annotated[int, typer.Option(help="The world is the same for the same seed.")] = 7,
    host: Annotated[str, typer.Option(help="The interface to listen on.")] = "127.0.0.1",
    mail_port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the SMTP server; 0 for none.")] = 0,
    spool: Annotated[Path, typer.Option(help="Where the SMTP server puts what it gets.")] = Path("spool"),
    latency: Annotated[float, typer.Option(min=0, help="Milliseconds every answer takes longer.")] = 0,
    mark: Annotated[str, typer.Option(help="A word to put behind every name, company, street and city.")] = "",
    quota: Annotated[str, typer.Option(help=f"Plan whose quotas hold: {', '.join(PLANS)}.")] = "unlimited",
) -> None:
    """A working copy of Shopify, BigCommerce, HubSpot, WHMCS and WHM, and an SMTP server if asked."""
    if quota not in PLANS:
        _give_up(f"There is no plan {quota!r}; choose one of {', '.join(PLANS)}.")
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    if mail_port:
        _listen(host, mail_port).close()  # to be told now, and in words, that it is taken
    mail = {"host": "127.0.0.1", "port": mail_port} if mail_port else {}
    app = build(people, seed, plan=quota, latency=latency / 1000, mail=mail, mark=mark)
    if mail_port:
        serve_mail(spool, mail_port, host)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", date_header=False))
    for number in (signal.SIGINT, signal.SIGTERM):  # before we say how to stop it: it can be stopped from then on
        signal.signal(number, server.handle_exit)
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
    server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A socket of our own before anything is printed: what is printed is then true."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _give_up(f"Port {port} is taken by another program. Stop it, or choose another port.")
        _give_up(f"It cannot listen on {host}, port {port}: {error.strerror}.")


def _give_up(why: str) -> NoReturn:
    console.print(f"[bold red]The sandbox cannot start.[/bold red] {why}", highlight=False)
    sys.exit(2)


if __name__ == "__main__":
    typer.run(serve)
