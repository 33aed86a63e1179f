"""
The kinds of column that a declaration is made of, each read from one record (`of`) or from many at once (`array`).

`of` is strict and names what is wrong. `array` may give up on whatever it likes (`parts.DOUBTS`), but never takes what
`of` would not, and reads alike what both take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol

from include.columns.parts import ITSELF, Batch, Doubt, Field, One, Part
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
        found = batch.text(self.name, self.part)
        return _in_our_words(found, self.to) if self.to else found


@dataclass(frozen=True)
class Exact:
    """Text that is always there where its part is, as it stands. `to` says it in our words, or raises."""

    name: str
    part: Part = ITSELF
    to: Callable[[str], str] | None = None

    def of(self, one: One) -> Any:
        found = one.part(self.part)
        said = found.field(self.name, str) if found else None
        return self.to(said) if said is not None and self.to else said

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, self.part, (str,))

    def array(self, batch: Batch) -> pa.Array:
        import pyarrow as pa

        found = pa.array(batch.values(self.name, self.part), pa.string())
        if found.null_count != batch.missing(self.part):
            raise Doubt
        return _in_our_words(found, self.to) if self.to else found


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
        told = self.form.every(batch.text(self.name, self.part))
        if self.always and told.null_count:
            raise Doubt
        return told


def _in_our_words(texts: pa.Array, to: Callable[[str], str]) -> pa.Array:
    """Each text that there is, said by `to` once."""
    import pyarrow as pa

    distinct = texts.dictionary_encode()
    words = [to(said) for said in distinct.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(distinct.indices)
