"""The pages of one stream as they were kept. Whoever needs little of a page need not have all of it parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from include.errors import SnapshotMissing
from include.json_text import parsed


@dataclass(frozen=True, slots=True)
class Body:
    """One page's JSON. `where` is how messages call it."""

    raw: bytes
    where: str

    def parsed(self) -> Any:
        """What it says. Raises SnapshotMissing when it is no JSON, and so not what was kept."""
        try:
            return parsed(self.raw)
        except ValueError as error:
            raise SnapshotMissing(f"{self.where} is damaged or gone.") from error


@dataclass(frozen=True, slots=True)
class Bodies:
    """Pages in order. Each time somebody goes through them they are read anew, and parsed one by one."""

    unparsed: Callable[[], Iterator[Body]]

    def __iter__(self) -> Iterator[Any]:
        return (body.parsed() for body in self.unparsed())
