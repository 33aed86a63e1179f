"""Reads a platform's pages by a declaration (`Columns`): many records at once, or one by one where need be."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from include.columns.parts import DOUBTS, PARSED, TYPED, View
from include.model import Contact, Order
from include.record import Record
from include.store.bodies import Bodies, Body
from include.store.tables import schema

if TYPE_CHECKING:
    import pyarrow as pa

    from include.columns import Columns

Row = TypeVar("Row", Contact, Order)
Listed = Callable[[Any], list[dict[str, Any]]]

AT_ONCE = 3_000  # records: enough for the cost of a step not to matter, few enough for memory to be used again


@dataclass(frozen=True)
class Told:
    """
    What pages say: the rows, and the ids of all records, both in their order; and the ids of those that were merged
    into them.
    """

    rows: pa.Table
    ids: pa.ChunkedArray
    replaced: Sequence[str] = ()

    def table(self) -> pa.Table:
        return self.rows


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """
    The rows of a stream's pages: one by one, or as a table. Pages that can be read once make rows that can.

    `listed` finds the records in a page that is parsed.
    """

    columns: Columns[Row]
    stream: str
    pages: Iterable[Any]
    listed: Listed

    def __iter__(self) -> Iterator[Row]:
        for page in self.pages:
            for record in self.listed(page):
                if (row := self.columns.one(Record(self.columns.where, record))) is not None:
                    yield row

    def table(self) -> pa.Table:
        """The rows as a table of ours, in the order of the pages."""
        return self.told().rows

    def told(self) -> Told:
        """The rows and what else the pages say, each page looked at once."""
        import pyarrow as pa

        with _no_search_for_cycles():
            some = self._unparsed(self.pages) if isinstance(self.pages, Bodies) else self._parsed()
            parts: list[Told] = [each.read(self.columns) for each in some]
        return Told(
            pa.concat_tables([schema(self.columns.name).empty_table(), *(part.rows for part in parts)]),
            pa.chunked_array([chunk for part in parts for chunk in part.ids.chunks], pa.string()),
            [id for part in parts for id in part.replaced],
        )

    def _parsed(self) -> Iterator[Some]:
        left = (record for page in self.pages for record in self.listed(page))
        while records := list(islice(left, AT_ONCE)):
            yield Some(records, PARSED, self.listed)

    def _unparsed(self, pages: Bodies) -> Iterator[Some]:
        """What can be decoded into its fields alone, and what must be parsed, in the order of the pages."""
        decode = self.columns.decode
        some = Some([], TYPED, self.listed)
        for body in pages.unparsed():
            if (records := decode(body.raw)) is None:
                yield some
                yield Some(self.listed(body.parsed()), PARSED, self.listed)
                some = Some([], TYPED, self.listed)
                continue
            some.records.extend(records)
            some.bodies.append(body)
            if len(some.records) >= AT_ONCE:
                yield some
                some = Some([], TYPED, self.listed)
        yield some


@dataclass(frozen=True)
class Some:
    """Some records, read at once where that can be. Those that are not parsed came in `bodies`."""

    records: list[Any]
    view: View
    listed: Listed
    bodies: list[Body] = field(default_factory=list)

    def read(self, columns: Columns[Any]) -> Told:
        try:
            return columns.at_once(columns.batch(self.records, self.view))
        except DOUBTS:
            return columns.alone(self._parsed())

    def _parsed(self) -> list[dict[str, Any]]:
        if self.view is not TYPED:
            return self.records
        return [record for body in self.bodies for record in self.listed(body.parsed())]


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
