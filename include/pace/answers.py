"""What a quota needs of an answer, and numbers out of headers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol


class Answered(Protocol):
    """An answer as far as a quota looks into it."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> Any: ...


def number(value: Any) -> float | None:
    """A number that is not negative, from a header or a body; None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if found >= 0 and math.isfinite(found) else None
