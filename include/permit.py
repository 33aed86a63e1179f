"""
Whether a change may still be sent, asked at the last moment: after the wait for a turn, right before the first byte.

A worker may be paused, or wait long, between what it decided and what it sends; its lease may be another's by then, or
somebody may have stopped everything. It knows neither leases nor switches: whoever sends says what is to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asked: ContextVar[Callable[[], None] | None] = ContextVar("permit", default=None)


@contextmanager
def asked(insist: Callable[[], None]) -> Iterator[None]:
    """Within this, every write asks `insist` first, which raises where nothing may be sent any more."""
    before = _asked.set(insist)
    try:
        yield
    finally:
        _asked.reset(before)


def insist() -> None:
    """Raise what keeps a write from being sent now. Where nobody is asked, it may be sent."""
    if ask := _asked.get():
        ask()
