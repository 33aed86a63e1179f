"""
One part of a snapshot: a file and the manifest that makes it count.

The manifest is written last. A part is complete or it is absent: there is nothing between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from include.digests import canonical
from include.errors import SnapshotMissing
from include.model import Finding

if TYPE_CHECKING:
    import pyarrow as pa
    from upath import UPath

Manifest = TypeVar("Manifest")


@dataclass(frozen=True, slots=True)
class PartManifest:
    """What a part holds."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Part:
    """A table (Parquet) or a list of findings (JSON lines) in a folder of its own."""

    folder: UPath
    name: str

    def path(self, kind: str) -> UPath:
        return self.folder / f"part.{kind}"

    def complete(self) -> bool:
        return bool((self.folder / "manifest.json").is_file())

    def manifest(self) -> PartManifest:
        """What was written. Raises SnapshotMissing when the part is not complete."""
        if not self.complete():
            raise SnapshotMissing(f"{self.name} is not complete: the task that makes it has not ended well.")
        return read_manifest(self.folder, PartManifest, self.name)

    def whole(self, kind: str) -> UPath:
        """The file of this part. Raises SnapshotMissing when it is not complete or not what was written."""
        wanted, path = self.manifest().sha256, self.path(kind)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise SnapshotMissing(f"{self.name} is not complete: its file is gone.") from error
        if found != wanted:
            raise SnapshotMissing(f"{self.name} is not what was written: its checksum differs.")
        return path

    def write_table(self, table: pa.Table) -> int:
        """Write a table, once: a part that is complete stays as it is. Returns its rows."""
        if self.complete():
            return self.manifest().rows
        import io

        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="zstd")
        return self._write("parquet", buffer.getvalue(), table.num_rows)

    def write_findings(self, findings: Iterable[Finding], *, anew: bool = False) -> int:
        """
        Write findings sorted by key, one canonical JSON object a line: equal findings make equal bytes.

        A part that is complete stays as it is, unless it is to be written `anew`.
        """
        if self.complete() and not anew:
            return self.manifest().rows
        lines = [canonical(finding.as_json()) for finding in sorted(findings, key=lambda finding: finding.key)]
        return self._write("jsonl", "".join(f"{line}\n" for line in lines).encode("ascii"), len(lines))

    def table(self) -> pa.Table:
        """The table of this part. Raises SnapshotMissing when it is not complete or was changed since."""
        import pyarrow.parquet as pq

        with self.whole("parquet").open("rb") as file:
            return pq.read_table(file)

    def findings(self) -> Iterator[Finding]:
        """The findings of this part. Raises SnapshotMissing when it is not complete or was changed since."""
        for line in self.whole("jsonl").read_text("ascii").splitlines():
            yield Finding.from_json(json.loads(line))

    def _write(self, kind: str, content: bytes, rows: int) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path(kind).write_bytes(content)
        write_whole(self.folder / "manifest.json", asdict(PartManifest(rows, hashlib.sha256(content).hexdigest())))
        return rows


def read_manifest(folder: UPath, kind: type[Manifest], name: str, file: str = "manifest.json") -> Manifest:
    """The manifest in `folder`. Raises SnapshotMissing when it cannot be read as one."""
    try:
        return kind(**json.loads((folder / file).read_text("utf-8")))
    except (TypeError, ValueError, FileNotFoundError) as error:
        raise SnapshotMissing(f"{name} is not complete: its manifest is damaged or gone.") from error


def write_whole(path: UPath, said: Any) -> None:
    """Write JSON so that a reader sees all of it or nothing: under another name first, then renamed."""
    write_bytes_whole(path, json.dumps(said, sort_keys=True).encode("ascii"))


def write_bytes_whole(path: UPath, content: bytes) -> None:
    """Write bytes so that a reader sees all of them or none."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.rename(path)
