"""
A platform's records as columns of ours: one declaration says which of its fields each of our columns comes from.

There are two ways through a declaration. `Rows.table` takes many records at once, a column at a time, and gives
up on whatever is not plainly as it must be. Then, and for `iter`, each record is read on its own by `record.Record`:
only that decides, and names the field that is not as it must be. What both ways take, they read alike.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from include.columns.conditions import Condition
from include.columns.kinds import Column, Id, empty_lists
from include.columns.parts import DOUBTS, Batch, One
from include.model import Contact, Order
from include.record import Record
from include.store.tables import LISTS, of_rows, schema

if TYPE_CHECKING:
    import pyarrow as pa

Row = TypeVar("Row", Contact, Order)

AT_ONCE = 1_000  # records: enough for the cost of a step not to matter, few enough for memory to be used again


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """
    How the records of a stream, named `where` in errors, become rows. What is not declared is empty.

    `fixed` holds what is the same in every row. A record for which one of `without` is true is left out.
    """

    row: type[Row]
    where: str
    fixed: Mapping[str, str]
    id: Id
    columns: Mapping[str, Column]
    without: Sequence[Condition] = ()

    def rows(self, pages: Iterable[Any], listed: Callable[[Any], list[dict[str, Any]]]) -> Rows[Row]:
        """The rows of pages. `listed` finds the records in a page."""
        return Rows(self, (listed(page) for page in pages))

    def ids(self, records: list[dict[str, Any]]) -> list[str]:
        """The ids of records, in order."""
        try:
            return self.id.texts(Batch(records))
        except DOUBTS:
            return [self.id.of(One(Record(self.where, each))) for each in records]

    def values(self, records: list[dict[str, Any]], column: Column) -> list[Any]:
        """What a column that is none of ours says of records, in order."""
        try:
            return cast("list[Any]", column.array(Batch(records)).to_pylist())
        except DOUBTS:
            return [column.of(One(Record(self.where, each))) for each in records]

    def leaves_out(self, record: Record) -> bool:
        """Whether a record is none of ours to keep."""
        return any(test.of(One(record)) for test in self.without)

    def one(self, record: Record) -> Row | None:
        """A record's row, or None when it is left out."""
        if self.leaves_out(record):
            return None
        found = One(record)
        values: dict[str, Any] = {name: column.of(found) for name, column in self.columns.items()}
        return self.row(**{**self.fixed, "id": self.id.of(found), **values})

    def table(self, records: list[dict[str, Any]]) -> pa.Table:
        """The rows of records, in their order."""
        try:
            return self.at_once(records)
        except DOUBTS:
            rows = (self.one(Record(self.where, each)) for each in records)
            return of_rows(self.name, [row for row in rows if row is not None])

    @property
    def name(self) -> str:
        """Our table."""
        return "contacts" if self.row is Contact else "orders"

    def at_once(self, records: list[dict[str, Any]]) -> pa.Table:
        """The rows of records that are plainly as they must be, in their order. Raises one of DOUBTS."""
        import pyarrow as pa

        batch = Batch(records)
        for test in self.without:
            batch = Batch([one for one, out in zip(batch.records, test.every(batch), strict=True) if not out])
        rows, made = len(batch.records), []
        for field in schema(self.name):
            if field.name == "id":
                made.append(pa.array(self.id.texts(batch), field.type))
            elif column := self.columns.get(field.name):
                made.append(column.array(batch))
            elif field.name in LISTS:
                made.append(empty_lists(rows))
            elif field.name in self.fixed:
                made.append(pa.repeat(pa.scalar(self.fixed[field.name], field.type), rows))
            else:
                made.append(pa.nulls(rows, field.type))
        return pa.table(made, schema=schema(self.name))


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """The rows of a platform's pages: one by one, or as a table. Pages that can be read once make rows that can."""

    columns: Columns[Row]
    pages: Iterable[list[dict[str, Any]]]

    def __iter__(self) -> Iterator[Row]:
        for record in self._records():
            if (row := self.columns.one(Record(self.columns.where, record))) is not None:
                yield row

    def table(self) -> pa.Table:
        """The rows as a table of ours, in the order of the pages."""
        import pyarrow as pa

        left, made = self._records(), [schema(self.columns.name).empty_table()]
        with _no_search_for_cycles():
            while some := list(islice(left, AT_ONCE)):
                made.append(self.columns.table(some))
        return pa.concat_tables(made)

    def _records(self) -> Iterator[dict[str, Any]]:
        return (record for page in self.pages for record in page)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Parsed JSON refers to nothing that refers back to it, and looking for that takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
