"""An exchange is over at its deadline, whatever is sent drop by drop, and a connection that is kept outlives it."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from include import webhook
from include.deadline import Deadline
from include.download import download
from include.errors import UnclearOutcome, UnexpectedAnswer, Unreachable
from include.transport import Http, pooled
from tests.certificates import certificate
from tests.scripted import says, serve

__all__ = ["certificate"]  # a fixture

SHORT = 0.2
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOTHING = gzip.compress(b"", mtime=0)  # a whole member, with nothing in it

# What is sent at once, and what follows again and again.
DRIPS: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", b""),
    "status-line": (b"HTTP/1.1 200 ", b"O"),
    "header-line": (HEAD + b"X-Slow: ", b"a"),
    "continue-answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"1"),
    "body-of-no-length": (HEAD + b"\r\n", b"1"),
    "chunk-size-line": (CHUNKED, b"0"),
    "chunk": (CHUNKED + b"ffff\r\n", b"1"),
    "trailer": (CHUNKED + b"3\r\n[1]\r\n0\r\n", b"X"),
    "gzip-of-nothing": (HEAD + b"Content-Encoding: gzip\r\n\r\n", NOTHING),
}
every_drip = pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)


class Dripping:
    """A server of raw sockets. `connections` is how many came."""

    def __init__(self, start: bytes, drop: bytes, reads: bool, tls: ssl.SSLContext | None) -> None:
        self.start, self.drop, self.reads, self.tls = start, drop, reads, tls
        self.over = threading.Event()
        self.connections = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.threads: list[threading.Thread] = []

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                there, _ = self.listening.accept()
                self.connections += 1
                self.threads.append(threading.Thread(target=self.answer, args=(there,)))
                self.threads[-1].start()

    def answer(self, there: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            self.tls.wrap_socket(there, server_side=True) if self.tls else there as there,
        ):
            if self.reads:
                there.recv(65536)
                there.sendall(self.start)
            while not self.over.wait(0.03):
                there.sendall(self.drop)


@contextmanager
def dripping(drip: tuple[bytes, bytes], reads: bool = True, tls: ssl.SSLContext | None = None) -> Iterator[Dripping]:
    server = Dripping(*drip, reads, tls)
    accepting = threading.Thread(target=server.accept)
    accepting.start()
    try:
        yield server
    finally:
        server.over.set()
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()
        for thread in (accepting, *server.threads):
            thread.join()


@contextmanager
def keeping() -> Iterator[Any]:
    """A server that keeps its connections."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            server.connections += 1

        def do_GET(self) -> None:
            server.asked.append(self.path)
            if self.path == "/slow":
                threading.Event().wait(2 * SHORT)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

        def log_message(self, *what: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        server: Any = served
        server.connections, server.asked = 0, []
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def http(url: str, seconds: float = SHORT, tries: int = 1) -> Http:
    session = pooled(requests.Session(), url)
    return Http("hubspot", session, url, lambda answer: None, seconds, sleep=lambda pause: None, tries=tries)


@contextmanager
def in_time(most: float = SHORT) -> Iterator[None]:
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < most + 1.0, f"took {took:.1f} s"


@every_drip
def test_a_read_that_drips_is_over_at_its_deadline_and_begun_again(drip):
    with dripping(drip) as server, in_time(2 * SHORT), pytest.raises(Unreachable) as failed:
        http(server.url, tries=2).read("GET", "/contacts")
    assert "gave no whole answer within 0.2 s" in str(failed.value)
    assert server.connections == 2


@every_drip
def test_a_write_that_drips_is_unclear_at_its_deadline_and_never_sent_again(drip):
    with dripping(drip) as server, in_time(), pytest.raises(UnclearOutcome) as failed:
        http(server.url, tries=2).write("PATCH", "/contacts/7", json={})
    assert "gave no whole answer within 0.2 s" in str(failed.value)
    assert server.connections == 1


@every_drip
def test_a_file_that_drips_is_given_up_at_its_deadline(drip):
    with dripping(drip) as server, in_time(), pytest.raises(Unreachable) as failed:
        download(f"{server.url}/file?Signature=secret", io.BytesIO(), {server.url}, seconds=SHORT)
    assert str(failed.value) == "the file at 127.0.0.1 did not come whole within 0.2 s"


@pytest.mark.parametrize("drip", [DRIPS["header-line"], DRIPS["status-line"]], ids=["header-line", "status-line"])
def test_a_chat_that_drips_is_given_up_at_the_deadline(drip):
    with dripping(drip) as server, in_time(), pytest.raises(UnclearOutcome):
        webhook.post(requests.Session(), f"{server.url}/hook", {"text": "3 findings"}, SHORT)


def test_a_write_to_somebody_who_does_not_take_it_is_over_at_its_deadline():
    with dripping((b"", b""), reads=False) as server, in_time(), pytest.raises(UnclearOutcome) as failed:
        http(server.url).write("POST", "/contacts", data=b"1" * 30_000_000)
    assert "gave no whole answer within 0.2 s" in str(failed.value)


def test_a_tls_handshake_that_drips_is_over_at_its_deadline():
    hello = (b"\x16\x03\x03\x40\x00", b"\x02")  # a record of sixteen kilobytes that never ends
    with dripping(hello) as server, in_time(), pytest.raises(Unreachable) as failed:
        http(f"https://127.0.0.1:{server.port}").read("GET", "/contacts")
    assert "gave no whole answer within 0.2 s" in str(failed.value)


@pytest.mark.parametrize("form", ["header-line", "chunk-size-line", "gzip-of-nothing"])
def test_an_encrypted_answer_that_drips_is_over_at_its_deadline(form, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with dripping(DRIPS[form], tls=tls) as server, in_time():
        client = http(f"https://127.0.0.1:{server.port}")
        client.session.verify = str(certificate)
        with pytest.raises(Unreachable) as failed:
            client.read("GET", "/contacts")
    assert "gave no whole answer within 0.2 s" in str(failed.value)


def test_nothing_is_sent_when_connecting_took_all_of_the_time():
    with serve(says(200, [])) as script, pooled(requests.Session(), script.url) as session:
        with Deadline(0), pytest.raises(requests.ConnectTimeout):
            session.get(script.url)
        session.get(script.url)
        assert len(script.asked) == 1


@pytest.mark.parametrize("scheme", ["http", "https"], ids=["forwards", "tunnels"])
def test_a_proxy_that_drips_is_over_at_the_deadline_too(scheme):
    with dripping(DRIPS["header-line"]) as server, in_time():
        client = http(f"{scheme}://platform.example")
        client.session.proxies = {scheme: server.url}
        with pytest.raises(Unreachable) as failed:
            client.read("GET", "/contacts")
    assert "gave no whole answer within 0.2 s" in str(failed.value)
    assert server.connections == 1


def test_a_connection_that_is_kept_outlives_the_deadline_of_the_request_before():
    with keeping() as server:
        quick = http(server.url)
        slow = replace(quick, request_seconds=30.0)
        quick.read("GET", "/quick")
        slow.read("GET", "/slow")  # answered when the first one's deadline is over
        quick.read("GET", "/quick")
    assert (server.connections, server.asked) == (1, ["/quick", "/slow", "/quick"])


def test_a_redirect_that_never_ends_is_read_no_further_than_any_answer():
    endless = (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n" + b"1" * 200_000, b"1")
    with dripping(endless) as server:
        client = replace(http(server.url, seconds=30.0), largest_body=100_000)
        with in_time(), pytest.raises(UnexpectedAnswer, match="more than 100,000 bytes"):
            client.read("GET", "/contacts")
