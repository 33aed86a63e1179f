"""
Pulls one platform: everything, or what changed since the last good night.

    full       every record, then what changed while that was pulled
    changes    what changed since the watermark of the night it rests on, with an overlap

A pull rests on the last good night where the platform can tell what changed, the account is the same, and the last
full pull is not too long ago. Deletions never show in changes: the records that we then know of are held against what
the platform says it holds, and when they differ, everything is pulled after all.

A pull of everything ends with the question what changed meanwhile, so that what changed never costs more calls than
everything, while it adds up. Of a large shop it costs a twentieth and less. A small one has few pages: so before it is
asked what changed, it is asked how many records it holds, and when some are gone everything is pulled at once, for one
call more; and what does not add up is asked for again only as long as that takes fewer pages than everything did.

The watermark is a time that the platform itself wrote on a record, and never one after its own clock's when the pull
began: a record that was edited meanwhile is asked for again, and one from the year 2999 moves nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from include.errors import SnapshotMissing, UnexpectedAnswer
from include.pull.overlay import Brought, brought, held, known
from include.pull.walking import Walk
from include.store.raw import RawManifest, RawPlan, RawStore

if TYPE_CHECKING:
    import pyarrow as pa

    from include.platforms import Lane, Platform
    from include.store.snapshots import Snapshot

logger = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)  # clocks differ, search indexes lag behind
SMALL = 100  # pages: whoever has fewer is asked first whether records are gone
ROUNDS = 3  # of asking what changed, until a platform holds as many records as we know of


def pull(
    platform: Platform,
    snapshot: Snapshot,
    before: Snapshot | None,
    full_pull_days: int,
    keep: Callable[[bytes], bytes] = bytes,
) -> int:
    """
    Pull one platform into `snapshot`, whose last good night was `before`. Returns how many records were asked for.

    A pull that was killed goes on after its last complete page; one that is complete is not pulled again. `keep`: what
    is kept of each page.
    """
    raw = snapshot.raw(platform.name)
    if raw.complete():
        return sum(raw.manifest().rows.values())
    plan = raw.plan()
    if plan is None:
        plan = _planned(platform, snapshot, before, full_pull_days)
        raw.begin(plan)
    if plan.rests_on and before and before.name == plan.rests_on and _changes(platform, raw, plan, before, keep):
        return sum(raw.manifest().rows.values())
    if plan.since:
        logger.info("%s: what changed does not add up to what it holds; everything is pulled", platform.name)
        plan = RawPlan(plan.account, plan.begun, snapshot.night)
        raw.begin(plan)
    _everything(platform, raw, plan, keep)
    return sum(raw.manifest().rows.values())


def _planned(platform: Platform, snapshot: Snapshot, before: Snapshot | None, full_pull_days: int) -> RawPlan:
    account = platform.api.account()
    begun = (platform.api.clock() or datetime.now(UTC)).isoformat()
    last = _last(platform, before)
    due = date.fromisoformat(snapshot.night) - timedelta(days=full_pull_days)
    if (
        before is None
        or last is None
        or last.watermark is None
        or last.planned.account != account
        or date.fromisoformat(last.planned.full) <= due
    ):
        return RawPlan(account, begun, snapshot.night)
    since = datetime.fromisoformat(last.watermark) - OVERLAP
    pages = last.planned.full_pages if last.planned.since else sum(last.pages.values())
    return RawPlan(account, begun, last.planned.full, since.isoformat(), before.name, pages)


def _last(platform: Platform, before: Snapshot | None) -> RawManifest | None:
    """What was pulled in the last good night, if that can be built upon."""
    if before is None or not before.complete() or platform.api.changes(datetime.now(UTC)) is None:
        return None
    try:
        return before.raw(platform.name).manifest()
    except SnapshotMissing:
        return None


def _changes(
    platform: Platform, raw: RawStore, plan: RawPlan, before: Snapshot, keep: Callable[[bytes], bytes]
) -> bool:
    """Pull what changed. False when that cannot be trusted."""
    last = before.raw(platform.name)
    told = _Told(platform, raw, plan, last.known(), last.manifest(), keep)
    if plan.full_pages < SMALL and told.lacks_some():
        return False
    told.ask_for_changes("changes", str(plan.since))
    if not told.adds_up():
        return False
    told.finish()
    return True


def _everything(platform: Platform, raw: RawStore, plan: RawPlan, keep: Callable[[bytes], bytes]) -> None:
    """Pull every record, and then what changed meanwhile."""
    told = _Told(platform, raw, plan, None, None, keep)
    told.ask("full", platform.api.lanes)
    if platform.api.changes(datetime.now(UTC)) is not None:
        since = datetime.fromisoformat(plan.begun) - OVERLAP
        told.ask_for_changes("meanwhile", since.isoformat())
    told.finish()


class _Told:
    """What a pull was told so far, phase by phase."""

    def __init__(
        self,
        platform: Platform,
        raw: RawStore,
        plan: RawPlan,
        ids: pa.Table | None,
        last: RawManifest | None,
        keep: Callable[[bytes], bytes],
    ) -> None:
        self._platform, self._raw, self._plan, self._ids, self._keep = platform, raw, plan, ids, keep
        self._phases: list[str] = []
        self._first: Brought | None = None
        self._contacts = last.contacts if last else 0
        self._watermark = datetime.fromisoformat(last.watermark) if last and last.watermark else None
        self._totals: Mapping[str, int] = {}

    def ask(self, name: str, lanes: Callable[[], list[Lane] | None]) -> None:
        """Walk one phase, unless a pull before us did."""
        phase = self._raw.phase(name)
        if not phase.complete():
            Walk(self._platform, phase, self._keep).walk(lanes)
        self._take(name)

    def ask_for_changes(self, name: str, since: str) -> None:
        """
        Ask what changed since, again while the platform holds another number of records than we know of.

        Where that rests on another night, everything is pulled rather than as many pages asked for as everything has.
        """
        asked = 0
        for number in range(1, ROUNDS + 1):
            self.ask(f"{name}.{number}", lambda: self._platform.api.changes(datetime.fromisoformat(since)))
            self._totals = self._platform.api.totals()
            pages = sum(self._raw.phase(self._phases[-1]).pages().values())
            asked += pages
            if self.adds_up() or (self._plan.rests_on and asked + pages > self._plan.full_pages):
                return

    def lacks_some(self) -> bool:
        """Whether the platform holds fewer records of a stream than we know of, and no change can tell why."""
        if getattr(self._platform.rows, "MERGES", False):
            return False
        known_of = held(self._ids) if self._ids is not None else {}
        return any(known_of.get(stream, 0) > count for stream, count in self._platform.api.totals().items())

    def adds_up(self) -> bool:
        """Whether we know of as many records as the platform says it holds, of every stream it says that of."""
        known_of = held(self._ids) if self._ids is not None else {}
        return all(known_of.get(stream, 0) == count for stream, count in self._totals.items())

    def finish(self) -> None:
        """Write down what was told: the pull counts."""
        import pyarrow.compute as pc

        first, ids = self._first, self._ids
        if first is None or ids is None or not first.ids:
            raise UnexpectedAnswer(f"{self._platform.name} gave not a single page.")
        told = RawManifest(
            plan=asdict(self._plan),
            attempt=self._raw.attempt,
            phases=self._phases,
            rows={stream: len(ids) for stream, ids in first.ids.items()},
            distinct={stream: pc.count_distinct(ids).as_py() for stream, ids in first.ids.items()},
            pages=self._raw.phase(self._phases[0]).pages(),
            held=dict.fromkeys(first.ids, 0) | held(ids),
            told=dict(self._totals),
            contacts=self._contacts,
            watermark=self._watermark.isoformat() if self._watermark else None,
        )
        self._raw.finish(told, ids)

    def _take(self, name: str) -> None:
        told = brought(self._platform.rows, self._raw.phase(name))
        self._phases.append(name)
        self._first = self._first or told
        self._ids = known(self._ids, told)
        self._contacts = max(self._contacts, told.tables["contacts"].num_rows)
        self._watermark = max(filter(None, (self._watermark, self._newest(told))), default=None)

    def _newest(self, told: Brought) -> datetime | None:
        """The newest change that a phase tells of and that can have happened before the pull began."""
        import pyarrow as pa
        import pyarrow.compute as pc

        limit = pa.scalar(datetime.fromisoformat(self._plan.begun), pa.timestamp("us", tz="UTC"))
        newest = []
        for table in told.tables.values():
            changed = table["updated_at"]
            latest = pc.max(changed.filter(pc.less_equal(changed, limit))).as_py()
            newest.append(latest)
        return max(filter(None, newest), default=None)
