"""
A platform's records as columns of ours: one declaration says which of its fields each of our columns comes from.

There are two ways through a declaration. `reading.py` takes many records at once, a column at a time, and of pages that
are not parsed yet only the fields that the declaration reads. It gives up on whatever is not plainly as it must be.
Then, and for `iter`, each record is read on its own by `record.Record`: only that decides, and names the field that is
not as it must be. What both ways take, they read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from include.columns.conditions import Condition
from include.columns.kinds import Column, Id, empty_lists
from include.columns.parts import DOUBTS, Batch, One
from include.columns.reading import Listed, Rows
from include.columns.shapes import decoder
from include.model import Contact, Order
from include.record import Record
from include.store.tables import LISTS, of_rows, schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Columns", "Rows"]

Row = TypeVar("Row", Contact, Order)


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """
    How the records of a stream, named `where` in errors, become rows. What is not declared is empty.

    `at` says where the records stand in a page: under these names, one within the other. `fixed` holds what is the same
    in every row. A record for which one of `without` is true is left out. `replaced` lists the ids of the records that
    were merged into one.
    """

    row: type[Row]
    where: str
    fixed: Mapping[str, str]
    id: Id
    columns: Mapping[str, Column]
    at: tuple[str, ...] = ()
    without: Sequence[Condition] = ()
    replaced: Column | None = None

    def rows(self, raw: Mapping[str, Iterable[Any]], stream: str, listed: Listed) -> Rows[Row]:
        """The rows of a stream's pages. `listed` finds the records in a page that is parsed."""
        return Rows(self, stream, raw[stream], listed)

    def ids(self, records: list[dict[str, Any]]) -> list[str]:
        """The ids of records, in order."""
        try:
            return self.id.texts(Batch(records))
        except DOUBTS:
            return [self.id.of(One(Record(self.where, each))) for each in records]

    def merged(self, records: list[dict[str, Any]]) -> list[str]:
        """The ids of the records that were merged into these."""
        if not self.replaced:
            return []
        try:
            return self.names(Batch(records))[1]
        except DOUBTS:
            return _others(self.ids(records), [self.replaced.of(One(Record(self.where, each))) for each in records])

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

    def alone(self, records: list[dict[str, Any]]) -> pa.Table:
        """The rows of records, in their order, read one by one."""
        rows = (self.one(Record(self.where, each)) for each in records)
        return of_rows(self.name, [row for row in rows if row is not None])

    @property
    def name(self) -> str:
        """Our table."""
        return "contacts" if self.row is Contact else "orders"

    @cached_property
    def decode(self) -> Callable[[bytes], list[Any] | None]:
        """Decodes a page into what is read of its records."""
        sources: list[Column | Id | Condition] = [self.id, *self.columns.values(), *self.without]
        if self.replaced:
            sources.append(self.replaced)
        return decoder(self.at, (field for source in sources for field in source.fields()))

    def at_once(self, batch: Batch) -> pa.Table:
        """The rows of records that are plainly as they must be, in their order. Raises one of DOUBTS."""
        import pyarrow as pa

        for test in self.without:
            batch = batch.but(test.every(batch))
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

    def names(self, batch: Batch) -> tuple[list[str], list[str]]:
        """Likewise the ids of records, those that are left out too, and of those that were merged into them."""
        ids = self.id.texts(batch)
        return ids, _others(ids, self.replaced.array(batch).to_pylist()) if self.replaced else []


def _others(ids: list[str], merged: list[Sequence[str]]) -> list[str]:
    """What was merged into the records, which may name themselves."""
    return [old for id, olds in zip(ids, merged, strict=True) for old in olds if old != id]
