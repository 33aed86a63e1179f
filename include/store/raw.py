"""
What one platform said in one pull: its pages as they came, and the manifest that makes them count.

Pages are kept as JSON text that loses nothing (lone surrogates and huge numbers too), numbered in the order they came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from include.errors import SnapshotMissing
from include.store.parts import read_manifest, write_whole

if TYPE_CHECKING:
    from upath import UPath


@dataclass(frozen=True, slots=True)
class RawManifest:
    """What a pull brought: per stream its rows, distinct ids, pages and checksum; the newest change; the attempt."""

    rows: dict[str, int]
    distinct: dict[str, int]
    pages: dict[str, int]
    sha256: dict[str, str]
    watermark: str | None
    attempt: int


@dataclass
class RawStore:
    """The raw part of one platform. Write pages, then `finish`; read only once it is finished."""

    folder: UPath
    platform: str
    attempt: int
    _rows: dict[str, int] = field(default_factory=dict)
    _ids: dict[str, set[str]] = field(default_factory=dict)
    _pages: dict[str, int] = field(default_factory=dict)
    _sums: dict[str, Any] = field(default_factory=dict)

    def complete(self) -> bool:
        return bool((self.folder / "manifest.json").is_file())

    def start(self) -> None:
        """Remove what a killed pull has left, so that its pages are not mixed with ours."""
        if self.folder.is_dir():
            self.folder.fs.rm(self.folder.path, recursive=True)
        self.folder.mkdir(parents=True)

    def write(self, stream: str, body: Any, count: int, ids: list[str]) -> None:
        """Keep one page."""
        number = self._pages.get(stream, 0) + 1
        folder = self.folder / stream
        if number == 1:
            folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(body, ensure_ascii=True)
        (folder / f"{number:05d}.json").write_text(text, encoding="ascii")
        self._sums.setdefault(stream, hashlib.sha256()).update(text.encode("ascii"))
        self._pages[stream] = number
        self._rows[stream] = self._rows.get(stream, 0) + count
        self._ids.setdefault(stream, set()).update(ids)

    def finish(self, watermark: str | None) -> int:
        """Write the manifest: from here on the pull counts. Returns the rows of all streams."""
        distinct = {stream: len(ids) for stream, ids in self._ids.items()}
        sums = {stream: each.hexdigest() for stream, each in self._sums.items()}
        told = RawManifest(self._rows, distinct, self._pages, sums, watermark, self.attempt)
        write_whole(self.folder / "manifest.json", asdict(told))
        return sum(self._rows.values())

    def manifest(self) -> RawManifest:
        """What was pulled. Raises SnapshotMissing when the pull has not ended well."""
        if not self.complete():
            raise SnapshotMissing(f"{self.platform} was not pulled completely in this attempt.")
        return read_manifest(self.folder, RawManifest, f"{self.platform} of this attempt")

    def written(self) -> Mapping[str, Iterator[Any]]:
        """The pages kept so far, by the pull that keeps them."""
        sums = {stream: each.hexdigest() for stream, each in self._sums.items()}
        return {stream: self._stream(stream, pages, sums[stream]) for stream, pages in self._pages.items()}

    def bodies(self) -> Mapping[str, Iterator[Any]]:
        """
        Each stream's pages in order, read as they are asked for.

        Raises SnapshotMissing as `manifest`, and at the latest after the last page when one is not as it was written.
        """
        told = self.manifest()
        return {stream: self._stream(stream, pages, told.sha256[stream]) for stream, pages in told.pages.items()}

    def _stream(self, stream: str, pages: int, wanted: str) -> Iterator[Any]:
        found = hashlib.sha256()
        for number in range(1, pages + 1):
            path = self.folder / stream / f"{number:05d}.json"
            try:
                text = path.read_bytes()
                body = json.loads(text.decode("ascii"))
            except (OSError, ValueError) as error:
                raise SnapshotMissing(f"{self.platform} {stream}: page {number} is damaged or gone.") from error
            found.update(text)
            yield body
        if found.hexdigest() != wanted:
            raise SnapshotMissing(f"{self.platform} {stream}: the pages are not what was written: a checksum differs.")
