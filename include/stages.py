"""
The verbs of the night, in the order of the procedure. Each is a few lines: what is hard lives in the room it names.

None of them knows Airflow. They are handed what they work on: an open platform, a snapshot, the ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from include.errors import SettingsWrong, SnapshotMissing
from include.registry import load, names
from include.settings import Settings

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshot, Snapshots

logger = logging.getLogger(__name__)

TONIGHT = timedelta(hours=12)  # a run that was due longer ago than this is of the past: it pulls nothing
AHEAD = timedelta(days=1)  # a time of change further ahead of our clock than this moves no watermark


def begin(snapshots: Snapshots, run_after: datetime, settings: Settings, now: datetime | None = None) -> str:
    """
    The name of the night's snapshot: a new attempt for tonight, the stored one for the past.

    A night is named by the local date its run was due, never by a data interval. Raises SnapshotMissing for a past
    night without a snapshot: the platforms only say how they are now. Raises SettingsWrong when a platform that does
    not exist is to be left out.
    """
    if unknown := sorted(set(settings.left_out) - set(names("platforms"))):
        raise SettingsWrong(
            f"ROLLCALL_LEAVE_OUT names {', '.join(unknown)}; there are only {', '.join(names('platforms'))}."
        )
    night = run_after.astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    if (now or datetime.now(UTC)) - run_after < TONIGHT:
        return snapshots.begin(night).name
    stored = snapshots.latest(night)
    if stored is None:
        raise SnapshotMissing(f"There is no snapshot of {night}, and a past night cannot be pulled any more.")
    return stored.name


def pull(platform: Platform, snapshot: Snapshot) -> int:
    """Keep everything a platform says, page by page. What this attempt has pulled already is not pulled again."""
    raw = snapshot.raw(platform.name)
    if raw.complete():
        return sum(raw.manifest().rows.values())
    raw.start()
    for page in platform.api.pages():
        raw.write(page.stream, page.body, platform.rows.count(page), platform.rows.ids(page))
    rows = (*platform.rows.contacts(raw.written()), *platform.rows.orders(raw.written()))
    limit = datetime.now(UTC) + AHEAD
    changes = [row.updated_at for row in rows if row.updated_at and row.updated_at < limit]
    return raw.finish(max(changes).isoformat() if changes else None)


def tabulate(snapshot: Snapshot, snapshots: Snapshots, settings: Settings) -> dict[str, int]:
    """
    Turn every platform's pages into rows of contacts and orders, in our words.

    A platform that is left out tonight keeps the rows of the last good night, so that nothing is judged for want of
    them; what is found on such rows is not filed.
    """
    from include.store.tables import beside, of_rows

    before = snapshots.before(snapshot)
    pulled = {name: snapshot.raw(name) for name in names("platforms") if name not in settings.left_out}
    told = {}
    for table in ("contacts", "orders"):
        rows = (
            row for name, raw in pulled.items() for row in getattr(load("platforms", name, "rows"), table)(raw.bodies())
        )
        made = of_rows(table, rows)
        if before and settings.left_out:
            made = beside(made, before.rows_of(table, settings.left_out))
        told[table] = snapshot.part(table).write_table(made)
    return told


def link(snapshot: Snapshot, snapshots: Snapshots) -> int:
    """Find which contacts are one person. Returns the number of contacts that share a person with another."""
    from include.people.link import link as find_people

    tables = snapshot.tables(snapshots.before(snapshot))
    try:
        people, edges = find_people(tables)
    finally:
        tables.close()
    snapshot.part("edges").write_table(edges)
    return snapshot.part("people").write_table(people)


def detect(rule: str, snapshot: Snapshot, snapshots: Snapshots) -> int:
    """Find what one rule holds to be wrong."""
    tables = snapshot.tables(snapshots.before(snapshot))
    try:
        return snapshot.part(f"findings/{rule}").write_findings(load("rules", rule).find(tables))
    finally:
        tables.close()


def file(snapshot: Snapshot, snapshots: Snapshots, ledger: Ledger, settings: Settings) -> dict[str, int]:
    """
    File the findings, and with them the reviewers' digest of what is new.

    Those of a night before the last that was filed (a backfill) are in its snapshot, and stay there.
    """
    from include import notices
    from include.store import findings

    if later := snapshots.filed_after(snapshot):
        logger.info("%s was filed after %s: the findings of this one are not filed", later.name, snapshot.name)
        return {"new": 0, "known": 0, "reopened": 0, "gone": 0}
    found = [finding for rule in names("rules") for finding in snapshot.part(f"findings/{rule}").findings()]
    digest = notices.digest_of(snapshot.name, settings)
    filed = findings.file(ledger, found, snapshot.night, settings.left_out, snapshot.begun_at(), digest)
    snapshot.mark_filed()
    return {"new": filed.new, "known": filed.known, "reopened": filed.reopened, "gone": filed.gone}


def deliver(ledger: Ledger, send: Callable[[EmailMessage], None]) -> int:
    """Send what waits in the outbox, one message to one recipient each. Returns how many went."""
    from include.notices import channels

    return channels.deliver(ledger, send, datetime.now(UTC))
