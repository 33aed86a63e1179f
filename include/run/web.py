"""JSON over HTTP to the processes on this machine. It talks to no platform: that is `include/transport.py`."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit


class Answered(Exception):
    """The server answered with a status of 400 or above."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body


class Web:
    """One server on this machine, with the headers that every request carries."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
            raise ValueError(f"{url} is not on this machine")
        self.url = url.rstrip("/")
        self.headers = dict(headers or {})
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: Any = None, timeout: float = 60) -> Any:
        """The JSON the server answers (None for an empty body). Raises Answered, or OSError when it is not there."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, self.headers, method=method)  # noqa: S310  checked above
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept", "application/json")
        try:
            with self.opener.open(request, timeout=timeout) as answer:
                return _body(answer.read())
        except urllib.error.HTTPError as error:
            raise Answered(error.code, _body(error.read())) from error


def _body(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
