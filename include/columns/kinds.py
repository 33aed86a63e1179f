"""
The kinds of column that a declaration is made of, each read from one record (`of`) or from many at once (`array`).

`of` is strict and names what is wrong. `array` may give up on whatever it likes (`parts.DOUBTS`), but never takes what
`of` would not, and reads alike what both take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol

from include.columns.parts import ITSELF, Batch, Doubt, Field, One, Part, plainly
from include.columns.times import ISO, Form
from include.errors import UnexpectedAnswer
from include.record import joined

if TYPE_CHECKING:
    import pyarrow as pa


class Column(Protocol):
    """A column of ours, and the fields that it is read from."""

    def of(self, one: One) -> Any: ...

    def fields(self) -> Iterable[Field]: ...

    def array(self, batch: Batch) -> pa.Array: ...


class Id(Protocol):
    """The column of ids."""

    def of(self, one: One) -> Any: ...

    def fields(self) -> Iterable[Field]: ...

    def texts(self, batch: Batch) -> list[str]: ...


@dataclass(frozen=True)
class Text:
    """Text without outer blanks, or None when it is empty or null. `to` says it in our words."""

    name: str
    part: Part = ITSELF
    to: Callable[[str], str] | None = None

    def of(self, one: One) -> str | None:
        found = one.part(self.part)
        said = found.text(self.name) if found else None
        return self.to(said) if said and self.to else said

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (str, NoneType))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        found = _trimmed(pa.array(batch.values(self.name, self.part), pa.string()))
        if not self.to:
            return found
        distinct = found.dictionary_encode()
        words = [self.to(said) for said in distinct.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(distinct.indices)


@dataclass(frozen=True)
class Exact:
    """Text that is always there where its part is, as it stands. `to` says it in our words, or raises."""

    name: str
    part: Part = ITSELF
    to: Callable[[str], str] = str

    def of(self, one: One) -> Any:
        found = one.part(self.part)
        return self.to(found.field(self.name, str)) if found else None

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (str,))

    def texts(self, batch: Batch) -> list[str]:
        return [self.to(said) for said in plainly(batch.values(self.name, ITSELF), str)]

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        if not batch.missing(self.part):
            return pa.array(map(self.to, plainly(batch.values(self.name, self.part), str)), pa.string())
        said = plainly(batch.values(self.name, self.part), str, NoneType)
        if said.count(None) != batch.missing(self.part):
            raise Doubt
        return pa.array([None if each is None else self.to(each) for each in said], pa.string())


@dataclass(frozen=True)
class Either:
    """The first column, and where that is None the second."""

    first: Column
    second: Column

    def of(self, one: One) -> Any:
        found = self.first.of(one)
        return self.second.of(one) if found is None else found

    def fields(self) -> Iterable[Field]:
        return (*self.first.fields(), *self.second.fields())

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow.compute as pc

        return pc.coalesce(self.first.array(batch), self.second.array(batch))


@dataclass(frozen=True)
class Lines:
    """Texts as one, with commas between them."""

    texts: tuple[Text, ...]

    def of(self, one: One) -> str | None:
        return joined([text.of(one) for text in self.texts])

    def fields(self) -> Iterable[Field]:
        return (field for text in self.texts for field in text.fields())

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow.compute as pc

        first, *others = (text.array(batch) for text in self.texts)
        for other in others:
            first = pc.coalesce(pc.binary_join_element_wise(first, other, ", "), first, other)
        return first


@dataclass(frozen=True)
class Time:
    """A time in UTC, or None when it is empty; an error, when it is one that is `always` told."""

    name: str
    form: Form = ISO
    part: Part = ITSELF
    always: bool = False

    def of(self, one: One) -> datetime | None:
        found = one.part(self.part)
        told = found.time(self.name, self.form.read) if found else None
        if self.always and told is None:
            raise UnexpectedAnswer(f"{one.record.where}: {self.name} is not a time")
        return told

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (str, NoneType))

    def array(self, batch: Batch) -> pa.Array:
        told = self.form.every(Text(self.name, self.part).array(batch))
        if self.always and told.null_count:
            raise Doubt
        return told


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

    def texts(self, batch: Batch) -> list[str]:
        return list(map(str, plainly(batch.values(self.name, ITSELF), int)))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pa.array(plainly(batch.values(self.name, ITSELF), int), pa.int64())
        if self.none is not None:
            found = pc.if_else(pc.equal(found, self.none), None, found)
        return found.cast(pa.string())


@dataclass(frozen=True)
class List:
    """
    Texts that `made` makes of some fields of these kinds, each of which may be null, and missing unless `needed`.

    Where all of them are empty, there are none.
    """

    names: tuple[str, ...]
    kinds: tuple[type, ...]
    made: Callable[..., Sequence[str]]
    part: Part = ITSELF
    needed: bool = True

    def of(self, one: One) -> tuple[str, ...]:
        found = one.part(self.part)
        if not found:
            return ()
        there = [name for name in self.names if self.needed or name in found.fields]
        said = {name: found.field(name, *self.kinds, NoneType) for name in there}
        return tuple(self.made(*(said.get(name) for name in self.names)))

    def fields(self) -> Iterable[Field]:
        return (Field(name, self.part, (*self.kinds, NoneType), self.needed) for name in self.names)

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        look = batch.values if self.needed else batch.values_or_none
        columns = [plainly(look(name, self.part), *self.kinds, NoneType) for name in self.names]
        told = [column for column in columns if any(column)]
        if not told:
            return empty_lists(len(columns[0]))
        made = [self.made(*said) if any(said) else () for said in zip(*columns, strict=True)]
        return pa.array(made, pa.list_(pa.string()))


def empty_lists(rows: int) -> pa.Array:
    """A column of lists that hold nothing."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows + 1), pa.array([], pa.string()))


def _trimmed(texts: pa.Array) -> pa.Array:
    """Texts without outer blanks (those that Python's `strip` takes off), null where nothing is left."""
    import pyarrow.compute as pc

    return _filled(pc.utf8_trim_whitespace(texts))


def _filled(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(texts, ""), None, texts)
