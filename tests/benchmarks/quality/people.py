"""People as their source wrote them down: who they are, where they live, and every reading of them."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reading:
    """How one taker wrote a person down. Empty where the taker left it out. `source`: which of a set's files."""

    id: str
    source: str
    first: str
    last: str
    street: str
    city: str
    postcode: str
    state: str
    number: str


@dataclass(frozen=True)
class Person:
    """One person. The first reading is the one that was not corrupted; `household` is empty where nobody knows it."""

    id: str
    household: str
    country: str
    born: str
    sex: str
    readings: tuple[Reading, ...]

    @property
    def first(self) -> str:
        return self.readings[0].first.lower()

    @property
    def last(self) -> str:
        return self.readings[0].last.lower()

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


def read(path: Path, half: int | None = None) -> list[Person]:
    """The people of a file; with `half`, the even or the odd households only, so that two sets share nobody."""
    found = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if half is None or zlib.crc32((said["household"] or said["id"]).encode()) % 2 == half:
                readings = tuple(Reading(**reading) for reading in said.pop("readings"))
                found.append(Person(**said, readings=readings))
    return found
