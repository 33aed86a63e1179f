"""
The tables of a night, open for Ibis: `contacts`, `orders`, `people`, `edges`, `apart`, and those of the night before.

They open from a snapshot, or from a bare folder with `contacts.parquet` and `orders.parquet`, where a column that is
absent counts as empty and one that cannot be used is a BadTable naming column and row. Nothing here writes to a file.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from include.errors import BadTable
from include.model import Contact, Order
from include.store import engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends import BaseBackend
    from upath import UPath

LISTS = frozenset({"other_emails", "channels", "links"})
TIMES = frozenset({"created_at", "updated_at", "placed_at"})
NEEDED = {"contacts": ("platform", "kind", "id"), "orders": ("platform", "id")}
COLUMNS: dict[str, tuple[str, ...]] = {
    "contacts": tuple(field.name for field in fields(Contact)),
    "orders": tuple(field.name for field in fields(Order)),
    "people": ("person", "contact", "platform", "kind"),
    "edges": ("left", "right", "evidence", "weight", "says"),
    "apart": ("left", "right"),
}


def schema(table: str) -> pa.Schema:
    """The Arrow schema of a table."""
    import pyarrow as pa

    def kind(column: str) -> pa.DataType:
        if column in LISTS:
            return pa.list_(pa.string())
        if column in TIMES:
            return pa.timestamp("us", tz="UTC")
        return pa.float64() if column == "weight" else pa.string()

    return pa.schema([pa.field(column, kind(column)) for column in COLUMNS[table]])


def of_rows(table: str, rows: Iterable[Contact | Order]) -> pa.Table:
    """
    Contacts or orders as a table, sorted by reference: the same records make the same table in any order.

    Rows that can make a table of themselves do (`columns.Rows`). A lone surrogate, which JSON can say and UTF-8
    cannot, becomes U+FFFD.
    """
    import pyarrow as pa

    if isinstance(rows, TableMaking):
        return _sorted(rows.table())
    found = list(rows)
    columns = {
        name: [list(value) if isinstance(value := getattr(row, name), tuple) else value for row in found]
        for name in COLUMNS[table]
    }
    try:
        made = pa.table(columns, schema=schema(table))
    except UnicodeEncodeError:
        made = pa.table({name: [_sayable(value) for value in columns[name]] for name in columns}, schema=schema(table))
    return _sorted(made)


def beside(*tables: pa.Table) -> pa.Table:
    """Tables of the same kind as one, in the order that `of_rows` gives."""
    import pyarrow as pa

    return _sorted(pa.concat_tables(tables))


def _sorted(table: pa.Table) -> pa.Table:
    """By reference, without comparing what is the same in every row."""
    import pyarrow.compute as pc

    names = [name for name in ("platform", "kind", "id") if name in table.column_names]
    keys = [name for name in names if pc.count_distinct(table.column(name)).as_py() > 1]
    return table.sort_by([(name, "ascending") for name in keys]).combine_chunks() if keys else table


def _sayable(value: Any) -> Any:
    if isinstance(value, list):
        return [_sayable(each) for each in value]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


@runtime_checkable
class TableMaking(Protocol):
    """Rows that need not be looked at one by one."""

    def table(self) -> pa.Table: ...


@dataclass
class Tables:
    """
    One night's tables on one engine. `before`: the last good night's, or None; it is open on the same engine.

    `apart`: two references a row that people judged not to be the same person. `kept`: what was made of the others.
    """

    backend: BaseBackend
    contacts: ir.Table
    orders: ir.Table
    people: ir.Table
    edges: ir.Table
    apart: ir.Table
    before: Tables | None = None
    kept: dict[Hashable, ir.Table] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_files(cls, paths: Mapping[str, UPath], before: Tables | None = None) -> Tables:
        """Open Parquet files; a table without a file is empty."""
        backend = before.backend if before else engine.connect()
        opened = {name: _opened(backend, name, paths.get(name)) for name in COLUMNS}
        return cls(backend, **opened, before=before)

    @classmethod
    def of_arrow(cls, tables: Mapping[str, pa.Table], before: Tables | None = None) -> Tables:
        """Open tables that are in memory; one that is not given is empty."""
        backend = before.backend if before else engine.connect()
        opened = {
            name: _made(backend, name, conform(name, tables[name]) if name in tables else _empty(name))
            for name in COLUMNS
        }
        return cls(backend, **opened, before=before)

    @classmethod
    def of_folder(cls, folder: UPath, before: UPath | None = None) -> Tables:
        """Open `contacts.parquet` and `orders.parquet` in a folder. Raises BadTable."""
        if not folder.is_dir():
            raise BadTable(f"{folder} is no folder; it should hold contacts.parquet and orders.parquet.")
        paths = {name: folder / f"{name}.parquet" for name in ("contacts", "orders")}
        found = {name: path for name, path in paths.items() if path.is_file()}
        if not found:
            raise BadTable(f"{folder} holds neither contacts.parquet nor orders.parquet.")
        return cls.of_files(found, cls.of_folder(before) if before else None)

    def with_people(self, people: pa.Table, edges: pa.Table) -> Tables:
        """The same tables with people and edges that were just found."""
        made = {name: _made(self.backend, name, table) for name, table in (("people", people), ("edges", edges))}
        return replace(self, **made)

    def close(self) -> None:
        """Let go of the engine."""
        self.backend.disconnect()


def conform(name: str, table: pa.Table, where: str | None = None) -> pa.Table:
    """`table` with exactly the columns of `name`. Raises BadTable naming the first column and row that cannot be."""
    import pyarrow as pa

    columns = []
    for each in schema(name):
        if each.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, each.type))
            continue
        column = table.column(each.name)
        try:
            columns.append(column.cast(each.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            row = _first_wrong(column, each.type) if isinstance(error, pa.ArrowInvalid) else None
            at = f"row {row + 1}" if row is not None else f"its type {column.type}"
            raise BadTable(
                f"{where or name}: column {each.name}, {at}: it cannot be read as {each.type}. It should be "
                f"{_meant(each.type)}; leave it empty where that is not known."
            ) from error
    made = pa.table(columns, schema=schema(name))
    for needed in NEEDED.get(name, ()):
        column = made.column(needed)
        if column.null_count:
            row = column.is_null().to_pylist().index(True)
            says = "it must not be empty. Every row names its record; leave out a row that has none"
            raise BadTable(f"{where or name}: column {needed}, row {row + 1}: {says}.")
    return made


def _meant(kind: Any) -> str:
    """A type of ours, in words."""
    if str(kind).startswith("timestamp"):
        return "a time, like 2026-01-31T12:00:00Z"
    return "a list of texts" if str(kind).startswith("list") else "a text"


def _first_wrong(column: Any, kind: Any) -> int | None:
    """The first row that cannot be read, found by halves; None where it is the type of all that cannot."""
    import pyarrow as pa

    low, high = 0, len(column)  # all rows before `low` can be read, and some before `high` cannot
    while high - low > 1:
        middle = (low + high) // 2
        try:
            column.slice(low, middle - low).cast(kind)
            low = middle
        except pa.ArrowInvalid:
            high = middle
        except pa.ArrowNotImplementedError:
            return None
    return low if high else None


def _made(backend: Any, name: str, table: pa.Table) -> ir.Table:
    """A table of the engine's own, under a name that no other night's has."""
    import ibis

    return backend.create_table(ibis.util.gen_name(name), table, temp=True)


def _opened(backend: Any, name: str, path: UPath | None) -> ir.Table:
    """A file as a table: read by the engine itself where it is local and as we write it, else by way of Arrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path is None:
        return _made(backend, name, _empty(name))
    try:
        with path.open("rb") as file:
            if path.protocol in ("", "file") and _as_we_write(pq.ParquetFile(file), name):
                return backend.read_parquet(str(path))
            file.seek(0)
            table = pq.read_table(file)
    except pa.ArrowInvalid as error:
        raise BadTable(f"{path} is no Parquet file.") from error
    return _made(backend, name, conform(name, table, str(path)))


def _as_we_write(file: Any, name: str) -> bool:
    """Whether a Parquet file has exactly our columns and says itself that none of its references is empty."""
    if not file.schema_arrow.equals(schema(name)):
        return False
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    columns = (group.column(number) for group in groups for number in range(group.num_columns))
    needed = [column.statistics for column in columns if column.path_in_schema in NEEDED.get(name, ())]
    return all(told and told.has_null_count and told.null_count == 0 for told in needed)


def _empty(name: str) -> pa.Table:
    return schema(name).empty_table()
