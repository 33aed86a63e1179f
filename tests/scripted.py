"""A real HTTP server on this machine that answers each request with the next line of a script, to the byte."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

Line = bytes | Callable[["Scripted"], bytes]


@dataclass
class Scripted:
    """What is to be answered, and what was asked. The last line is said again and again."""

    lines: list[Line]
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next(self) -> bytes:
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        return line(self) if callable(line) else line


def says(status: int, body: Any = None, **headers: str) -> bytes:
    """A whole answer: `body` as JSON, or as it is when it is bytes. `_` in a header's name stands for `-`."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    told = {"Content-Length": str(len(raw)), "Content-Type": "application/json", "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in told.items() if value), "", ""]
    return "\r\n".join(lines).encode() + raw


def silence(script: Scripted) -> bytes:
    """Nothing, until the test is over."""
    script.over.wait()
    return b""


@contextmanager
def serve(*lines: Line) -> Iterator[Scripted]:
    """Serve a script for as long as the context lasts. The connection ends after each answer."""
    script = Scripted(list(lines))

    class Handler(BaseHTTPRequestHandler):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def answer(self) -> None:
            script.asked.append(f"{self.command} {self.path}")
            script.headers.append(dict(self.headers.items()))
            script.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.wfile.write(script.next())
            self.close_connection = True

        def log_message(self, *what: Any) -> None:
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.over.set()
            server.shutdown()
            thread.join()
