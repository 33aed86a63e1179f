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
from types import NoneType
from typing import Any, Generic, TypeVar

from include.columns.conditions import Condition
from include.columns.ids import Id
from include.columns.kinds import Column
from include.columns.lists import empty_lists
from include.columns.parts import DOUBTS, PARSED, Batch, Field, One, View
from include.columns.reading import Listed, Rows, Told
from include.columns.shapes import decoder
from include.model import Contact, Order
from include.record import Record
from include.store.tables import LISTS, of_rows, schema

__all__ = ["Columns", "Rows", "Told"]

Row = TypeVar("Row", Contact, Order)

TEXT = (str, NoneType)


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
            return list(self.id.array(self.batch(records)).to_pylist())
        except DOUBTS:
            return [self.id.of(One(Record(self.where, each))) for each in records]

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

    def alone(self, records: list[dict[str, Any]]) -> Told:
        """What records say, read one by one."""
        import pyarrow as pa

        told = [Record(self.where, each) for each in records]
        rows = of_rows(self.name, [row for row in map(self.one, told) if row is not None])
        ids = [self.id.of(One(each)) for each in told]
        merged = [self.replaced.of(One(each)) for each in told] if self.replaced else []
        return Told(rows, pa.chunked_array([pa.array(ids, pa.string())]), _others(ids, merged))

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

    @cached_property
    def texts(self) -> Sequence[Field]:
        """The fields that are read as text."""
        fields = (field for column in self.columns.values() for field in column.fields())
        return list({(each.name, each.part): each for each in fields if each.kinds == TEXT}.values())

    def batch(self, records: Sequence[Any], view: View = PARSED) -> Batch:
        """Records to be read at once."""
        return Batch(records, view, self.texts)

    def at_once(self, batch: Batch) -> Told:
        """What records say that are plainly as they must be. Raises one of DOUBTS."""
        import pyarrow as pa

        ids, rows, made = self.id.array(batch), len(batch.records), []
        for field in schema(self.name):
            if field.name == "id":
                made.append(ids)
            elif column := self.columns.get(field.name):
                made.append(column.array(batch))
            elif field.name in LISTS:
                made.append(empty_lists(rows))
            elif field.name in self.fixed:
                made.append(pa.repeat(pa.scalar(self.fixed[field.name], field.type), rows))
            else:
                made.append(pa.nulls(rows, field.type))
        table = pa.table(made, schema=schema(self.name))
        left_out = [any(tests) for tests in zip(*(test.every(batch) for test in self.without), strict=True)]
        if any(left_out):
            table = table.filter(pa.array([not out for out in left_out]))
        merged = self.replaced.array(batch) if self.replaced else empty_lists(0)
        others = _others(ids.to_pylist(), merged.to_pylist()) if len(merged.values) else []
        return Told(table, pa.chunked_array([ids]), others)


def _others(ids: Sequence[str], merged: Sequence[Sequence[str]]) -> list[str]:
    """What was merged into the records, which may name themselves."""
    return [old for id, olds in zip(ids, merged, strict=False) for old in olds if old != id]
