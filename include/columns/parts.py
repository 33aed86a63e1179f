"""
Where a record's fields stand: in the record itself, in an object within it, or in the first of a list of such.

Each place is found in one record (`of`) or in many at once (`every`), as in `kinds.py`. An object that may be missing
is None where it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, Protocol

from include.errors import UnexpectedAnswer
from include.record import Record, records


class Doubt(ValueError):
    """Something is not plainly as it must be: let `of` decide, record by record."""


# What looking at many records at once may raise when one of them is not plainly as it must be. Arrow's errors for
# values of a wrong type and for times that cannot be are among them, and so is that for half a pair of surrogates.
DOUBTS = (ValueError, TypeError, LookupError, OverflowError, UnexpectedAnswer)


class View(Protocol):
    """How the fields of many objects are looked at."""

    def values(self, objects: list[Any], name: str) -> list[Any]: ...

    def values_or_none(self, objects: list[Any], name: str) -> list[Any]: ...

    def plainly(self, found: list[Any], *others: type) -> list[Any]: ...


class Parsed:
    """Objects as dictionaries."""

    def values(self, objects: list[Any], name: str) -> list[Any]:
        return list(map(itemgetter(name), objects))

    def values_or_none(self, objects: list[Any], name: str) -> list[Any]:
        return [one.get(name) for one in objects]

    def plainly(self, found: list[Any], *others: type) -> list[Any]:
        return plainly(found, dict, *others)


class Typed:
    """Objects that `shapes.py` decoded, each field of which is there and of its type."""

    def values(self, objects: list[Any], name: str) -> list[Any]:
        return list(map(attrgetter(name), objects))

    def values_or_none(self, objects: list[Any], name: str) -> list[Any]:
        return list(map(attrgetter(name), objects))

    def plainly(self, found: list[Any], *others: type) -> list[Any]:
        return found


class Part(Protocol):
    """An object of a record. `stands`: the record's fields by which objects of a type are found, and which it needs."""

    def of(self, record: Record) -> Record | None: ...

    def every(self, records: list[Any], view: View) -> list[Any]: ...

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

    def every(self, records: list[Any], view: View) -> list[Any]:
        return records

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {}


@dataclass(frozen=True, slots=True)
class Within:
    """An object that is always there."""

    name: str

    def of(self, record: Record) -> Record | None:
        return record.part(self.name)

    def every(self, records: list[Any], view: View) -> list[Any]:
        return view.plainly(view.values(records, self.name))

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

    def every(self, records: list[Any], view: View) -> list[Any]:
        found = view.values(records, self.name)
        if self.otherwise and None in found:
            without = iter(
                view.values([one for one, told in zip(records, found, strict=True) if told is None], self.otherwise)
            )
            found = [next(without) if told is None else told for told in found]
        return view.plainly(found, NoneType)

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {name: (kind | None, True) for name in (self.name, self.otherwise) if name}


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first object of a list, or None where the list is empty or not there."""

    name: str

    def of(self, record: Record) -> Record | None:
        found = record.fields.get(self.name) or []
        return next(records(f"{record.where}.{self.name}", found[:1] if isinstance(found, list) else found), None)

    def every(self, records: list[Any], view: View) -> list[Any]:
        listed = view.values_or_none(records, self.name)
        found = view.plainly([(each or (NOTHING,))[0] for each in listed], object)
        return [None if one is NOTHING else one for one in found]

    def stands(self, kind: Any) -> Mapping[str, tuple[Any, bool]]:
        return {self.name: (list[kind] | None, False)}


PARSED, TYPED = Parsed(), Typed()
ITSELF = Itself()
NOTHING = object()


def plainly(values: list[Any], *kinds: type) -> list[Any]:
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
    """Many records, whose parts are looked for once."""

    records: list[Any]
    view: View = PARSED
    _parts: dict[Part, tuple[list[Any], bool]] = field(default_factory=dict)

    def values(self, name: str, part: Part) -> list[Any]:
        """A field of each record, None where its part is missing. Raises KeyError where only the field is."""
        return self._looked(self.view.values, name, part)

    def values_or_none(self, name: str, part: Part) -> list[Any]:
        """A field that need not be there."""
        return self._looked(self.view.values_or_none, name, part)

    def missing(self, part: Part) -> int:
        """How many records lack a part."""
        found, whole = self._found(part)
        return 0 if whole else found.count(None)

    def but(self, out: list[bool]) -> Batch:
        """The records that are not left out."""
        if not any(out):
            return self
        return Batch([one for one, without in zip(self.records, out, strict=True) if not without], self.view)

    def _looked(self, look: Callable[[list[Any], str], list[Any]], name: str, part: Part) -> list[Any]:
        found, whole = self._found(part)
        if whole:
            return look(found, name)
        told = iter(look([one for one in found if one is not None], name))
        return [None if one is None else next(told) for one in found]

    def _found(self, part: Part) -> tuple[list[Any], bool]:
        if part not in self._parts:
            found = part.every(self.records, self.view)
            self._parts[part] = found, None not in found
        return self._parts[part]
