"""
Whatever body comes with a 200, a read of it is what JSON means by it or an error of ours: never a crash, never nothing.

The bodies are those of the JSON parsing test suite: `n_` is not JSON, `y_` is, and of `i_` a reader may think what it
likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from include.errors import RollcallError
from include.transport import Answer, Http, pooled

CORPUS = Path(__file__).parents[2] / "shared" / "corpora" / "jsontestsuite"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpora are not here")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = (CORPUS / unquote(self.path[1:])).read_bytes()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *what: Any) -> None:
        pass


@pytest.fixture(scope="module")
def http() -> Iterator[Http]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with pooled(requests.Session(), url) as session:
            yield Http("hubspot", session, url, lambda answer: None, tries=1)
        server.shutdown()
        thread.join()


def bodies(kind: str, least: int) -> list[str]:
    names = sorted(path.name for path in CORPUS.glob(f"{kind}_*.json"))
    assert len(names) >= least
    return names


def told(http: Http, name: str) -> Answer | str:
    """The answer, or the kind of error."""
    try:
        return http.read("GET", f"/{name}")
    except RollcallError as error:
        return type(error).__name__


def test_e4_no_body_that_is_not_json_is_taken_for_an_answer(http):
    assert [name for name in bodies("n", 188) if told(http, name) != "Unreachable"] == []


def test_e4_a_body_that_readers_disagree_on_has_a_value_or_is_an_error_of_ours(http):
    each = [told(http, name) for name in bodies("i", 35)]
    read = [answer.body for answer in each if isinstance(answer, Answer)]
    assert len(read) > 10
    assert None not in read
    assert {error for error in each if isinstance(error, str)} == {"Unreachable"}


def test_every_body_that_is_json_is_an_answer(http):
    for name in bodies("y", 95):
        assert http.read("GET", f"/{name}").raw == (CORPUS / name).read_bytes()
