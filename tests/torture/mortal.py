"""A worker's clock by which it dies, or is held up while another worker is at it: when it looks for the nth time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.apply.cases import Clock


class Killed(BaseException):
    """The worker is gone."""


@dataclass
class Mortal(Clock):
    """
    Its worker dies at the nth look of any kind (`looks`), or is held up at the nth glance at the seconds (`glances`).

    Where it asks for the time of day, it may hold the ledger, and nobody else could be at work.
    """

    looks: int = -1
    glances: int = -1
    happens: Callable[[], object] = lambda: None

    def now(self) -> datetime:
        self._look()
        return super().now()

    def seconds(self) -> float:
        self._look()
        self.glances -= 1
        if self.glances == 0:
            self.happens()
        return super().seconds()

    def rest(self) -> None:
        """Let nothing happen any more."""
        self.looks = self.glances = -1

    def _look(self) -> None:
        self.looks -= 1
        if self.looks == 0:
            raise Killed
