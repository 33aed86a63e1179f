"""
The pages of one lane of a pull, kept as they came, so that a killed pull goes on after its last complete page.

    full/contacts.2/lane.json              what was cut off another lane, and what that one kept
    full/contacts.2/00007.5f3a91c2.page    a line that says where the page was asked from and where it goes on; the page
    full/contacts.2/manifest.json          written last: which pages make the lane

A page's file is never written twice: its name holds who wrote it, so that two workers cannot spoil each other's.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from include.errors import SnapshotMissing
from include.store.bodies import Bodies, Body
from include.store.parts import read_manifest, write_whole

if TYPE_CHECKING:
    from upath import UPath

PAGE = re.compile(r"(\d+)\.([0-9a-f]+)\.page")


@dataclass(frozen=True, slots=True)
class LaneManifest:
    """The files of a lane's pages in order, the stream of each, and one checksum a stream."""

    pages: list[list[str]]
    sha256: dict[str, str]


@dataclass
class LaneStore:
    """One lane's folder. `name` is how messages call it."""

    folder: UPath
    name: str
    _writer: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _pages: list[list[str]] = field(default_factory=list)
    _sums: dict[str, Any] = field(default_factory=dict)

    def complete(self) -> bool:
        return bool((self.folder / "manifest.json").is_file())

    def go_on(self) -> str | None:
        """Take up the pages that follow one another from the first. Returns where to go on, None for the beginning."""
        self._pages, self._sums = [], {}
        found = self._found()
        asked: str | None = None
        while page := found.get((len(self._pages) + 1, asked)):
            file, header, body = page
            if header["after"] is None:
                break  # nobody can go on from here
            self._take(file, header["stream"], body)
            asked = header["after"]
        return asked

    def pages(self) -> int:
        """How many pages are kept."""
        return len(self._pages)

    def forget(self) -> None:
        """Remove all pages: what they were asked by has died."""
        for path in self._files():
            path.unlink()
        self._pages, self._sums = [], {}

    def write(self, stream: str, body: bytes, asked: str | None, after: str | None) -> None:
        """Keep one page, which was asked from `asked` on; `after` is where the next one begins."""
        header = {"stream": stream, "asked": asked, "after": after, "bytes": len(body)}
        file = f"{len(self._pages) + 1:05d}.{self._writer}.page"
        if not self._pages:
            self.folder.mkdir(parents=True, exist_ok=True)
        # Were it cut short by a crash, its first line would tell: it need not be written under another name first.
        (self.folder / file).write_bytes(json.dumps(header).encode("ascii") + b"\n" + body)
        self._take(file, stream, body)

    def finish(self) -> None:
        """Write the manifest: from here on the lane is walked to its end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = LaneManifest(self._pages, {stream: each.hexdigest() for stream, each in self._sums.items()})
        write_whole(self.folder / "manifest.json", asdict(told))

    def manifest(self) -> LaneManifest:
        return read_manifest(self.folder, LaneManifest, self.name)

    def bodies(self, stream: str) -> Bodies:
        """
        The pages of one stream in order.

        Reading them raises SnapshotMissing, at the latest after the last one, when one is not as it was written.
        """
        return Bodies(lambda: self._bodies(stream))

    def _bodies(self, stream: str) -> Iterator[Body]:
        told = self.manifest()
        found = hashlib.sha256()
        for number, (file, of) in enumerate(told.pages, start=1):
            if of != stream:
                continue
            where = f"{self.name}: page {number} of {stream}"
            try:
                body = _body((self.folder / file).read_bytes())[1]
            except (OSError, ValueError) as error:
                raise SnapshotMissing(f"{where} is damaged or gone.") from error
            found.update(body)
            yield Body(body, where)
        if stream in told.sha256 and found.hexdigest() != told.sha256[stream]:
            raise SnapshotMissing(f"{self.name}: {stream} is not what was written: a checksum differs.")

    def _take(self, file: str, stream: str, body: bytes) -> None:
        self._pages.append([file, stream])
        self._sums.setdefault(stream, hashlib.sha256()).update(body)

    def _files(self) -> list[UPath]:
        if not self.folder.is_dir():
            return []
        return sorted((path for path in self.folder.iterdir() if PAGE.fullmatch(path.name)), key=lambda path: path.name)

    def _found(self) -> dict[tuple[int, str | None], tuple[str, dict[str, Any], bytes]]:
        """Every whole page by its number and where it was asked from; of two equal ones the first by name."""
        found: dict[tuple[int, str | None], tuple[str, dict[str, Any], bytes]] = {}
        for path in self._files():
            try:
                header, body = _body(path.read_bytes())
            except (OSError, ValueError):
                continue  # cut short by a crash: it is asked for again
            number = int(path.name.partition(".")[0])
            found.setdefault((number, header["asked"]), (path.name, header, body))
        return found


def _body(content: bytes) -> tuple[dict[str, Any], bytes]:
    """A page's header and body. Raises ValueError when it is not whole."""
    line, _, body = content.partition(b"\n")
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("bytes") != len(body):
        raise ValueError("a page is not whole")
    return header, body
