"""
An erasure that has begun, until it is whole: a file that says whose nights are still to be cleared.

The ledger is blanked in one transaction and the nights one after the other. What was killed between the two is found
here and gone on with. It holds a keyed hash and the numbers that the platforms give records, and is gone at the end.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from include.store.parts import write_whole

if TYPE_CHECKING:
    from upath import UPath

    from include.store.snapshots import Snapshots

FOLDER = "erasing"


def note(snapshots: Snapshots, person: str, refs: Collection[str]) -> None:
    """Write down, before the ledger is blanked for good, what is to be taken out of the nights."""
    path = _file(snapshots, person)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = set(json.loads(path.read_text("ascii"))) if path.is_file() else set()
    write_whole(path, sorted(before | set(refs)))


def left(snapshots: Snapshots) -> Iterator[tuple[str, frozenset[str]]]:
    """The people whose nights are not known to be cleared, each with their records."""
    folder = snapshots.root.parent / FOLDER
    for path in sorted(folder.glob("*.json"), key=str) if folder.is_dir() else ():
        if not path.name.startswith("."):  # half-written
            yield path.stem, frozenset(json.loads(path.read_text("ascii")))


def done(snapshots: Snapshots, person: str) -> None:
    """Nothing of them is left in any night."""
    _file(snapshots, person).unlink(missing_ok=True)


def _file(snapshots: Snapshots, person: str) -> UPath:
    return snapshots.root.parent / FOLDER / f"{person}.json"
