"""A real HTTP server between Rollcall and the sandbox, so that a test can change what a platform answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from include.key import Key
from include.platforms import Platform, connection_of, open_platform
from tests.sandboxes import Sandbox
from tests.scripted import Scripted, says, serve

PAGE = 4  # records of a page, so that there are several
SIZES = (
    (rb"\blimit=\d+", b"limit=%d"),
    (rb"\blimitnum=\d+", b"limitnum=%d"),
    (rb'"first": ?\d+', b'"first": %d'),
)
PASSED_ON = {"accept", "authorization", "content-type", "x-auth-token", "x-shopify-access-token"}

Change = Callable[[Any], Any]  # an answer as the sandbox gave it -> as it is handed on


@dataclass
class Between:
    """A platform as Rollcall opens it, and the server that stands in its place."""

    platform: Platform
    script: Scripted

    @property
    def asked(self) -> int:
        return len(self.script.asked)


@contextmanager
def between(sandbox: Sandbox, name: str, change: Change = lambda body: body) -> Iterator[Between]:
    """Hand every request on, in small pages, and every answer back as `change` makes it."""

    def hand_on(script: Scripted) -> bytes:
        method, path = script.asked[-1].split(" ", 1)
        sent = {name: value for name, value in script.headers[-1].items() if name.lower() in PASSED_ON}
        answer = requests.request(
            method, sandbox.served.url + small(path.encode()).decode(), headers=sent, data=small(script.bodies[-1])
        )
        told = {key: value for key, value in answer.headers.items() if key.lower().startswith(("x-", "content-type"))}
        if answer.status_code == 200 and "json" in answer.headers.get("content-type", ""):
            return says(200, json.dumps(change(answer.json())).encode(), **told)
        return says(answer.status_code, answer.content, **told)

    told = requests.get(f"{sandbox.served.url}/_sandbox/connections", timeout=5).json()[connection_of(name)]
    with serve(hand_on) as script:
        host = told["host"].replace(sandbox.served.url, script.url)
        key = Key("sandbox", "sandbox", told["extra"])
        opened = open_platform(name, requests.Session(), host, key, sleep=lambda seconds: None)
        yield Between(opened, script)


def small(asked: bytes) -> bytes:
    """A request for pages of at most `PAGE` records."""
    for pattern, size in SIZES:
        asked = re.sub(pattern, size % PAGE, asked)
    return asked


def put(record: dict[str, Any], name: str, value: Any) -> None:
    """Set the field `name` (`properties.email`) of a record."""
    *way, last = name.split(".")
    for step in way:
        record = record[step]
    record[last] = value
