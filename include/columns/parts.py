"""
Where a record's fields stand: in the record itself, in an object within it, or in the first of a list of such.

Each place is found in one record (`of`) or in many at once (`every`), as in `kinds.py`. An object that may be missing
is None where it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import astuple

from include.errors import UnexpectedAnswer
from include.record import Record, records

if TYPE_CHECKING:
    import pyarrow as pa


class Doubt(ValueError):
    """Something is not plainly as it must be: let `of` decide, record by record."""


# What looking at many records at once may raise when one of them is not plainly as it must be. Arrow's errors for
# values of a wrong type and for times that cannot be are among them, and so is that for half a pair of surrogates.
DOUBTS = (ValueError, TypeError, LookupError, OverflowError, UnexpectedAnswer)


class View(Protocol):
    """How the fields of many objects are looked at, some of which may be missing (None)."""

    def look(self, objects: Sequence[Any], name: str, needed: bool) -> Mapping[str, Sequence[Any]]:
        """A field of each object, and whatever others come with it. Raises KeyError where a needed one is missing."""

    def plainly(self, found: Sequence[Any], *others: type) -> Sequence[Any]: ...


class Parsed:
    """Objects as dictionaries."""

    def look(self, objects: Sequence[Any], name: str, needed: bool) -> Mapping[str, Sequence[Any]]:
        if needed:
            return {name: [None if one is None else one[name] for one in objects]}
        return {name: [None if one is None else one.get(name) for one in objects]}

    def plainly(self, found: Sequence[Any], *others: type) -> Sequence[Any]:
        return plainly(found, dict, *others)


class Typed:
    """Objects that `shapes.py` decoded, each field of which is there and of its type. All come at once."""

    def look(self, objects: Sequence[Any], name: str, needed: bool) -> Mapping[str, Sequence[Any]]:
        first = next((one for one in objects if one is not None), None)
        if first is None:
            return {name: [None] * len(objects)}
        names, whole = first.__struct_fields__, all(objects)
        nothing = (None,) * len(names)
        told = map(astuple, objects) if whole else (nothing if one is None else astuple(one) for one in objects)
        return dict(zip(names, zip(*told, strict=True), strict=True))

    def plainly(self, found: Sequence[Any], *others: type) -> Sequence[Any]:
        return found


class Part(Protocol):
    """An object of a record. `stands`: the record's fields by which objects of a type are found, and which it needs."""

    def of(self, record: Record) -> Record | None: ...

    def every(self, batch: Batch) -> Sequence[Any]: ...

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]: ...


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column reads, the types that it takes, and whether it must be there where its part is."""

    name: str
    part: Part
    kinds: tuple[type, ...]
    needed: bool = True

    def and_as(self, other: Field) -> Field:
        """What is taken both ways."""
        kinds = tuple(kind for kind in self.kinds if kind in other.kinds)
        return Field(self.name, self.part, kinds, self.needed or other.needed)


@dataclass(frozen=True, slots=True)
class Itself:
    """The record."""

    def of(self, record: Record) -> Record | None:
        return record

    def every(self, batch: Batch) -> Sequence[Any]:
        return batch.records

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {}


@dataclass(frozen=True, slots=True)
class Within:
    """An object that is always there."""

    name: str

    def of(self, record: Record) -> Record | None:
        return record.part(self.name)

    def every(self, batch: Batch) -> Sequence[Any]:
        return batch.view.plainly(batch.values(self.name, ITSELF))

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {self.name: (kind, True)}


@dataclass(frozen=True, slots=True)
class MayBe:
    """An object, or null where there is none; where that is so the one named next, if any."""

    name: str
    otherwise: str | None = None

    def of(self, record: Record) -> Record | None:
        found = record.part_or_none(self.name)
        return record.part_or_none(self.otherwise) if found is None and self.otherwise else found

    def every(self, batch: Batch) -> Sequence[Any]:
        found = batch.values(self.name, ITSELF)
        if self.otherwise and None in found:
            others = batch.values(self.otherwise, ITSELF)
            found = [other if one is None else one for one, other in zip(found, others, strict=True)]
        return batch.view.plainly(found, NoneType)

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {name: (kind | None, True) for name in (self.name, self.otherwise) if name}


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first object of a list, or None where the list is empty or not there."""

    name: str

    def of(self, record: Record) -> Record | None:
        found = record.fields.get(self.name) or []
        return next(records(f"{record.where}.{self.name}", found[:1] if isinstance(found, list) else found), None)

    def every(self, batch: Batch) -> Sequence[Any]:
        listed = batch.values(self.name, ITSELF, needed=False)
        found = batch.view.plainly([(each or (NOTHING,))[0] for each in listed], object)
        return [None if one is NOTHING else one for one in found]

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {self.name: (list[kind] | None, False)}


PARSED, TYPED = Parsed(), Typed()
ITSELF = Itself()
NOTHING = object()


def plainly(values: Sequence[Any], *kinds: type) -> Sequence[Any]:
    """The values, all of exactly these types (so that true is no number), or Doubt."""
    if not set(map(type, values)) <= set(kinds):
        raise Doubt
    return values


@dataclass(slots=True)
class One:
    """One record, whose parts are looked for once."""

    record: Record
    _parts: dict[Part, Record | None] = field(default_factory=dict)

    def part(self, part: Part) -> Record | None:
        if part is ITSELF:
            return self.record
        if part not in self._parts:
            self._parts[part] = part.of(self.record)
        return self._parts[part]


@dataclass(slots=True)
class Batch:
    """
    Many records, whose fields are looked at once.

    `texts`: the fields that will be asked for as text. All are made clean at the first, in one go.
    """

    records: Sequence[Any]
    view: View = PARSED
    texts: Sequence[Field] = ()
    _parts: dict[Part, Sequence[Any]] = field(default_factory=dict)
    _looked: dict[Part, dict[str, Sequence[Any]]] = field(default_factory=dict)
    _clean: dict[tuple[str, Part], pa.Array] = field(default_factory=dict)

    def values(self, name: str, part: Part, needed: bool = True) -> Sequence[Any]:
        """A field of each record, None where its part is missing. Raises KeyError where only the field is."""
        looked = self._looked.setdefault(part, {})
        if name not in looked:
            looked |= self.view.look(self._found(part), name, needed)
        return looked[name]

    def text(self, name: str, part: Part) -> pa.Array:
        """A field of text without outer blanks (those that Python's `strip` takes off), null where nothing is left."""
        if not self._clean:
            self._clean = dict(self._cleaned())
        return self._clean[name, part]

    def missing(self, part: Part) -> int:
        """How many records lack a part."""
        return 0 if part is ITSELF else self._found(part).count(None)

    def but(self, out: Sequence[bool]) -> Batch:
        """The records that are not left out."""
        if not any(out):
            return self
        kept = [one for one, without in zip(self.records, out, strict=True) if not without]
        return Batch(kept, self.view, self.texts)

    def _cleaned(self) -> Iterator[tuple[tuple[str, Part], pa.Array]]:
        """The steps over all texts at once, for each step has its price."""
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = [self.values(each.name, each.part, each.needed) for each in self.texts]
        trimmed = pc.utf8_trim_whitespace(pa.array([*chain.from_iterable(texts)], pa.string()))
        filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        for place, each in enumerate(self.texts):
            yield (each.name, each.part), filled.slice(place * len(self.records), len(self.records))

    def _found(self, part: Part) -> Sequence[Any]:
        if part not in self._parts:
            self._parts[part] = part.every(self)
        return self._parts[part]
