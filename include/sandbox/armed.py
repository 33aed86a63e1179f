"""One fault that is armed, and whether it strikes a request. What it then does is for `faults.py` to know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

KINDS = {
    "delay",
    "reset_before",
    "reset_after",
    "truncate",
    "html",
    "empty",
    "duplicate_page",
    "expired_cursor",
    "search_lag",
    "edit",
}

GONE = (400, 404, 410)  # how a cursor that has expired is refused; which one, no vendor writes down


@dataclass
class Fault:
    """An armed fault, and how often it still strikes. Raises ValueError or TypeError for what is none."""

    platform: str
    match: str
    fault: str
    times: int = 1
    after: int = 0
    seconds: float = 1.0
    status: int = 400
    request: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.fault = str(self.fault)
        if self.fault not in KINDS and not re.fullmatch("[45][0-9][0-9]", self.fault):
            raise ValueError(f"{self.fault!r} is no fault; there are {', '.join(sorted(KINDS))} and statuses from 400")
        if self.status not in GONE:
            raise ValueError(f"a cursor does not expire with {self.status!r}; there are {', '.join(map(str, GONE))}")
        for name in ("times", "after", "seconds"):
            said = getattr(self, name)
            if not isinstance(said, int | float) or not 0 <= said < float("inf"):
                raise ValueError(f"{name} cannot be {said!r}")
        if (self.fault == "edit") != (self.request is not None):
            raise ValueError("an edit, and nothing else, carries a request")
        if self.request is not None:
            _check(self.request)
        try:
            re.compile(self.match)
        except (re.error, TypeError) as error:
            raise ValueError(f"match is no regular expression: {error}") from error

    def strikes(self, platform: str, label: str) -> bool:
        """Whether it strikes this request; counts down when it does."""
        if self.platform != platform or self.times < 1 or not re.search(self.match, label):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


def _check(request: Any) -> None:
    """Raise TypeError unless `request` says what somebody else's edit is."""
    if not isinstance(request, dict) or not all(isinstance(request.get(name), str) for name in ("method", "path")):
        raise TypeError("an edit's request has a method and a path")
    if not isinstance(request.get("form", {}), dict):
        raise TypeError("the form of an edit's request has fields and values")
