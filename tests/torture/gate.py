"""
A server in front of the sandbox that holds one request at an exact moment, until whoever waits there lets it go.

*before*: the platform has not seen it, and never will if the gate is told to lose it. *after*: the platform has done
what was asked, and nobody has heard of it yet.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

NOT_PASSED_ON = {"host", "connection", "transfer-encoding", "content-length", "content-encoding", "accept-encoding"}


@dataclass
class Gate:
    """
    Holds the first request (`METHOD /path body`) that `match` finds, after the first one that `since` finds.

    `swap`: words that become others on their way, in headers and bodies.
    """

    target: str
    match: str = ""
    side: str = "before"
    since: str = ""
    lose: bool = False
    swap: Mapping[str, str] = field(default_factory=dict)
    held: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    _passed: bool = False
    _done: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, match: str, side: str, since: str = "", lose: bool = False) -> None:
        """Hold another request from now on; what is held still is let go."""
        self.opened.set()
        with self._lock:
            self.match, self.side, self.since, self.lose = match, side, since, lose
            self.held, self.opened = threading.Event(), threading.Event()
            self._passed = self._done = False

    def strikes(self, label: str) -> bool:
        with self._lock:
            if self._done or not self.match:
                return False
            if self.since and not self._passed:
                self._passed = re.search(self.since, label) is not None
                return False
            self._done = re.search(self.match, label) is not None
            return self._done

    def swapped(self, text: str) -> str:
        for word, other in self.swap.items():
            text = text.replace(word, other)
        return text

    def wait(self) -> None:
        self.held.set()
        self.opened.wait(60)


@contextmanager
def gated(gate: Gate) -> Iterator[Gate]:
    """Serve the gate on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            strikes = gate.strikes(f"{self.command} {self.path} {body.decode('utf-8', 'replace')}")
            if strikes and gate.side == "before":
                gate.wait()
                if gate.lose:
                    self.close_connection = True
                    return
            kept = [(name, value) for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON]
            told = {name: gate.swapped(value) for name, value in kept}
            if gate.swap:
                body = gate.swapped(body.decode()).encode()
            answer = requests.request(self.command, gate.target + self.path, headers=told, data=body, timeout=30)
            if strikes and gate.side == "after":
                gate.wait()
            self._say(answer)

        def _say(self, answer: requests.Response) -> None:
            try:
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in NOT_PASSED_ON:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)
            except OSError:
                self.close_connection = True  # whoever asked is gone, which is what this is for

        do_GET = do_POST = do_PUT = do_PATCH = _hand_on

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is for failures."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Nothing: who asked was killed, and broke the connection."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    gate.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield gate
    finally:
        gate.opened.set()
        server.shutdown()
        server.server_close()
        thread.join()
