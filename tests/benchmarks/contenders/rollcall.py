"""
Rollcall's way: its declarations of columns, its tables, written as a snapshot's part is.

Pages on disk are read as a snapshot hands them on. Those that are served are pulled: through its own HTTP, walked and
kept page by page in a snapshot, ids taken down, and only then made into tables.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from include.platforms import Lane, Page, Platform, Pulled
from include.pull import overlay, pull
from include.registry import load
from include.store.bodies import Bodies, Body
from include.store.snapshots import open_store
from include.store.tables import of_rows
from include.transport import Http, pooled


class Recorded(Pulled):
    """Recorded pages, a lane for each stream, asked for by their numbers."""

    def __init__(self, job: dict[str, Any], http: Http) -> None:
        self._job, self._http = job, http

    def account(self) -> str:
        return "recorded"

    def clock(self) -> datetime | None:
        return datetime.now(UTC)

    def lanes(self) -> list[Lane]:
        return [Lane(stream) for stream in self._job["streams"]]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        last = len(self._job["streams"][lane.name]["files"])
        for number in range(int(after or 1), last + 1):
            answer = self._http.read("GET", f"/{self._job['platform']}/{lane.name}", params={"page": number})
            yield Page(lane.name, answer.body, str(number + 1), answer.raw)


def from_disk(job: dict[str, Any]) -> int:
    rows, snapshot, made = load("platforms", job["platform"], "rows"), open_store(job["out"]).begin("2026-11-23"), 0
    for table, stream in job["tables"].items():
        files = job["streams"][stream]["files"]
        pages = Bodies(lambda files=files: (Body(Path(file).read_bytes(), file) for file in files))
        made += snapshot.part(table).write_table(of_rows(table, getattr(rows, table)({stream: pages})))
    return made


def over_http(job: dict[str, Any]) -> int:
    name = job["platform"]
    about, rows, fixes = load("platforms", name), load("platforms", name, "rows"), load("platforms", name, "fixes")
    snapshot = open_store(job["out"]).begin("2026-11-23")
    with requests.Session() as session:
        http = Http(name, pooled(session, job["url"]), job["url"], judge=lambda answer: None)
        pull(Platform(name, Recorded(job, http), rows, fixes, 0.0, about.AT_ONCE), snapshot, None, 0)
    found = overlay.tables(name, rows, snapshot.raw(name), None)
    return sum(snapshot.part(table).write_table(found[table]) for table in job["tables"])


def cpu() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)


def main(job: dict[str, Any]) -> dict[str, Any]:
    began = cpu()
    made = over_http(job) if job["url"] else from_disk(job)
    return {"seconds": cpu() - began, "rows": made}


if __name__ == "__main__":
    for job in json.loads(sys.argv[1]):
        told = main(job)
    sys.stdout.write(json.dumps(told))
