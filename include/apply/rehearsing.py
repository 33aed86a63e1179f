"""How a fix would end, told by reading alone: what a dry run says. It writes nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.apply.comparing import reads_after, reads_before
from include.errors import NotFound
from include.model import Fix, FixState

if TYPE_CHECKING:
    from include.platforms import Platform


def outcome(platform: Platform, fix: Fix) -> FixState:
    """`planned` where it would be written. Raises what keeps its record from being read."""
    try:
        read = platform.fixes.read(platform.api, fix)
    except NotFound:
        return FixState.STALE
    if reads_after(platform.fixes, fix, read):
        return FixState.ALREADY
    return FixState.PLANNED if reads_before(platform.fixes, fix, read) else FixState.STALE
