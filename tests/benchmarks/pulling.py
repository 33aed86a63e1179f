"""
How much of each platform's quota a pull uses, beside one cursor, and how few calls a pull of changes takes.

The sandbox serves in a process of its own, with the quotas that most accounts have and a latency of 120 ms. It counts
the requests itself, and refuses what is over the quota as the vendor would.
"""

from __future__ import annotations

import math
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import requests
from rich.table import Table

from include import stages
from include.key import Key
from include.platforms import Platform, connection_of, open_platform
from include.pull import overlay
from include.registry import load
from include.sandbox.server import build, serve_in_thread
from include.store.snapshots import Snapshot, Snapshots, open_store

PLAN, LATENCY = "usual", 0.12
WINDOWS = {"hubspot": (190, 10.0), "bigcommerce": (150, 30.0)}  # requests, seconds
BUCKET, RESTORED = 2_000.0, 100.0  # Shopify's points, and those that come back each second
SIZES = {"hubspot": 100}  # records of a page; of the others 250
SAMPLE = 120  # pages by which one cursor's speed is told

GOALS = "Goals: refused 0, quota used 95 % (Shopify's points 97 %), one cursor 3, changes 1/20"
MEASURED = """\
Everything: a pull of all that the platform holds, into a snapshot on disk. Quota used: the least time in which its
quota permits as many calls (of Shopify: as many points) as the pull made, by the time that it took. Wasted: the calls
beyond those of full pages. One cursor: how many times as many records a second as by one cursor on its first pages,
which no quota holds up yet; of how many times the quota permits at most, whoever pulls.
Changes: the calls of the next night's pull, in which nothing changed, as a share of the whole pull's.
HubSpot 190 requests in any 10 s, BigCommerce 150 in 30 s, Shopify a bucket of 2,000 points and 100 a second; 120 ms
latency. Shopify is asked page by page here: its bulk operations cost no points, and take as long as Shopify likes."""


@dataclass(frozen=True)
class Pull:
    """What one platform's pulls came to."""

    platform: str
    rows: int
    pages: int
    calls: int
    refused: int
    seconds: float
    ideal: float
    one_cursor: float
    changes: int

    def cells(self) -> list[str]:
        return [
            self.platform,
            f"{self.rows:,}",
            f"{self.pages:,}",
            f"{self.calls - self.pages:,}",
            str(self.refused),
            f"{self.seconds:.1f}",
            f"{self.ideal / self.seconds:.1%}",
            f"{self.pages / self.seconds / self.one_cursor:.2f} of {self.pages / self.ideal / self.one_cursor:.2f}",
            f"{self.changes} (1/{self.calls // max(self.changes, 1)})",
        ]


def pulling(people: int, seed: int) -> Table:
    """Pull three platforms of a world of so many people, and say how well the quota was used."""
    table = Table(title="Pulls at the quota", title_justify="left", caption=GOALS, caption_justify="left")
    for heading in ("platform", "rows", "pages", "wasted", "refused", "seconds", "quota used", "one cursor", "changes"):
        table.add_column(heading, justify="left" if heading == "platform" else "right")
    with _sandbox(people, seed) as sandbox:
        for platform in ("hubspot", "bigcommerce", "shopify"):
            with tempfile.TemporaryDirectory() as folder:
                table.add_row(*_measured(sandbox, platform, open_store(folder)).cells())
    return table


@dataclass(frozen=True)
class _Sandbox:
    url: str

    def open(self, name: str, **options: Any) -> Platform:
        told = requests.get(f"{self.url}/_sandbox/connections", timeout=60).json()[connection_of(name)]
        key = Key(told["login"], told["password"], told["extra"] | options)
        return open_platform(name, requests.Session(), told["host"], key)

    def counted(self, name: str) -> dict[str, float]:
        counts: dict[str, Any] = requests.get(f"{self.url}/_sandbox/quota", timeout=60).json()["platforms"]
        return {"requests": 0, "throttled": 0, "points": 0} | counts.get(connection_of(name), {})

    def since(self, name: str, before: dict[str, float]) -> dict[str, float]:
        return {what: count - before[what] for what, count in self.counted(name).items()}

    def switch(self, **switches: Any) -> None:
        requests.post(f"{self.url}/_sandbox/switches", json=switches, timeout=60).raise_for_status()


@contextmanager
def _sandbox(people: int, seed: int) -> Iterator[_Sandbox]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(people, seed, theirs), daemon=True)
    process.start()
    try:
        sandbox = _Sandbox(ours.recv())
        sandbox.switch(shopify_bulk_denied=True)
        yield sandbox
    finally:
        process.kill()
        process.join()


def _serve(people: int, seed: int, told: Any) -> None:
    served = serve_in_thread(build(people, seed, plan=PLAN, latency=LATENCY))
    told.send(served.url)
    while True:
        time.sleep(3600)


def _measured(sandbox: _Sandbox, name: str, store: Snapshots) -> Pull:
    one_cursor = _one_cursor(sandbox, name)
    if sandbox.counted(name)["requests"] >= SAMPLE:
        time.sleep(WINDOWS.get(name, (0, BUCKET / RESTORED))[1])  # until the quota is whole again
    first, seconds, spent = _night(sandbox, name, store, "2026-11-22")
    _, _, changes = _night(sandbox, name, store, "2026-11-23")
    told = first.raw(name).manifest()
    if told.rows != told.distinct or any(told.held[stream] != count for stream, count in told.told.items()):
        raise AssertionError(f"{name}: a record is missing or there twice")
    size = SIZES.get(name, 250)
    pages = sum(math.ceil(rows / size) for rows in told.rows.values())
    return Pull(
        platform=name,
        rows=sum(told.rows.values()),
        pages=pages,
        calls=int(spent["requests"]),
        refused=int(spent["throttled"]),
        seconds=seconds,
        ideal=_ideal(name, spent),
        one_cursor=one_cursor,
        changes=int(changes["requests"]),
    )


def _night(sandbox: _Sandbox, name: str, store: Snapshots, date: str) -> tuple[Snapshot, float, dict[str, float]]:
    """Pull one night; what it took in seconds and calls. Its tables are made too, for the next to rest on."""
    snapshot = store.begin(date)
    platform = sandbox.open(name)
    counted, began = sandbox.counted(name), time.perf_counter()
    stages.pull(platform, snapshot, store.before(snapshot), full_pull_days=7)
    seconds, spent = time.perf_counter() - began, sandbox.since(name, counted)
    raw = snapshot.raw(name)
    rests_on = raw.manifest().planned.rests_on
    base = store.get(rests_on) if rests_on else None
    for table, rows in overlay.tables(name, load("platforms", name, "rows"), raw, base).items():
        snapshot.part(table).write_table(rows)
    snapshot.mark_filed()
    return snapshot, seconds, spent


def _one_cursor(sandbox: _Sandbox, name: str) -> float:
    """Pages a second of one request after the other, as long as the quota refuses none."""
    platform = sandbox.open(name, one_cursor=True)
    pages = platform.api.pages()
    began = time.perf_counter()
    count = 1 + sum(1 for _ in islice(pages, SAMPLE))
    return count / (time.perf_counter() - began)


def _ideal(name: str, spent: dict[str, float]) -> float:
    """The least seconds in which a quota permits what was spent, the last answer's latency included."""
    if name in WINDOWS:
        limit, window = WINDOWS[name]
        return (math.ceil(spent["requests"] / limit) - 1) * window + LATENCY
    return max(0.0, (spent["points"] - BUCKET) / RESTORED) + LATENCY
