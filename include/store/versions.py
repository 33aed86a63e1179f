"""
A finding's versions: each holds the options and fixes exactly as a reviewer sees them, and none is ever altered.

A finding that comes back to the page gets a new version, so that no decision of an earlier one can count for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import canonical, digest
from include.model import Action, Fix, FixState, Notice, Option, Ref
from include.registrant_change import CONSENT
from include.store import audit, four_eyes, outbox
from include.store.schema import finding, fix, option

if TYPE_CHECKING:
    from include.store.ledger import Ledger

MANY = 500  # ids in one question to the database
Write = Callable[[sa.Connection], None] | None
Notices = Sequence[Notice]


@dataclass(frozen=True, slots=True)
class Version:
    """
    What is filed of a finding at once; `accounts`: by platform, the account it was found in, where it is known.
    `people`: how many must agree to each of the options, where more is known of that than their actions tell.
    """

    finding_id: str
    key: str
    number: int
    options: Sequence[Option]
    accounts: Mapping[str, str]
    people: Sequence[int] = ()


def touched(options: Iterable[Option], accounts: Mapping[str, str]) -> dict[str, str]:
    """Of `accounts` (by platform), those in which a fix of these options would change something."""
    platforms = {fix.target.platform for option in options for fix in option.fixes}
    return {platform: account for platform, account in accounts.items() if platform in platforms}


def bound_hash(one: Option, key: str, accounts: Mapping[str, str]) -> str:
    """SHA-256 (hex) that a decision is bound to: this option of this finding, in these accounts of its platforms."""
    within = touched([one], accounts)
    return digest({"option": one.hash(key), "accounts": within}) if within else one.hash(key)


def add(connection: sa.Connection, versions: Sequence[Version]) -> None:
    """Write versions."""
    option_id, fix_id = _next(connection, option), _next(connection, fix)
    options, fixes = [], []
    for version in versions:
        earlier = _fixes_of(connection, version.finding_id, version.number - 1) if version.number > 1 else {}
        for number, one in enumerate(version.options):
            options.append(_option_row(option_id, version, number, one))
            for position, single in enumerate(one.fixes):
                account = version.accounts.get(single.target.platform)
                came_from = earlier.get(_sameness(single, account))
                fixes.append(_fix_row(fix_id, option_id, position, single, account, came_from))
                fix_id += 1
            option_id += 1
    if options:
        connection.execute(sa.insert(option), options)
    if fixes:
        connection.execute(sa.insert(fix), fixes)


def add_made(connection: sa.Connection, finding_id: str, key: str, origin: sa.Row[Any], one: Option) -> sa.Row[Any]:
    """
    Write an option that a reviewer made of another one of the same version (`origin`); the row of it.

    It counts for what is decided and applied, and for nothing that compares what the nights found.
    """
    held = stored(connection, finding_id, origin.version)
    of_it = (option.c.finding_id == finding_id, option.c.version == origin.version)
    number = 1 + int(connection.execute(sa.select(sa.func.max(option.c.number)).where(*of_it)).scalar_one())
    version = Version(finding_id, key, origin.version, (), held.accounts)
    row = {**_option_row(_next(connection, option), version, number, one), "people": origin.people}
    same = connection.execute(sa.select(option).where(*of_it, option.c.hash == row["hash"])).first()
    if same is not None:
        return same
    connection.execute(sa.insert(option), [{**row, "made_from": origin.number}])
    first = _next(connection, fix)
    fixes = [
        _fix_row(first + position, row["id"], position, single, held.accounts.get(single.target.platform), None)
        for position, single in enumerate(one.fixes)
    ]
    connection.execute(sa.insert(fix), fixes)
    return connection.execute(sa.select(option).where(option.c.id == row["id"])).one()


def _option_row(id: int, version: Version, number: int, one: Option) -> dict[str, Any]:
    filed = version.people[number] if number < len(version.people) else 1
    return {
        "id": id,
        "finding_id": version.finding_id,
        "version": version.number,
        "number": number,
        "label": one.label,
        "hash": bound_hash(one, version.key, version.accounts),
        "people": four_eyes.needed((str(fix.action) for fix in one.fixes), filed),
        "made_from": None,
    }


def _fix_row(
    id: int, option_id: int, position: int, one: Fix, account: str | None, earlier: int | None
) -> dict[str, Any]:
    return {
        "id": id,
        "option_id": option_id,
        "position": position,
        "platform": one.target.platform,
        "account": account,
        "target": str(one.target),
        "action": str(one.action),
        "before": dict(one.before),
        "after": dict(one.after),
        "state": str(FixState.PLANNED),
        "earlier": earlier,
    }


_FILED = (
    sa.select(option.c.finding_id, option.c.number, option.c.label, option.c.people)
    .add_columns(fix.c.platform, fix.c.account, fix.c.target, fix.c.action, fix.c.before, fix.c.after)
    .select_from(option.outerjoin(fix, fix.c.option_id == option.c.id))
    .where(option.c.made_from.is_(None))
    .order_by(option.c.number, fix.c.position)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """
    A version's options as they were filed, and by platform the accounts that their fixes were found in. `people`: how
    many must agree to each.
    """

    options: list[Option]
    accounts: dict[str, str]
    people: list[int]


def newest(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stored]:
    """The newest version of each of these findings."""
    is_newest = sa.and_(finding.c.id == option.c.finding_id, finding.c.version == option.c.version)
    found: dict[str, Stored] = {}
    for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
        wanted = _FILED.join(finding, is_newest).where(option.c.finding_id.in_(part))
        found |= _read(connection, wanted, part)
    return found


def stored(connection: sa.Connection, finding_id: str, version: int) -> Stored:
    """One version of a finding."""
    wanted = _FILED.where(option.c.finding_id == finding_id, option.c.version == version)
    return _read(connection, wanted, [finding_id])[finding_id]


def _read(connection: sa.Connection, wanted: sa.Select[Any], ids: Sequence[str]) -> dict[str, Stored]:
    """What was filed of each of these findings, of one version each."""
    labels: dict[str, dict[int, str]] = {id: {} for id in ids}
    people: dict[str, dict[int, int]] = {id: {} for id in ids}
    fixes: dict[tuple[str, int], list[Fix]] = {}
    accounts: dict[str, dict[str, str]] = {id: {} for id in ids}
    for row in connection.execute(wanted):
        labels[row.finding_id][row.number] = row.label
        people[row.finding_id][row.number] = row.people
        held = fixes.setdefault((row.finding_id, row.number), [])
        if row.target is not None:
            held.append(Fix(Ref.parse(row.target), Action(row.action), row.before, row.after))
        if row.account is not None:
            accounts[row.finding_id][row.platform] = row.account
    return {
        id: Stored(
            [Option(label, tuple(fixes[id, number])) for number, label in labels[id].items()],
            accounts[id],
            list(people[id].values()),
        )
        for id in ids
    }


def reopen(connection: sa.Connection, finding_id: str, why: str, now: datetime) -> int:
    """Put a finding back on the page as a new version with the same options; returns the version's number."""
    row = connection.execute(sa.select(finding.c.key, finding.c.version).where(finding.c.id == finding_id)).one()
    held = newest(connection, [finding_id])[finding_id]
    add(connection, [Version(finding_id, row.key, row.version + 1, held.options, held.accounts, held.people)])
    connection.execute(
        sa.update(finding)
        .where(finding.c.id == finding_id)
        .values(version=row.version + 1, state="open", until=None, changed_at=now)
    )
    audit.append(connection, "reopened", {"finding": finding_id, "version": row.version, "why": why}, now)
    return int(row.version) + 1


def reopen_approved(
    ledger: Ledger, finding_id: str, version: int, why: str, now: datetime, told: Notices = (), also: Write = None
) -> bool:
    """
    Put a finding back on the page if it is still approved as this version; False when it is not.

    `told`: messages about what was applied of it until then. `also`: writes what must be there before it is back.
    """
    with ledger.write() as connection:
        approved = (finding.c.id == finding_id, finding.c.version == version, finding.c.state == "approved")
        if connection.execute(sa.select(finding.c.id).where(*approved)).first() is None:
            return False
        if also is not None:
            also(connection)
        reopen(connection, finding_id, why, now)
        for notice in told:
            outbox.put(connection, notice, now)
    return True


def _next(connection: sa.Connection, table: sa.Table) -> int:
    """The next free id. The writer is alone in the ledger, so nobody else takes it."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()) + 1


def _fixes_of(connection: sa.Connection, finding_id: str, version: int) -> dict[str, int]:
    """A version's fixes by what they do; of the same one in two options, the one that was tried."""
    tried = sa.case((fix.c.state == str(FixState.PLANNED), 0), else_=1)
    rows = connection.execute(
        sa.select(fix.c.id, fix.c.account, fix.c.target, fix.c.action, fix.c.before, fix.c.after)
        .join(option, fix.c.option_id == option.c.id)
        .where(option.c.finding_id == finding_id, option.c.version == version)
        .order_by(tried, fix.c.id)
    )
    return {
        _sameness(Fix(Ref.parse(row.target), Action(row.action), row.before, row.after), row.account): int(row.id)
        for row in rows
    }


def _sameness(one: Fix, account: str | None) -> str:
    after = {name: value for name, value in one.after.items() if name != CONSENT}
    return canonical([account, str(one.target), str(one.action), after])
