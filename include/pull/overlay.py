"""
Lays what a pull brought over what was known: a platform's rows and ids as they are after it.

A later phase wins over an earlier one, and all of them over the rows of the night they rest on. A record that another
one replaced (HubSpot's merges) is taken out. Pure: it reads snapshots and asks nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.columns import Rows
from include.platforms import Page
from include.store.tables import beside, of_rows, schema

if TYPE_CHECKING:
    from types import ModuleType

    import pyarrow as pa

    from include.columns.reading import Told
    from include.store.raw import PhaseStore, RawStore
    from include.store.snapshots import Snapshot

TABLES = ("contacts", "orders")
ORDER = "order"


@dataclass(frozen=True)
class Brought:
    """What one phase brought: its tables, and of each stream the ids it named and those that were replaced."""

    tables: Mapping[str, pa.Table]
    ids: Mapping[str, pa.ChunkedArray]
    replaced: Mapping[str, Sequence[str]]


def brought(rows: ModuleType, phase: PhaseStore, named: Container[str] | None = None) -> Brought:
    """
    Read a phase's pages in our words: each once, where the platform declares its columns.

    `named`: the streams whose ids are asked for; None for all.
    """
    pages = phase.bodies()
    raw: Mapping[str, Iterable[Any]] = defaultdict(tuple, pages)  # a stream in which nothing changed has no pages
    tables: dict[str, pa.Table] = {}
    told: dict[str, Told] = {}
    for table in TABLES:
        made = getattr(rows, table)(raw)
        if isinstance(made, Rows):
            told[made.stream] = made.told()
            made = told[made.stream]
        tables[table] = of_rows(table, made)
    wanted = [stream for stream in pages if named is None or stream in named]
    ids = {stream: told[stream].ids if stream in told else _ids(rows, stream, pages[stream]) for stream in wanted}
    return Brought(tables, ids, {stream: told[stream].replaced for stream in pages if stream in told})


def _ids(rows: ModuleType, stream: str, bodies: Iterable[Any]) -> pa.ChunkedArray:
    import pyarrow as pa

    ids = [id for body in bodies for id in rows.ids(Page(stream, body))]
    return pa.chunked_array([pa.array(ids, pa.string())])


def tables(platform: str, rows: ModuleType, raw: RawStore, base: Snapshot | None) -> dict[str, pa.Table]:
    """A platform's contacts and orders after a pull that counts. `base`: the snapshot that its plan rests on."""
    found = {table: base.rows_of(table, [platform]) if base else schema(table).empty_table() for table in TABLES}
    for phase in raw.phases():
        told = brought(rows, phase, getattr(rows, "KINDS", {}))
        for table in TABLES:
            replaced = _by_kind(rows, table, told.replaced)
            kept, new = found[table], _without(told.tables[table], table, replaced)
            if kept.num_rows:
                kept = _without(kept, table, replaced, _by_kind(rows, table, told.ids))
            found[table] = beside(kept, new) if kept.num_rows else new
    return found


def together(parts: Sequence[pa.Table]) -> pa.Table:
    """Several platforms' tables as one, in the order that `of_rows` gives."""
    import pyarrow as pa

    return beside(pa.concat_tables(parts[:-1]), parts[-1]) if len(parts) > 1 else parts[0]


def known(platform_known: pa.Table | None, told: Brought) -> pa.Table:
    """The stream and id of every record there is, once a phase was laid over what was known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    before = platform_known or pa.table({"stream": pa.array([], pa.string()), "id": pa.array([], pa.string())})
    for stream in dict.fromkeys([*before["stream"].unique().to_pylist(), *told.ids]):
        old = before.filter(pc.equal(before["stream"], stream))["id"]
        new = told.ids[stream].chunks if stream in told.ids else []
        ids = pc.unique(pa.chunked_array([*old.chunks, *new], pa.string()))
        if gone := told.replaced.get(stream):
            ids = ids.filter(pc.invert(pc.is_in(ids, value_set=pa.array(gone, pa.string()))))
        parts.append(pa.table({"stream": pa.repeat(pa.scalar(stream), len(ids)), "id": ids}))
    return pa.concat_tables(parts) if parts else before


def held(found: pa.Table) -> dict[str, int]:
    """How many records of each stream are known."""
    counted = found.group_by("stream").aggregate([("id", "count")]).to_pylist()
    return {row["stream"]: row["id_count"] for row in counted}


def _by_kind(rows: ModuleType, table: str, ids: Mapping[str, Any]) -> dict[str, Any]:
    """The ids of a phase's records of `table`, by their kind; none of platforms that are always pulled whole."""
    kinds: Mapping[str, str] = getattr(rows, "KINDS", {})
    wanted = {stream: kind for stream, kind in kinds.items() if (kind == ORDER) == (table == "orders")}
    return {kind: ids[stream] for stream, kind in wanted.items() if len(ids.get(stream, ()))}


def _without(found: pa.Table, table: str, *gone: Mapping[str, Any]) -> pa.Table:
    """The rows whose record is not among those that are gone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keep: Any = None
    for kind, ids in ((kind, ids) for each in gone for kind, ids in each.items()):
        named = pc.is_in(found["id"], value_set=ids if isinstance(ids, pa.ChunkedArray) else pa.array(ids, pa.string()))
        if table == "contacts":
            named = pc.and_(named, pc.equal(found["kind"], kind))
        keep = pc.invert(named) if keep is None else pc.and_(keep, pc.invert(named))
    return found if keep is None else found.filter(keep)
