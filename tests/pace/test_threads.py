"""One session is used by many threads at once: connections are kept, and each thread gets its own answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from include.pace import MAIN, Pace, Window
from include.transport import THREADS, Http, pooled

BUSY = 24


class Server(ThreadingHTTPServer):
    """Says to each request what it asked for. It keeps connections, and counts them and what is asked at once."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.connections: set[Any] = set()
        self.at_once = self.most_at_once = 0
        self.together = threading.Barrier(BUSY)
        self.lock = threading.Lock()


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves as one
    server: Server

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.connections.add(self.client_address)
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        if self.path.startswith("/first/"):
            self.server.together.wait(20)  # so that all are there at once
        body = json.dumps({"asked": self.path, "as": self.headers["X-As"]}).encode()
        with self.server.lock:
            self.server.at_once -= 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *what: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def opened(server: Server, *quota: Window) -> Http:
    pace = Pace("acme", {MAIN: quota[0]} if quota else {})
    url = f"http://127.0.0.1:{server.server_port}"
    return Http("acme", pooled(requests.Session(), url), url, lambda answer: None, pace=pace)


def ask(http: Http, path: str) -> bool:
    """Whether the answer was the one to this question."""
    return bool(http.read("GET", path, headers={"X-As": path}).body == {"asked": path, "as": path})


def test_threads_keep_their_connections_and_get_their_own_answers(server: Server):
    http = opened(server)
    with ThreadPoolExecutor(BUSY) as threads:
        assert all(threads.map(lambda number: ask(http, f"/first/{number}"), range(BUSY)))
        assert all(threads.map(lambda number: ask(http, f"/then/{number}"), range(600)))
    assert server.most_at_once == BUSY <= THREADS
    assert len(server.connections) == BUSY


def test_threads_keep_to_what_may_be_on_its_way_at_once(server: Server):
    http = opened(server, Window(2, 0))
    with ThreadPoolExecutor(BUSY) as threads:
        assert all(threads.map(lambda number: ask(http, f"/then/{number}"), range(200)))
    assert server.most_at_once <= 2


def test_threads_keep_to_a_window(server: Server):
    http = opened(server, Window(20, 0.15))
    began = http.clock()
    with ThreadPoolExecutor(BUSY) as threads:
        assert all(threads.map(lambda number: ask(http, f"/then/{number}"), range(101)))
    assert 5 * 0.15 <= http.clock() - began < 5
