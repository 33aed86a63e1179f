"""
The verbs of the night, in the order of the procedure. Each is a few lines: what is hard lives in the room it names.

None of them knows Airflow. They are handed what they work on: an open platform, a snapshot, the ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from include.errors import GateClosed, SettingsWrong, SnapshotMissing
from include.registry import load, names
from include.settings import Settings
from include.store import nights

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection

    from include.model import Finding, Notice
    from include.platforms import Platform
    from include.store.filing import Filed
    from include.store.ledger import Ledger
    from include.store.snapshots import Snapshot, Snapshots
    from include.store.tables import Tables

logger = logging.getLogger(__name__)

TONIGHT = timedelta(hours=12)  # a run that was due longer ago than this is of the past: it pulls nothing


def begin(
    snapshots: Snapshots,
    run_after: datetime,
    settings: Settings,
    now: datetime | None = None,
    ledger: Ledger | None = None,
) -> str:
    """
    The name of the night's snapshot: a new attempt for tonight, the stored one for the past.

    A night is named by the local date its run was due, never by a data interval. A past night, and one of today that
    was filed for this run or a later one, is looked at again: judged from what is stored, with nothing filed. Raises
    SnapshotMissing for one without a snapshot: the platforms only say how they are now; and SettingsWrong when a
    platform that does not exist is to be left out.
    """
    if unknown := sorted(set(settings.left_out) - set(names("platforms"))):
        raise SettingsWrong(
            f"ROLLCALL_LEAVE_OUT names {', '.join(unknown)}; there are only {', '.join(names('platforms'))}."
        )
    night = run_after.astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    stored = snapshots.filed_since(night, run_after)
    if stored is None and (now or datetime.now(UTC)) - run_after < TONIGHT:
        begun = snapshots.begin(night, run_after).name
        if ledger is not None:
            nights.tell(ledger, begun, nights.BEGUN)
        return begun
    stored = stored or snapshots.latest(night)
    if stored is None:
        raise SnapshotMissing(f"There is no snapshot of {night}, and a past night cannot be pulled any more.")
    return stored.again.called


def pull(
    platform: Platform,
    snapshot: Snapshot,
    before: Snapshot | None = None,
    full_pull_days: int = 0,
    keep: Callable[[bytes], bytes] = bytes,
) -> int:
    """
    Keep of what a platform says (`keep`), page by page: what changed since `before`, the last good night, or all.

    Everything is pulled every `full_pull_days`, and where what changed cannot be trusted.
    """
    from include.pull import pull as pull_platform

    return pull_platform(platform, snapshot, before, full_pull_days, keep)


def tabulate(snapshot: Snapshot, snapshots: Snapshots, settings: Settings) -> dict[str, int]:
    """
    Turn every platform's pages into rows of contacts and orders, in our words.

    A platform that is left out tonight keeps the rows of the last good night, so that nothing is judged for want of
    them; what is found on such rows is not filed.
    """
    from include.forgetting.redacting import without
    from include.pull import overlay

    if snapshot.complete():  # its pages may be forgotten by now
        return {table: snapshot.rows(table) for table in overlay.TABLES}
    before = snapshots.before(snapshot)
    parts: list[dict[str, pa.Table]] = []
    for name in names("platforms"):
        if name not in settings.left_out:
            raw = snapshot.raw(name)
            rests_on = raw.manifest().planned.rests_on
            base = snapshots.get(rests_on) if rests_on else None
            parts.append(overlay.tables(name, load("platforms", name, "rows"), raw, base))
        elif before:
            parts.append({table: before.rows_of(table, [name]) for table in overlay.TABLES})
    return {
        table: snapshot.part(table).write_table(without(overlay.together([part[table] for part in parts])))
        for table in overlay.TABLES
    }


def check(gate: str, snapshot: Snapshot, snapshots: Snapshots, ledger: Ledger, settings: Settings) -> int:
    """
    Let the night pass a gate, or raise GateClosed. Either is written into the ledger, for the page of nights.

    Returns how many expectations held. Of a night that is looked at again nothing is written; it is held to what it
    was held to then, when other platforms may have been left out.
    """
    from include import checks

    past = snapshot.filed() or snapshot.looked_at_again
    if snapshot.looked_at_again:
        left_out = [name for name in names("platforms") if not snapshot.raw(name).complete()]
        settings = replace(settings, leave_out=",".join(left_out))
    try:
        held = checks.check_night(gate, snapshot, snapshots, settings)
    except GateClosed as closed:
        if not past:
            nights.tell(ledger, snapshot.name, gate, problem=str(closed))
        raise
    if not past:
        nights.tell(ledger, snapshot.name, gate, {"held": held})
    return held


def link(snapshot: Snapshot, snapshots: Snapshots, ledger: Ledger | None = None) -> int:
    """
    Find which contacts are one person. Returns the number of contacts that share a person with another.

    What the ledger says that bears on the night (who was judged not to be the same, which changes were our own) is
    kept with it first, so that the night can be judged again from its own folder. What could not be compared is listed.
    """
    from include.people import not_compared
    from include.people.link import link as find_people
    from include.store import apart, own

    if snapshot.part("people").complete():
        return snapshot.rows("people")
    if ledger is not None:
        accounts = snapshot.accounts()
        snapshot.part("apart").write_table(apart.table(ledger, accounts))
        snapshot.part("own").write_table(own.table(own.writes(ledger, accounts)))
    tables = _tables(snapshot, snapshots)
    try:
        people, edges = find_people(tables)
        left = not_compared.listed(tables.with_people(people, edges))
    finally:
        tables.close()
    snapshot.part("edges").write_table(edges)
    snapshot.part("not_compared").write_table(left)
    logger.info("Not compared, by reason: %s", snapshot.not_compared())
    return snapshot.part("people").write_table(people)


def detect(rule: str, snapshot: Snapshot, snapshots: Snapshots) -> int:
    """
    Find what one rule holds to be wrong. In a night that is looked at again, that is put beside what was found then.

    The same snapshot gives the same findings, byte for byte, unless the rules have changed since.
    """
    tables = _tables(snapshot, snapshots)
    try:
        part = snapshot.found(rule)
        rows = part.write_findings(load("rules", rule).find(tables), anew=snapshot.looked_at_again)
    finally:
        tables.close()
    then = snapshot.part(f"findings/{rule}")
    if snapshot.looked_at_again and then.complete():
        same = "the same" if part.manifest() == then.manifest() else f"not the same: {then.manifest().rows} were then"
        logger.info("%s finds %d in %s, %s", rule, rows, snapshot.name, same)
    return rows


def _tables(snapshot: Snapshot, snapshots: Snapshots) -> Tables:
    """The night's tables with what the ledger said of them, and without the echo of our own changes."""
    from include.store import apart, own

    parts = {name: snapshot.part(name) for name in ("apart", "own")}
    known = {name: part.table() for name, part in parts.items() if part.complete()}
    tables = snapshot.tables(snapshots.before(snapshot))
    if "apart" in known:
        tables = apart.beside(tables, known["apart"])
    return own.without_echo(tables, known["own"]) if "own" in known else tables


def file(snapshot: Snapshot, snapshots: Snapshots, ledger: Ledger, settings: Settings) -> dict[str, int]:
    """
    File the findings, and with them the reviewers' digest of what is new.

    Those of a night that is looked at again (a backfill), or is before the last that was filed, stay in its snapshot.
    """
    from include import notices
    from include.store import findings, gathering, own

    if snapshot.looked_at_again:
        logger.info("%s is only looked at again: its findings are not filed", snapshot.name)
        return asdict(findings.Filed())
    if later := snapshots.filed_after(snapshot):
        logger.info("%s was filed after %s: the findings of this one are not filed", later.name, snapshot.name)
        return {"new": 0, "known": 0, "reopened": 0, "gone": 0}
    found = [finding for rule in names("rules") for finding in snapshot.part(f"findings/{rule}").findings()]
    found += _taken_addresses(snapshot, ledger, found)
    digest = notices.digest_of(snapshot.name, settings, nights.trend(ledger))
    begun, accounts = snapshot.begun_at(), snapshot.accounts()
    alone = own.not_seen(snapshot, ledger)
    told = nights.facts(snapshot, names("rules"), settings.left_out)

    def remember(connection: Connection, filed: Filed, waiting: Mapping[str, int]) -> None:
        nights.add(connection, snapshot.name, nights.FILED, {**told, **asdict(filed), "waiting": dict(waiting)})

    shown = gathering.of_night(snapshot, snapshots.before(snapshot), found)
    more: dict[str, Any] = {"left_alone": alone, "with_it": remember, "shown": shown}
    filed = findings.file(ledger, found, snapshot.night, settings.left_out, begun, digest, accounts, **more)
    snapshot.mark_filed()
    return asdict(filed)


def _taken_addresses(snapshot: Snapshot, ledger: Ledger, found: list[Finding]) -> list[Finding]:
    """What changes of an address that were refused lead to, as the contacts are tonight."""
    from include.rules import _taken
    from include.store import refused

    fixes = refused.addresses(ledger)
    if not fixes:
        return []
    tables = snapshot.tables()
    try:
        return _taken.proposals(fixes, tables, found)
    finally:
        tables.close()


def deliver(ledger: Ledger, send: Callable[[EmailMessage], None], post: Callable[[Notice], int] | None = None) -> int:
    """Send what waits in the outbox, one message to one recipient each, or `post` it. Returns how many went."""
    from include.notices import channels

    return channels.deliver(ledger, send, datetime.now(UTC), post)
