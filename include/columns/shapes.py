"""
Decodes a page into just the fields that a declaration reads, and makes nothing of all others.

It takes only what is plainly as it must be (msgspec checks the type of every field as it reads), and says None of any
other page: then all of it is parsed, and `kinds.py` says what is wrong. It never takes what `json_text` would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import NoneType
from typing import Annotated, Any

import msgspec

from include.columns.parts import ITSELF, Field, Part

# What a whole number is to Arrow. What is longer still is a float to `json_text`.
WHOLE: Any = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
TYPES: Mapping[type, Any] = {
    str: str,
    int: WHOLE,
    bool: bool,
    NoneType: None,
    list: list[WHOLE | str | bool | None],
}


def decoder(at: Sequence[str], fields: Iterable[Field]) -> Callable[[bytes], list[Any] | None]:
    """What finds the records of a page, which stand under the names `at`, one within the other."""
    kind: Any = list[_record(fields)]  # type: ignore[misc]
    for name in reversed(at):
        kind = _object({name: (kind, True)})
    decode = msgspec.json.Decoder(kind).decode

    def records(page: bytes) -> list[Any] | None:
        try:
            if not page.isascii():
                page.decode("utf-8")  # what is passed over is not held to be UTF-8 by msgspec
            told = decode(page)
        except (ValueError, RecursionError):
            return None
        for name in at:
            told = getattr(told, name)
        return told  # type: ignore[no-any-return]

    return records


def _record(fields: Iterable[Field]) -> Any:
    """The type of a record with these fields, some of which stand in its parts."""
    held: dict[Part, dict[str, Field]] = {}
    for field in fields:
        known = held.setdefault(field.part, {})
        known[field.name] = field.and_as(known.get(field.name, field))
    told: dict[str, tuple[Any, bool]] = {}
    for part, known in held.items():
        own = {name: (_any_of(field.kinds), field.needed) for name, field in known.items()}
        stands = own if part is ITSELF else part.stands(_object(own))
        if twice := told.keys() & stands.keys():
            raise TypeError(f"{', '.join(twice)} is declared as two things")
        told |= stands
    return _object(told)


def _object(fields: Mapping[str, tuple[Any, bool]]) -> Any:
    """The type of an object. Each field has a type, and is needed or else None where it is missing."""
    every = [(name, kind) if needed else (name, kind | None, None) for name, (kind, needed) in fields.items()]
    return msgspec.defstruct("Object", every, kw_only=True, gc=False)


def _any_of(kinds: tuple[type, ...]) -> Any:
    first, *others = (TYPES[kind] for kind in kinds)
    for other in others:
        first = first | other
    return first
