"""An answer that writes down which of its fields are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

At = tuple[str, ...]


class Noted(dict[str, Any]):
    """A JSON object that adds the path of every field that is asked for to `read`."""

    def __init__(self, fields: dict[str, Any], at: At, read: set[At]) -> None:
        super().__init__({name: noted(value, (*at, name), read) for name, value in fields.items()})
        self.at, self.read = at, read

    def __getitem__(self, name: str) -> Any:
        self.read.add((*self.at, name))
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read.add((*self.at, str(name)))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add((*self.at, name))
        return super().get(name, default)


def noted(value: Any, at: At, read: set[At]) -> Any:
    """`value`, at whatever depth its objects stand. A list's entries stand where the list stands."""
    if isinstance(value, dict):
        return Noted(value, at, read)
    return [noted(one, at, read) for one in value] if isinstance(value, list) else value


def paths(shape: Any, at: At = ()) -> Iterator[At]:
    """The path of every field in a documented shape."""
    if isinstance(shape, list):
        for one in shape:
            yield from paths(one, at)
    elif isinstance(shape, dict):
        for name, inner in shape.items():
            yield (*at, str(name))
            yield from paths(inner, (*at, str(name)))
