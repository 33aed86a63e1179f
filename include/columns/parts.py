"""
Where a record's fields stand: in the record itself, in an object within it, or in the first of a list of such.

Each place is found in one record (`of`) or in many at once (`every`), as in `kinds.py`. An object that may be missing
is None where it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Protocol

from include.errors import UnexpectedAnswer
from include.record import Record, records


class Doubt(ValueError):
    """Something is not plainly as it must be: let `of` decide, record by record."""


# What looking at many records at once may raise when one of them is not plainly as it must be. Arrow's errors for
# values of a wrong type and for times that cannot be are among them, and so is that for half a pair of surrogates.
DOUBTS = (ValueError, TypeError, LookupError, OverflowError, UnexpectedAnswer)


class Part(Protocol):
    """An object of a record."""

    def of(self, record: Record) -> Record | None: ...

    def every(self, records: list[Any]) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Itself:
    """The record."""

    def of(self, record: Record) -> Record | None:
        return record

    def every(self, records: list[Any]) -> list[Any]:
        return records


@dataclass(frozen=True, slots=True)
class Within:
    """An object that is always there."""

    name: str

    def of(self, record: Record) -> Record | None:
        return record.part(self.name)

    def every(self, records: list[Any]) -> list[Any]:
        return plainly([one[self.name] for one in records], dict)


@dataclass(frozen=True, slots=True)
class MayBe:
    """An object, or null where there is none; where that is so the one named next, if any."""

    name: str
    otherwise: str | None = None

    def of(self, record: Record) -> Record | None:
        found = record.part_or_none(self.name)
        return record.part_or_none(self.otherwise) if found is None and self.otherwise else found

    def every(self, records: list[Any]) -> list[Any]:
        found = [one[self.name] for one in records]
        if self.otherwise:
            found = [one[self.otherwise] if told is None else told for one, told in zip(records, found, strict=True)]
        return plainly(found, dict, NoneType)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first object of a list, or None where the list is empty or not there."""

    name: str

    def of(self, record: Record) -> Record | None:
        found = record.fields.get(self.name) or []
        return next(records(f"{record.where}.{self.name}", found[:1] if isinstance(found, list) else found), None)

    def every(self, records: list[Any]) -> list[Any]:
        found = plainly([(one.get(self.name) or (NOTHING,))[0] for one in records], dict, object)
        return [None if one is NOTHING else one for one in found]


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

    records: list[dict[str, Any]]
    _parts: dict[Part, tuple[list[Any], bool]] = field(default_factory=dict)

    def values(self, name: str, part: Part) -> list[Any]:
        """A field of each record, None where its part is missing. Raises KeyError where only the field is."""
        found, whole = self._found(part)
        if whole:
            return [one[name] for one in found]
        return [None if one is None else one[name] for one in found]

    def values_or_none(self, name: str, part: Part) -> list[Any]:
        """A field that need not be there."""
        return [None if one is None else one.get(name) for one in self._found(part)[0]]

    def missing(self, part: Part) -> int:
        """How many records lack a part."""
        found, whole = self._found(part)
        return 0 if whole else found.count(None)

    def _found(self, part: Part) -> tuple[list[Any], bool]:
        if part not in self._parts:
            found = part.every(self.records)
            self._parts[part] = found, None not in found
        return self._parts[part]
