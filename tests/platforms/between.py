"""A real HTTP server between Rollcall and the sandbox, to change what a platform answers; and what a pull kept."""

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
from include.store.snapshots import Snapshot
from tests.sandboxes import Sandbox
from tests.scripted import Scripted, says, serve

PAGE = 4  # records of a page, so that there are several
SIZES = (
    (rb"\blimit=\d\d+", b"limit=%d"),
    (rb"\blimitnum=\d+", b"limitnum=%d"),
    (rb'"first": ?\d+', b'"first": %d'),
)
PASSED_ON = {"accept", "authorization", "content-type", "x-auth-token", "x-shopify-access-token"}

WHOLE: dict[tuple[str, str], list[Any]] = {}

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

    session = requests.Session()

    def hand_on(script: Scripted) -> bytes:
        method, path = script.asked[-1].split(" ", 1)
        sent = {name: value for name, value in script.headers[-1].items() if name.lower() in PASSED_ON}
        answer = session.request(
            method, sandbox.served.url + small(path.encode()).decode(), headers=sent, data=small(script.bodies[-1])
        )
        told = {key: value for key, value in answer.headers.items() if key.lower().startswith(("x-", "content-type"))}
        if answer.status_code == 200 and "json" in answer.headers.get("content-type", ""):
            return says(200, json.dumps(change(answer.json())).encode(), **told)
        return says(answer.status_code, answer.content, **told)

    told = requests.get(f"{sandbox.served.url}/_sandbox/connections", timeout=5).json()[connection_of(name)]
    with session, serve(hand_on) as script:
        host = told["host"].replace(sandbox.served.url, script.url)
        key = Key(told["login"], "sandbox", told["extra"])
        opened = open_platform(name, requests.Session(), host, key, sleep=lambda seconds: None)
        yield Between(opened, script)


def small(asked: bytes) -> bytes:
    """A request for pages of at most `PAGE` records."""
    for pattern, size in SIZES:
        asked = re.sub(pattern, size % PAGE, asked)
    return asked


def records(body: Any, *path: str) -> list[Any]:
    """The records an answer holds at `path`, in whatever container; none when it is another kind of answer."""
    for depth, name in enumerate(path):
        if not numbered(body) and not (depth and isinstance(body, list)):
            body = body.get(name) if isinstance(body, dict) else None
    found = list(body.values()) if numbered(body) else body if isinstance(body, list) else [body]
    return [record for record in found if isinstance(record, dict)]


def of_one(body: Any) -> bool:
    """Whether BigCommerce was asked for one: which order is the newest, or how many customers there are."""
    if isinstance(body, list):
        return len(body) == 1
    meta = body.get("meta") if isinstance(body, dict) else None
    return isinstance(meta, dict) and meta.get("pagination", {}).get("per_page") == 1


def numbered(body: Any) -> bool:
    """Whether it is a list in the form that PHP gives it: `{"0": ..., "1": ...}`."""
    return isinstance(body, dict) and all(str(key).isdecimal() for key in body)


def put(record: dict[str, Any], name: str, value: Any) -> None:
    """Set the field `name` (`properties.email`) of a record."""
    *way, last = name.split(".")
    for step in way:
        record = record[step]
    record[last] = value


def drop(record: dict[str, Any], name: str) -> None:
    """Take the field `name` (`properties.email`) out of a record."""
    *way, last = name.split(".")
    for step in way:
        record = record[step]
    del record[last]


def kept(platform: Platform, snapshot: Snapshot) -> list[Any]:
    """The contacts and orders of a pull that counts."""
    raw = snapshot.raw(platform.name)
    return [*platform.rows.contacts(raw.bodies()), *platform.rows.orders(raw.bodies())]


def whole(sandbox: Sandbox, name: str) -> list[Any]:
    """What a pull without faults brings: the same in every test, for each finds the sandbox as new."""
    if (sandbox.served.url, name) not in WHOLE:
        platform = sandbox.open(name)
        raw: dict[str, list[Any]] = {}
        for page in platform.api.pages():
            raw.setdefault(page.stream, []).append(page.body)
        WHOLE[sandbox.served.url, name] = [*platform.rows.contacts(raw), *platform.rows.orders(raw)]
    return WHOLE[sandbox.served.url, name]
