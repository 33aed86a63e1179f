"""What can be true or false of a record, asked of one record (`of`) or of many at once (`every`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from include.columns.parts import ITSELF, Batch, Field, One, plainly


class Condition(Protocol):
    """Something that is true or false of each record."""

    def of(self, one: One) -> bool: ...

    def fields(self) -> Iterable[Field]: ...

    def every(self, batch: Batch) -> Sequence[bool]: ...


@dataclass(frozen=True)
class Flag:
    """Whether a field is true."""

    name: str

    def of(self, one: One) -> bool:
        return one.record.flag(self.name)

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, ITSELF, (bool,))

    def every(self, batch: Batch) -> Sequence[bool]:
        return plainly(batch.values(self.name, ITSELF), bool)


@dataclass(frozen=True)
class Is:
    """Whether a field is a certain number."""

    name: str
    number: int

    def of(self, one: One) -> bool:
        return one.record.number(self.name) == self.number

    def fields(self) -> Iterable[Field]:
        yield Field(self.name, ITSELF, (int,))

    def every(self, batch: Batch) -> Sequence[bool]:
        return [said == self.number for said in plainly(batch.values(self.name, ITSELF), int)]
