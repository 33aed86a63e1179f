"""Places to keep snapshots in: a folder, its URL, memory, and a store that keeps objects but no folders."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from upath.implementations.memory import MemoryPath
from upath.registry import register_implementation

from include.store.snapshots import Snapshot, Snapshots, open_store

NUMBERS = itertools.count()
PLACES: dict[str, Callable[[Path], str]] = {
    "folder": str,
    "file-url": lambda path: path.as_uri(),
    "memory": lambda path: f"memory://rollcall-{next(NUMBERS)}",
    "objects": lambda path: f"objects://bucket/rollcall-{next(NUMBERS)}",
}


class ObjectStore(MemoryFileSystem):
    """Like S3: what was not written does not exist, and there is no such thing as an empty folder."""

    protocol = "objects"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    def mkdir(self, path: str, create_parents: bool = True, **options: Any) -> None:
        pass

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        pass

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(str(path).removeprefix("objects:/")))


fsspec.register_implementation("objects", ObjectStore, clobber=True)
register_implementation("objects", MemoryPath, clobber=True)


@pytest.fixture(params=PLACES)
def store(request, tmp_path) -> Snapshots:
    """An empty store, in every kind of place."""
    return open_store(PLACES[request.param](tmp_path))


@pytest.fixture
def attempt(tmp_path) -> Snapshot:
    """A new attempt of a night, in a folder."""
    return open_store(str(tmp_path)).begin("2026-11-23")
