"""
The kinds of column that hold a number in text: an id, mostly. Read from one record (`of`) or from many at once.

As in `kinds.py`: `of` is strict and names what is wrong; `array` may give up, but never takes what `of` would not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from include.columns.parts import ITSELF, Batch, Doubt, Field, One, Part, plainly

if TYPE_CHECKING:
    import pyarrow as pa


class Id(Protocol):
    """The column of ids, none of which is null."""

    def of(self, one: One) -> Any: ...

    def fields(self) -> Iterable[Field]: ...

    def array(self, batch: Batch) -> pa.Array: ...


@dataclass(frozen=True)
class Number:
    """A number as text. `none` stands for that there is none."""

    name: str
    none: int | None = None

    def of(self, one: One) -> str | None:
        said = one.record.number(self.name)
        return None if said == self.none else str(said)

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, ITSELF, (int,))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array(plainly(batch.values(self.name, ITSELF), int), pa.int64())
        if self.none is not None:
            found = pc.if_else(pc.equal(found, self.none), None, found)
        return found.cast(pa.string())


@dataclass(frozen=True)
class Digits:
    """
    The digits that follow `before` in a text, which is always there where its part is.

    `to` takes them from one text, or raises; it may take digits of other scripts than ours.
    """

    name: str
    to: Callable[[str], str]
    before: str = ""
    part: Part = ITSELF

    def of(self, one: One) -> Any:
        found = one.part(self.part)
        return self.to(found.field(self.name, str)) if found else None

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (str,))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array(batch.values(self.name, self.part), pa.string())
        if found.null_count != batch.missing(self.part):
            raise Doubt
        if self.before:
            if pc.any(pc.invert(pc.starts_with(found, self.before))).as_py():
                raise Doubt
            found = pc.replace_substring(found, self.before, "", max_replacements=1)
        if pc.any(pc.invert(pc.ascii_is_decimal(found))).as_py():
            raise Doubt
        return found
