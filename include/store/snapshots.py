"""
What the platforms said, one folder per attempt of a night, never changed once written.

    nights/2026-11-23/1/begun.json                        when the attempt began
    nights/2026-11-23/1/raw/hubspot/contacts/00001.json   a page as it came
    nights/2026-11-23/1/raw/hubspot/manifest.json         written last: without it the pull does not count
    nights/2026-11-23/1/contacts/{table.parquet,manifest.json}
    nights/2026-11-23/1/filed.json                        written last of all: this was a good night
    nights/2026-11-23/1/again/email_mismatch/part.jsonl   what a backfill found in it later

A part counts only with its manifest, whose checksums and counts are held against the files when it is opened. What a
killed task has left without a manifest is removed by the next one. `url` is a folder or any fsspec URL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from include.errors import SnapshotMissing
from include.store.parts import Part, read_manifest, write_whole
from include.store.raw import RawStore

if TYPE_CHECKING:
    import pyarrow as pa
    from upath import UPath

    from include.store.tables import Tables

FILED = "filed.json"
AGAIN = "again"
TABLES = ("contacts", "orders", "people")


@dataclass(frozen=True, slots=True)
class _Begun:
    at: str
    due: str | None = None  # attempts of earlier releases do not say it


@dataclass(frozen=True)
class Snapshot:
    """One attempt of one night."""

    folder: UPath
    night: str
    attempt: int
    looked_at_again: bool = False  # by a backfill: it is judged anew, and nothing of it is pulled, filed or mailed

    @property
    def name(self) -> str:
        """What the attempt is called: `2026-11-23.1`."""
        return f"{self.night}.{self.attempt}"

    @property
    def called(self) -> str:
        """What travels between tasks: its name, and whether it is only looked at again (`2026-11-23.1.again`)."""
        return f"{self.name}.{AGAIN}" if self.looked_at_again else self.name

    @property
    def again(self) -> Snapshot:
        """The same attempt, to be looked at again."""
        return replace(self, looked_at_again=True)

    def begun_at(self) -> datetime:
        """When it was begun: whatever it says of a platform was so then or later. Raises SnapshotMissing."""
        return datetime.fromisoformat(read_manifest(self.folder, _Begun, self.name, "begun.json").at)

    def due_at(self) -> datetime:
        """When the run that began it was due. Raises SnapshotMissing."""
        said = read_manifest(self.folder, _Begun, self.name, "begun.json")
        return datetime.fromisoformat(said.due or said.at)

    def raw(self, platform: str) -> RawStore:
        """What one platform said."""
        return RawStore(self.folder / "raw" / platform, platform, self.attempt)

    def part(self, name: str) -> Part:
        """A table or a list of findings of this attempt: `contacts`, `people`, `findings/email_mismatch`."""
        return Part(self.folder / name, f"{self.name} {name}")

    def rows(self, name: str) -> int:
        """How many rows a part holds. Raises SnapshotMissing when it is not complete."""
        return self.part(name).manifest().rows

    def rows_of(self, table: str, platforms: Collection[str]) -> pa.Table:
        """Some platforms' rows of `contacts` or `orders`. Raises SnapshotMissing."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        with self.part(table).whole("parquet").open("rb") as file:
            found = pq.read_table(file)
        return found.filter(pc.is_in(found["platform"], value_set=pa.array(sorted(platforms))))

    def accounts(self) -> dict[str, str]:
        """The fingerprint of the account that each platform's records were pulled from."""
        folder = self.folder / "raw"
        found = {path.name: self.raw(path.name) for path in folder.iterdir()} if folder.is_dir() else {}
        said = {name: raw.manifest().planned.account for name, raw in found.items() if raw.complete()}
        return {name: account for name, account in said.items() if account}

    def partly(self) -> dict[str, datetime]:
        """The platforms that were asked only for changes, and since when: the day before their last full pull."""
        folder = self.folder / "raw"
        found = {path.name: self.raw(path.name) for path in folder.iterdir()} if folder.is_dir() else {}
        plans = {name: raw.manifest().planned for name, raw in found.items() if raw.complete()}
        return {
            name: datetime.fromisoformat(plan.full).replace(tzinfo=UTC) - timedelta(days=1)
            for name, plan in plans.items()
            if plan.since
        }

    def found(self, rule: str) -> Part:
        """What a rule found in this attempt; when it is looked at again, what it finds now."""
        return self.part(f"{AGAIN if self.looked_at_again else 'findings'}/{rule}")

    def findings_of(self, rule: str) -> int:
        return self.found(rule).manifest().rows

    def not_compared(self) -> dict[str, int]:
        """How many contacts could not be compared when they were linked, by reason."""
        part = self.part("not_compared")
        return dict(sorted(Counter(part.table()["why"].to_pylist()).items())) if part.complete() else {}

    def complete(self) -> bool:
        """Whether this attempt can be judged: its tables are whole."""
        return all(self.part(name).complete() for name in TABLES[:2])

    def mark_filed(self) -> None:
        """Write down that all gates let this attempt pass and its findings are in the ledger: it is a good night."""
        write_whole(self.folder / FILED, {"at": datetime.now(UTC).isoformat()})

    def filed(self) -> bool:
        return bool((self.folder / FILED).is_file())

    def tables(self, before: Snapshot | None = None) -> Tables:
        """The tables of this attempt, open for rules, with those of the last good one beside them."""
        from include.store.tables import Tables

        parts = {name: self.part(name) for name in (*TABLES, "edges")}
        paths = {name: part.whole("parquet") for name, part in parts.items() if part.complete()}
        earlier = before.tables() if before else None
        return Tables.of_files(paths, earlier)


@dataclass(frozen=True)
class Snapshots:
    """All nights."""

    root: UPath

    def begin(self, night: str, due: datetime | None = None) -> Snapshot:
        """A new attempt of a night, numbered after those that exist, by a run that was due then or now."""
        taken = [snapshot.attempt for snapshot in self._attempts(night)]
        snapshot = self._snapshot(night, max(taken, default=0) + 1)
        snapshot.folder.mkdir(parents=True)
        at = datetime.now(UTC)
        write_whole(snapshot.folder / "begun.json", {"at": at.isoformat(), "due": (due or at).isoformat()})
        return snapshot

    def get(self, name: str) -> Snapshot:
        """The attempt called `name`. Raises SnapshotMissing."""
        found = re.fullmatch(rf"(\d{{4}}-\d\d-\d\d)\.(\d+)(\.{AGAIN})?", name)
        if not found:
            raise SnapshotMissing(f"{name!r} is no snapshot's name; one looks like 2026-11-23.1.")
        snapshot = self._snapshot(found[1], int(found[2]))
        if not snapshot.folder.is_dir():
            raise SnapshotMissing(f"There is no snapshot {name}.")
        return snapshot.again if found[3] else snapshot

    def latest(self, night: str) -> Snapshot | None:
        """The newest attempt of a night that was filed, or else is complete."""
        complete = [s for s in reversed(self._attempts(night)) if s.complete()]
        return next((s for s in complete if s.filed()), complete[0] if complete else None)

    def filed_since(self, night: str, due: datetime) -> Snapshot | None:
        """The newest attempt of a night that was filed, if a run that was due then or later began it."""
        filed = (s for s in reversed(self._attempts(night)) if s.filed())
        return next((s for s in filed if s.due_at() >= due), None)

    def newest(self) -> Snapshot | None:
        """The newest complete attempt of all."""
        return next((s for s in self._backwards() if s.complete()), None)

    def last_good(self) -> Snapshot | None:
        """The newest attempt whose findings were filed."""
        return next((s for s in self._backwards() if s.filed()), None)

    def before(self, snapshot: Snapshot) -> Snapshot | None:
        """The last attempt earlier than `snapshot` whose findings were filed: the last good night."""
        earlier = (s for s in self._backwards() if (s.night, s.attempt) < (snapshot.night, snapshot.attempt))
        return next((s for s in earlier if s.filed()), None)

    def filed_after(self, snapshot: Snapshot) -> Snapshot | None:
        """The newest attempt whose findings were filed, if it is later than `snapshot`."""
        newest = self.last_good()
        return newest if newest and (newest.night, newest.attempt) > (snapshot.night, snapshot.attempt) else None

    def all(self) -> Iterator[Snapshot]:
        """Every attempt of every night, whole or not, the oldest first."""
        yield from reversed(list(self._backwards()))

    def _backwards(self) -> Iterator[Snapshot]:
        if not self.root.is_dir():
            return
        nights = sorted((entry.name for entry in self.root.iterdir() if entry.is_dir()), reverse=True)
        for night in nights:
            yield from reversed(self._attempts(night))

    def _attempts(self, night: str) -> list[Snapshot]:
        folder = self.root / night
        if not folder.is_dir():
            return []
        numbers = sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal())
        return [self._snapshot(night, number) for number in numbers]

    def _snapshot(self, night: str, attempt: int) -> Snapshot:
        return Snapshot(self.root / night / str(attempt), night, attempt)


def open_store(url: str) -> Snapshots:
    """The snapshots below `url`: a folder, or an fsspec URL such as `s3://bucket/rollcall`."""
    from upath import UPath

    return Snapshots(UPath(url) / "nights")
