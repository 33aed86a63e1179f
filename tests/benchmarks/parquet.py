"""
From pages to Parquet: the CPU that Rollcall takes, beside pandas' `json_normalize` and dlt's `rest_api` source.

All take the same pages, each in a process of its own, in turns.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import requests
from rich.table import Table

from include.key import Key
from include.platforms import connection_of, open_platform
from include.registry import load
from include.sandbox.server import build, serve_in_thread
from tests.benchmarks.works import Disagreement

ROOT = Path(__file__).parents[2]
DLT = ROOT / ".venv-bench" / "bin" / "python"
# Each platform's streams: which table of ours a stream becomes, and where its records stand in a page.
STREAMS = {
    "hubspot": {"contacts": ("contacts", ["results"])},
    "shopify": {
        "customers": ("contacts", ["data", "customers", "nodes"]),
        "orders": ("orders", ["data", "orders", "nodes"]),
    },
    "bigcommerce": {"customers": ("contacts", ["data"]), "orders": ("orders", [])},
}
GOALS = {"json_normalize": 0.3, "dlt": 0.1}  # of our CPU to theirs
COMPARED = (("ours", "json_normalize"), ("ours", "dlt"), ("ours over HTTP", "dlt"))
MEASURED = """\
CPU from the bytes of the pages to Parquet files, that of children and threads included; imports and a first run over
one page, by which each is warm, are not. Each has a process of its own, and a round is a turn of each; a figure is the
best of its rounds, for whatever else runs here only slows. The pages are those the sandbox serves of one world, again
and again until there are enough for what is paid once not to decide. Rollcall and json_normalize read them from disk.
dlt reads them over HTTP from another process (which is not counted). The goal is for pages to Parquet; the last
column is the whole way, where Rollcall too asks over HTTP: it pulls as it pulls a platform (without a quota), keeps
every page, takes down all ids, reads them, and then makes the tables. dlt extracts, normalizes and loads with the
`filesystem` destination, which leaves Parquet files in a folder and needs no database: the least it can do. All end
with the same rows. pandas and dlt flatten every field; Rollcall takes those it has columns for, and checks and cleans
them."""


@dataclass(frozen=True)
class Contender:
    """One way, and how it is run. `served`: over HTTP."""

    name: str
    file: str
    python: str
    served: bool


def contenders() -> list[Contender]:
    """Those that can run here: dlt only where `make bench` has installed it."""
    found = [
        Contender("ours", "rollcall.py", sys.executable, served=False),
        Contender("json_normalize", "normalize.py", sys.executable, served=False),
    ]
    if DLT.exists():
        found += [
            Contender("ours over HTTP", "rollcall.py", sys.executable, served=True),
            Contender("dlt", "dlt_rest_api.py", str(DLT), served=True),
        ]
    return found


def parquet(people: int, seed: int, least: int, rounds: int) -> Table:
    """The CPU a row that each way takes of at least so many pages, and the ratios. Raises Disagreement."""
    ways = contenders()
    title = f"Pages to Parquet, microseconds of CPU a row, the best of {rounds} rounds"
    goals = "Goals: " + ", ".join(f"at most {goal:g} of {theirs}" for theirs, goal in GOALS.items())
    table = Table(title=title, title_justify="left", caption=goals, caption_justify="left", min_width=110)
    table.add_column("platform")
    for heading in ("rows", *(way.name for way in ways)):
        table.add_column(heading, justify="right")
    for ours, theirs in COMPARED:
        table.add_column(f"{ours} / {theirs.removeprefix('json_')}", justify="right")
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        _pulled(people, seed, pages)
        _repeated(pages, least)
        with _served(pages) as url:
            for platform in STREAMS:
                job = _job(platform, pages)
                rows, wanted = _counted(job)
                took: dict[str, list[float]] = {way.name: [] for way in ways}
                for number in range(rounds):
                    for way in (way for way in ways if not way.served or number % 2 == 0):
                        took[way.name].append(_run(way, job, url, wanted if way.file == "rollcall.py" else rows))
                each = [f"{min(took[way.name]) / rows * 1e6:,.1f}" for way in ways]
                ratios = [_ratio(took, *pair) for pair in COMPARED]
                table.add_row(platform, f"{rows:,}", *each, *ratios)
    return table


def _ratio(took: dict[str, list[float]], ours: str, theirs: str) -> str:
    if theirs not in took:
        return "not installed"
    return f"{min(took[ours]) / min(took[theirs]):.2f}"


def _run(way: Contender, job: dict[str, Any], url: str, rows: int) -> float:
    with tempfile.TemporaryDirectory() as out:
        streams = {name: told | {"files": told["files"][:1]} for name, told in job["streams"].items()}
        jobs = [job | {"streams": streams}, job | {}]
        for name, each in zip(("first", "all"), jobs, strict=True):
            (Path(out) / name).mkdir()
            each |= {"out": f"{out}/{name}", "url": url if way.served else None}
        script = str(Path(__file__).parent / "contenders" / way.file)
        command = [way.python, script, json.dumps(jobs)]
        environment = {"PYTHONPATH": str(ROOT), "HOME": out, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Disagreement(f"{way.name} failed: {done.stderr[-2000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    if said["rows"] != rows:
        raise Disagreement(f"{way.name} made {said['rows']:,} rows of {job['platform']}'s pages, not {rows:,}")
    return float(said["seconds"])


def _job(platform: str, pages: Path) -> dict[str, Any]:
    streams = {
        stream: {"files": sorted(str(file) for file in (pages / platform / stream).glob("*.json")), "records": records}
        for stream, (_table, records) in STREAMS[platform].items()
    }
    tables = {table: stream for stream, (table, _records) in STREAMS[platform].items()}
    return {"platform": platform, "streams": streams, "tables": tables}


def _counted(job: dict[str, Any]) -> tuple[int, int]:
    """How many records the pages hold, and how many of them are rows of ours, read one by one."""
    rows, held, taken = load("platforms", job["platform"], "rows"), 0, 0
    for table, stream in job["tables"].items():
        told = job["streams"][stream]
        bodies = [json.loads(Path(file).read_bytes()) for file in told["files"]]
        held += sum(len(reduce(lambda body, key: body[key], told["records"], body)) for body in bodies)
        taken += sum(1 for _ in getattr(rows, table)({stream: bodies}))
    return held, taken


def _pulled(people: int, seed: int, folder: Path) -> None:
    """The pages of a world, as the sandbox serves them."""
    served = serve_in_thread(build(people, seed))
    try:
        connections = requests.get(f"{served.url}/_sandbox/connections", timeout=60).json()
        for name in STREAMS:
            told, numbers = connections[connection_of(name)], Counter[str]()
            with requests.Session() as session:
                key = Key(told["login"], told["password"], told["extra"])
                platform = open_platform(name, session, told["host"], key)
                for page in platform.api.pages():
                    if not platform.rows.count(page):
                        continue
                    numbers[page.stream] += 1
                    path = folder / name / page.stream / f"{numbers[page.stream]:05d}.json"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(json.dumps(page.body, separators=(",", ":")), "utf-8")
    finally:
        served.stop()


def _repeated(folder: Path, least: int) -> None:
    """Each platform's pages again and again, until there are as many."""
    for platform in STREAMS:
        streams = {stream: sorted((folder / platform / stream).glob("*.json")) for stream in STREAMS[platform]}
        times = math.ceil(least / sum(map(len, streams.values())))
        for files in streams.values():
            for number, file in enumerate(files * (times - 1), start=len(files) + 1):
                file.with_name(f"{number:05d}.json").hardlink_to(file)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).parent / "serving.py"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()
