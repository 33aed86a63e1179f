"""Rollcall's way: its own HTTP, its declarations of columns, its tables; written as a snapshot's part is."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import requests

from include.registry import load
from include.store.bodies import Bodies, Body
from include.store.tables import of_rows
from include.transport import Http


def bodies(job: dict[str, Any], stream: str) -> Iterable[Any]:
    """Pages on disk as a snapshot hands them on; over HTTP what our client makes of an answer, which is parsed."""
    files = job["streams"][stream]["files"]
    if job["url"]:
        return asked(job["url"], job["platform"], stream, len(files))
    return Bodies(lambda: (Body(Path(file).read_bytes(), file) for file in files))


def asked(url: str, platform: str, stream: str, pages: int) -> Iterator[Any]:
    with requests.Session() as session:
        http = Http(platform, session, url, judge=lambda answer: None)
        for number in range(1, pages + 1):
            yield http.read("GET", f"/{platform}/{stream}", params={"page": number}).body


def cpu() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)


def main(job: dict[str, Any]) -> dict[str, Any]:
    rows = load("platforms", job["platform"], "rows")
    began, made = cpu(), 0
    for table, stream in job["tables"].items():
        found = of_rows(table, getattr(rows, table)({stream: bodies(job, stream)}))
        pq.write_table(found, f"{job['out']}/{table}.parquet", compression="zstd")
        made += found.num_rows
    return {"seconds": cpu() - began, "rows": made}


if __name__ == "__main__":
    for job in json.loads(sys.argv[1]):
        told = main(job)
    sys.stdout.write(json.dumps(told))
