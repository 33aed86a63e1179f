"""
The record as it is before a fix: what is kept beside the receipt. It writes nowhere.

It is taken before the record is compared: then nothing but the ledger's word lies between that look and the write, in
which somebody's edit could be written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.errors import NotFound

if TYPE_CHECKING:
    from include.model import Fix
    from include.platforms import Platform


def image(platform: Platform, fix: Fix) -> dict[str, Any] | None:
    """Every record that the fix touches, whole; None where one is gone. Raises what keeps one from being read."""
    try:
        return dict(platform.fixes.image(platform.api, fix))
    except NotFound:
        return None
