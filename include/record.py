"""
Reads one JSON object as what it must be, for platforms whose answers have one fixed shape.

A field that is missing or of another type is an error that names it, never an empty value and never the field's value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from include.errors import UnexpectedAnswer


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object, and where it was found (`hubspot contacts`)."""

    where: str
    fields: Mapping[str, Any]

    def field(self, name: str, *kinds: type) -> Any:
        """A field that must be there and of one of these types. JSON's true is no number."""
        if name not in self.fields:
            raise UnexpectedAnswer(f"{self.where}: {name} is missing")
        value = self.fields[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UnexpectedAnswer(f"{self.where}: {name} is of the wrong type ({type(value).__name__})")
        return value

    def text(self, name: str) -> str | None:
        """Text without outer blanks, or None when it is empty or null."""
        return (self.field(name, str, type(None)) or "").strip() or None

    def number(self, name: str) -> int:
        return int(self.field(name, int))

    def flag(self, name: str) -> bool:
        return bool(self.field(name, bool))

    def part(self, name: str) -> Record:
        """An object within the object."""
        return Record(f"{self.where}.{name}", self.field(name, dict))

    def part_or_none(self, name: str) -> Record | None:
        """An object within the object, or None where null stands for that there is none."""
        return None if self.field(name, dict, type(None)) is None else self.part(name)

    def time(self, name: str, read: Callable[[str], datetime] = datetime.fromisoformat) -> datetime | None:
        """A time in UTC, or None when it is empty. `read` understands the platform's form of it."""
        if (said := self.text(name)) is None:
            return None
        try:
            moment = read(said)
            told = moment.astimezone(UTC) if moment.tzinfo else None
        except (ValueError, OverflowError):
            raise UnexpectedAnswer(f"{self.where}: {name} is not a time") from None  # its words hold the value
        if told is None:
            raise UnexpectedAnswer(f"{self.where}: {name} has no time zone")
        return told


def objects(where: str, found: Any) -> list[dict[str, Any]]:
    """What is a list of objects."""
    if not isinstance(found, list):
        raise UnexpectedAnswer(f"{where}: there is no list of records")
    if not all(isinstance(each, dict) for each in found):
        raise UnexpectedAnswer(f"{where}: a record is not an object")
    return found


def records(where: str, found: Any) -> Iterator[Record]:
    """Every object of a list."""
    return (Record(where, fields) for fields in objects(where, found))


def joined(parts: Iterable[str | None]) -> str | None:
    """The lines of an address as one."""
    return ", ".join(part for part in parts if part) or None
