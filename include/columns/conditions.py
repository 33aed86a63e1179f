"""What can be true or false of a record, asked of one record (`of`) or of many at once (`every`), as in `kinds.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from include.columns.parts import ITSELF, Batch, One, plainly


class Condition(Protocol):
    """Something that is true or false of each record."""

    def of(self, one: One) -> bool: ...

    def every(self, batch: Batch) -> list[bool]: ...


@dataclass(frozen=True)
class Flag:
    """Whether a field is true."""

    name: str

    def of(self, one: One) -> bool:
        return one.record.flag(self.name)

    def every(self, batch: Batch) -> list[bool]:
        return plainly(batch.values(self.name, ITSELF), bool)


@dataclass(frozen=True)
class Is:
    """Whether a field is a certain number."""

    name: str
    number: int

    def of(self, one: One) -> bool:
        return one.record.number(self.name) == self.number

    def every(self, batch: Batch) -> list[bool]:
        return [said == self.number for said in plainly(batch.values(self.name, ITSELF), int)]
