"""
What is stored of past nights: records of erased people are taken out, and what is too old is removed.

Every part that held somebody is written anew with its checksum, and `erased.json` says so. Removing begins with what
makes a part count, so that a half-removed one counts no more. The last good night always stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.forgetting import pages
from include.forgetting.pages import MANIFEST
from include.forgetting.pseudonyms import Erased
from include.store.lanes import PAGE
from include.store.parts import write_bytes_whole, write_whole

if TYPE_CHECKING:
    import pyarrow as pa
    from upath import UPath

    from include.store.snapshots import Snapshot, Snapshots


@dataclass
class Taken:
    """What was taken out: rows and pages by part, and the records by reference."""

    parts: dict[str, int] = field(default_factory=dict)
    refs: set[str] = field(default_factory=set)


def records(snapshots: Snapshots, erased: Erased) -> set[str]:
    """The references of every contact and order, of any night, that bears an address of these people."""
    found: set[str] = set()
    for snapshot in snapshots.all():
        for table in ("contacts", "orders"):
            if (path := snapshot.part(table).path("parquet")).is_file():
                rows = _read(path)
                kept = rows.filter(_of_them(rows, erased, frozenset()))
                kinds = kept["kind"].to_pylist() if table == "contacts" else ["order"] * kept.num_rows
                ids = zip(kept["platform"].to_pylist(), kinds, kept["id"].to_pylist(), strict=True)
                found.update(f"{platform}:{kind}:{id}" for platform, kind, id in ids)
    return found


def erase(snapshot: Snapshot, erased: Erased, refs: frozenset[str]) -> dict[str, int]:
    """Take these people and their records out of one attempt. Returns how many rows or pages of each part it were."""
    taken: dict[str, int] = {}
    own = refs | _placed(snapshot, refs)
    for path in sorted(_files(snapshot.folder), key=str):
        name = str(path.relative_to(snapshot.folder))
        if path.name == "part.parquet":
            taken[name] = _table(path, erased, refs)
        elif path.name == "part.jsonl":
            taken[name] = _findings(path, erased, refs)
        elif PAGE.fullmatch(path.name):
            taken[name] = pages.erase(path, erased, own)
    for lane in {path.parent for path in _files(snapshot.folder) if PAGE.fullmatch(path.name)}:
        pages.sum_up(lane)
    taken = {name: number for name, number in taken.items() if number}
    if taken:
        at = snapshot.folder / "erased.json"
        before = json.loads(at.read_text("ascii")) if at.is_file() else []
        write_whole(at, [*before, {"at": datetime.now(UTC).isoformat(), "parts": taken}])
    return taken


def old_pages(snapshots: Snapshots, days: int, today: date) -> list[UPath]:
    """The pages of nights older than this, but for the last good one."""
    return [path for one in _older(snapshots, days, today) for path in _files(one.folder) if PAGE.fullmatch(path.name)]


def old_attempts(snapshots: Snapshots, days: int, today: date) -> list[Snapshot]:
    """The attempts of nights older than this, but for the last good one."""
    return list(_older(snapshots, days, today))


def remove(snapshot: Snapshot) -> None:
    """Remove an attempt, and the night's folder with its last one."""
    for name in ("filed.json", f"contacts/{MANIFEST}"):
        (snapshot.folder / name).unlink(missing_ok=True)
    _remove(snapshot.folder)
    night = snapshot.folder.parent
    if not any(night.iterdir()):
        night.rmdir()


def _older(snapshots: Snapshots, days: int, today: date) -> Iterator[Snapshot]:
    oldest = (today - timedelta(days=days)).isoformat()
    good = next((s for s in reversed(list(snapshots.all())) if s.filed()), None)
    for snapshot in snapshots.all():
        if snapshot.night < oldest and snapshot != good:
            yield snapshot


def _files(folder: UPath) -> Iterator[UPath]:
    return (path for path in folder.rglob("*") if path.is_file())


def _remove(folder: UPath) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            _remove(path)
        else:
            path.unlink()
    folder.rmdir()


def _read(path: UPath) -> pa.Table:
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        return pq.read_table(file)


def _table(path: UPath, erased: Erased, refs: frozenset[str]) -> int:
    import io

    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = _read(path)
    kept = rows.filter(pc.invert(_of_them(rows, erased, refs)))
    if kept.num_rows == rows.num_rows:
        return 0
    buffer = io.BytesIO()
    pq.write_table(kept, buffer, compression="zstd")
    _write(path, buffer.getvalue(), kept.num_rows)
    return int(rows.num_rows - kept.num_rows)


def _findings(path: UPath, erased: Erased, refs: frozenset[str]) -> int:
    lines = path.read_text("ascii").splitlines()
    kept = [line for line in lines if not _concerns(json.loads(line), erased, refs)]
    if len(kept) == len(lines):
        return 0
    _write(path, "".join(f"{line}\n" for line in kept).encode("ascii"), len(kept))
    return len(lines) - len(kept)


def _concerns(value: Any, erased: Erased, refs: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in refs or erased.are_in(value)
    inner: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_concerns(each, erased, refs) for each in inner)


def _placed(snapshot: Snapshot, refs: frozenset[str]) -> frozenset[str]:
    """The orders that these records have placed, as far as the night's tables still say so."""
    if not refs or not (path := snapshot.part("orders").path("parquet")).is_file():
        return frozenset()
    rows = _read(path).select(["platform", "id", "contact_id"]).to_pylist()
    told = {_shortened(ref, ["platform", "contact_id"]) for ref in refs}
    return frozenset(
        f"{row['platform']}:order:{row['id']}" for row in rows if f"{row['platform']}:{row['contact_id']}" in told
    )


def _write(path: UPath, content: bytes, rows: int) -> None:
    """A part's file and then its manifest: between the two it counts for nothing, as its checksum differs."""
    write_bytes_whole(path, content)
    write_whole(path.parent / MANIFEST, {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()})


def _of_them(rows: pa.Table, erased: Erased, refs: frozenset[str]) -> Any:
    """
    Whether each row names one of these people, or one of their records.

    A contact that only links to such a record is somebody else's; an order that one has placed is not.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = set(rows.column_names)
    own = [["platform", "kind", "id"]] if "kind" in columns else [["platform", "id"], ["platform", "contact_id"]]
    is_record = {"platform", "id"} <= columns
    named = frozenset() if is_record else refs
    mask = pa.chunked_array([pa.array([False] * rows.num_rows, pa.bool_())])
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        if pa.types.is_list(column.type):
            flat, parents = pc.list_flatten(column), pc.list_parent_indices(column)
            hit = parents.filter(_named(flat, erased, named))
            mask = pc.or_(mask, pc.is_in(pa.array(range(rows.num_rows), hit.type), value_set=hit))
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            mask = pc.or_(mask, _named(column, erased, named))
    for parts in own if is_record else []:
        told = pa.array(sorted(_shortened(ref, parts) for ref in refs), pa.string())
        joined = pc.binary_join_element_wise(*(rows[part] for part in parts), ":")
        mask = pc.or_(mask, pc.fill_null(pc.is_in(joined, value_set=told), False))
    return mask


def _shortened(ref: str, parts: list[str]) -> str:
    """A reference as these columns of a row say it: `shopify:customer:7` of its order is `shopify:7`."""
    platform, kind, id = ref.split(":", 2)
    if "kind" in parts:
        return ref
    return f"{platform}:{id}" if (kind == "order") == ("id" in parts) else ""


def _named(values: pa.Array, erased: Erased, refs: frozenset[str]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    told = [text for text in pc.unique(values).to_pylist() if text and (text in refs or erased.are_in(text))]
    return pc.is_in(values, value_set=pa.array(told, values.type))
