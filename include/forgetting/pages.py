"""
A platform's page as it is kept: what it tells of erased people, or of records by their numbers, is taken out of it.

Which numbers a page's records have is known to the platform's `rows`, and of which kind by what it says of the stream.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.forgetting.redacting import redacted, without_records
from include.json_text import parsed
from include.registry import load
from include.store.parts import write_bytes_whole, write_whole

if TYPE_CHECKING:
    from upath import UPath

    from include.forgetting.pseudonyms import Erased

MANIFEST, RAW = "manifest.json", "raw"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as a platform's `rows` reads it."""

    stream: str
    body: Any


def erase(path: UPath, erased: Erased, refs: frozenset[str]) -> int:
    """Take these people and their records out of one page; 1 where something was, else 0."""
    line, _, body = path.read_bytes().partition(b"\n")
    try:
        header, new = json.loads(line), redacted(body, erased)
    except ValueError:
        path.unlink()  # cut short by a crash: it counts for nothing, and nobody can tell what is in it
        return 1
    new = without_records(new, _theirs(_platform_of(path), header["stream"], new, refs))
    if new == body:
        return 0
    write_bytes_whole(path, json.dumps({**header, "bytes": len(new)}).encode("ascii") + b"\n" + new)
    return 1


def _platform_of(page: UPath) -> str:
    """The platform whose page this is: the folder below `raw`."""
    return str(page.parts[max(at for at, part in enumerate(page.parts) if part == RAW) + 1])


def _theirs(platform: str, stream: str, body: bytes, refs: frozenset[str]) -> list[bool]:
    """Whether each of a page's records is one of these."""
    rows = load("platforms", platform, "rows")
    kind = {**getattr(rows, "KINDS", {}), **getattr(rows, "RECORDS", {})}.get(stream)
    ids = {ref.split(":", 2)[2] for ref in refs if ref.startswith(f"{platform}:{kind}:")}
    if not ids:
        return []
    return [id in ids for id in rows.ids(Asked(stream, parsed(body)))]


def sum_up(lane: UPath) -> None:
    """Let a lane's checksums be those of its pages."""
    path = lane / MANIFEST
    if not path.is_file():
        return
    told = json.loads(path.read_text("utf-8"))
    sums: dict[str, Any] = {}
    for file, stream in told["pages"]:
        body = (lane / file).read_bytes().partition(b"\n")[2]
        sums.setdefault(stream, hashlib.sha256()).update(body)
    found = {stream: each.hexdigest() for stream, each in sums.items()}
    if found != told["sha256"]:
        write_whole(path, {**told, "sha256": found})
