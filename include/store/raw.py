"""
What one platform said in one pull: its pages as they came, phase by phase, and the manifest that makes them count.

    raw/hubspot/plan.json                whether all is pulled or only what changed, and since when
    raw/hubspot/full/lanes.json          the lanes of a phase as they were planned
    raw/hubspot/full/manifest.json       the lanes it was walked in: the phase is whole
    raw/hubspot/known.parquet            the id of every record the platform is known to hold
    raw/hubspot/manifest.json            written last: the pull counts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from include.errors import SnapshotMissing
from include.store.bodies import Bodies, Body
from include.store.lanes import LaneStore
from include.store.parts import read_manifest, write_bytes_whole, write_whole

if TYPE_CHECKING:
    import pyarrow as pa
    from upath import UPath


@dataclass(frozen=True, slots=True)
class RawPlan:
    """
    What is to be pulled. `since` and `begun` are ISO times: changes after the first are asked for (None: everything),
    and the platform's own clock showed the second before anything was asked. `rests_on` names the snapshot whose rows
    the changes are laid over, `full` the night of the last full pull, and `full_pages` in how many pages that came (of
    changes only).
    """

    account: str | None
    begun: str
    full: str
    since: str | None = None
    rests_on: str | None = None
    full_pages: int = 0


@dataclass(frozen=True, slots=True)
class RawManifest:
    """
    What a pull brought: of the platform's streams the rows, distinct ids and pages; the newest change that can have
    happened; how many records it holds by what we know (`held`) and by what it says (`told`, where it does).
    """

    plan: dict[str, Any]
    attempt: int
    phases: list[str]
    rows: dict[str, int]
    distinct: dict[str, int]
    pages: dict[str, int]
    held: dict[str, int]
    told: dict[str, int]
    contacts: int
    watermark: str | None

    @property
    def planned(self) -> RawPlan:
        return RawPlan(**self.plan)


@dataclass(frozen=True, slots=True)
class _Lanes:
    lanes: list[Any]


@dataclass(frozen=True)
class PhaseStore:
    """The pages of one phase: `full`, or what changed since some moment."""

    folder: UPath
    name: str

    def planned(self) -> list[Any] | None:
        """The lanes as they were planned (JSON), None when they were not yet."""
        return self._lanes("lanes.json") if (self.folder / "lanes.json").is_file() else None

    def plan(self, lanes: list[Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / "lanes.json", {"lanes": lanes})

    def cuts(self) -> list[Any]:
        """Every lane that was cut off another (JSON), in the order they were cut."""
        found = [path for path in self.folder.glob("*/lane.json") if path.is_file()]
        said = [read_manifest(path.parent, dict, self.name, "lane.json") for path in found]
        return sorted(said, key=lambda cut: int(cut["number"]))

    def cut(self, lane: str, said: Mapping[str, Any]) -> None:
        """Write down a lane that was cut off another, before either goes on."""
        (self.folder / lane).mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / lane / "lane.json", dict(said))

    def lane(self, lane: str) -> LaneStore:
        return LaneStore(self.folder / lane, f"{self.name} {lane}")

    def complete(self) -> bool:
        return bool((self.folder / "manifest.json").is_file())

    def finish(self, lanes: list[str]) -> None:
        """Every lane was walked to its end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / "manifest.json", {"lanes": lanes})

    def pages(self) -> dict[str, int]:
        """How many pages each stream has."""
        counted: dict[str, int] = {}
        for lane in self._lanes("manifest.json"):
            for _file, stream in self.lane(lane).manifest().pages:
                counted[stream] = counted.get(stream, 0) + 1
        return counted

    def bodies(self) -> dict[str, Bodies]:
        """Each stream's pages, read as they are asked for. Raises SnapshotMissing when one is not as it was written."""
        return {stream: Bodies(partial(self._bodies, stream)) for stream in self.pages()}

    def _bodies(self, stream: str) -> Iterator[Body]:
        for lane in self._lanes("manifest.json"):
            yield from self.lane(lane).bodies(stream).unparsed()

    def _lanes(self, file: str) -> list[Any]:
        return read_manifest(self.folder, _Lanes, self.name, file).lanes


@dataclass(frozen=True)
class RawStore:
    """The raw part of one platform. Read it only once it is finished."""

    folder: UPath
    platform: str
    attempt: int

    def plan(self) -> RawPlan | None:
        """What a pull that may have been killed was to bring, None when none was begun."""
        if not (self.folder / "plan.json").is_file():
            return None
        return read_manifest(self.folder, RawPlan, f"{self.platform}'s plan", "plan.json")

    def begin(self, plan: RawPlan) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / "plan.json", asdict(plan))

    def phase(self, name: str) -> PhaseStore:
        return PhaseStore(self.folder / name, f"{self.platform} {name}")

    def finish(self, told: RawManifest, known: pa.Table) -> None:
        """Write the manifest: from here on the pull counts. `known`: `stream` and `id` of every record there is."""
        import io

        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(known, buffer, compression="zstd")
        self.folder.mkdir(parents=True, exist_ok=True)
        write_bytes_whole(self.folder / "known.parquet", buffer.getvalue())
        write_whole(self.folder / "manifest.json", asdict(told))

    def complete(self) -> bool:
        return bool((self.folder / "manifest.json").is_file())

    def manifest(self) -> RawManifest:
        """What was pulled. Raises SnapshotMissing when the pull has not ended well."""
        if not self.complete():
            raise SnapshotMissing(f"{self.platform} was not pulled completely in this attempt.")
        return read_manifest(self.folder, RawManifest, f"{self.platform} of this attempt")

    def known(self) -> pa.Table:
        """The stream and id of every record that the platform is known to hold. Raises SnapshotMissing."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with (self.folder / "known.parquet").open("rb") as file:
                return pq.read_table(file)
        except (FileNotFoundError, pa.ArrowInvalid) as error:
            raise SnapshotMissing(f"{self.platform}: what it is known to hold is damaged or gone.") from error

    def phases(self) -> list[PhaseStore]:
        """The phases of a pull that counts, in the order they are laid over one another."""
        return [self.phase(name) for name in self.manifest().phases]

    def bodies(self) -> dict[str, Bodies]:
        """Each stream's pages of all phases in order, read as they are asked for. Raises SnapshotMissing."""
        phases = self.phases()
        streams = dict.fromkeys(stream for phase in phases for stream in phase.pages())
        return {stream: Bodies(partial(self._bodies, phases, stream)) for stream in streams}

    def _bodies(self, phases: list[PhaseStore], stream: str) -> Iterator[Body]:
        for phase in phases:
            if found := phase.bodies().get(stream):
                yield from found.unparsed()
