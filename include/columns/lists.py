"""The kinds of column that hold lists of texts, each read from one record (`of`) or from many at once (`array`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any

from include.columns.parts import ITSELF, Batch, Doubt, Field, One, Part, plainly

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class List:
    """Texts that `made` makes of a field of this kind, which may be null. Where it is empty, there are none."""

    name: str
    kind: type
    made: Callable[[Any], Sequence[str]]
    part: Part = ITSELF

    def of(self, one: One) -> tuple[str, ...]:
        found = one.part(self.part)
        return tuple(self.made(found.field(self.name, self.kind, NoneType))) if found else ()

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (self.kind, NoneType))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        said = plainly(batch.values(self.name, self.part), self.kind, NoneType)
        if not any(said):
            return empty_lists(len(said))
        return pa.array([self.made(each) if each else () for each in said], pa.list_(pa.string()))


@dataclass(frozen=True)
class References:
    """
    Records elsewhere whose ids these fields hold: each field's `prefix:id`, in order.

    A field may be missing, or null. Only a number can be an id: these fields can be typed into.
    """

    prefixes: Mapping[str, str]
    part: Part = ITSELF

    def of(self, one: One) -> tuple[str, ...]:
        found = one.part(self.part)
        if not found:
            return ()
        there = {name: prefix for name, prefix in self.prefixes.items() if name in found.fields}
        said = ((prefix, found.text(name)) for name, prefix in there.items())
        return tuple(f"{prefix}:{id}" for prefix, id in said if id and id.isdecimal())

    def fields(self) -> Iterable[Field]:
        return (Field(name, self.part, (str, NoneType), needed=False) for name in self.prefixes)

    def array(self, batch: Batch) -> pa.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = [batch.text(name, self.part) for name in self.prefixes]
        said = pa.concat_arrays(texts)
        ids = pc.fill_null(pc.ascii_is_decimal(said), False)
        if pc.any(pc.invert(pc.string_is_ascii(said.filter(pc.invert(ids))))).as_py():
            raise Doubt  # numbers of other scripts
        ids = ids.to_numpy(zero_copy_only=False)
        rows = len(batch.records)
        by_record = np.arange(len(said)).reshape(-1, rows).T.ravel() if rows else np.arange(0)
        named = by_record[ids[by_record]]
        ends = np.bincount(named % rows, minlength=rows).cumsum() if rows else np.arange(0)
        prefixes = pa.array(self.prefixes.values(), pa.string()).take(pa.array(named // max(rows, 1)))
        values = pc.binary_join_element_wise(prefixes, said.take(pa.array(named)), ":")
        return pa.ListArray.from_arrays(pa.array(np.insert(ends, 0, 0), pa.int32()), values)


def empty_lists(rows: int) -> pa.Array:
    """A column of lists that hold nothing."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows + 1), pa.array([], pa.string()))
