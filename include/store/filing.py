"""
A night's findings go into the ledger: what is known keeps its decision, what changed comes back, the rest is closed.

It judges no finding; it only compares each with what a reviewer judged of it (`judged`), be its records called
otherwise by now (`aliases`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import finding_id
from include.model import Finding, FixState, Notice, Ref, Verdict
from include.store import aliases, audit, dossiers, four_eyes, outbox, requests, shapes, standing, undone, versions
from include.store.dossiers import Dossier
from include.store.judged import Judged
from include.store.schema import decision, finding, fix, option
from include.store.standing import Standing
from include.store.versions import Version

if TYPE_CHECKING:
    from include.store.ledger import Ledger

# How many are new, how many were reopened, how many of each rule are open: the messages that tell of it, if any.
Digest = Callable[[int, int, Mapping[str, int]], Iterable[Notice]]

CLOSED = frozenset({"settled", "gone"})


@dataclass(frozen=True, slots=True)
class Filed:
    """How many findings were new, known, reopened (a decision no longer holds), and closed as gone."""

    new: int = 0
    known: int = 0
    reopened: int = 0
    gone: int = 0


def file(
    ledger: Ledger,
    findings: Iterable[Finding],
    night: str,
    left_out: Collection[str] = (),
    seen_at: datetime | None = None,
    digest: Digest | None = None,
    accounts: Mapping[str, str] | None = None,
    *,
    whole: bool = True,
    left_alone: Collection[Ref] = (),
    with_it: Callable[[sa.Connection, Filed, Mapping[str, int]], None] | None = None,
    shown: Mapping[str, Dossier] | None = None,
) -> Filed:
    """
    File everything that one night found, in one transaction; or, when not `whole`, these and nothing else.

    `left_out`: platforms that were not pulled, and `left_alone`: records that were not seen as they are; findings that
    need them are neither raised nor closed. `seen_at`: when the night's pull began; what was settled after that is not
    taken for having come back. `digest`: words the messages to the reviewers, which are put into the outbox with the
    findings. `accounts`: the fingerprint of the account that each platform was pulled from; what was found in another
    account before comes back to the page. `with_it`: what else is written with the findings; it is told how many of
    each rule are open. `shown`: what the page shows of the records, by the finding's key.
    """
    now = datetime.now(UTC)
    found: dict[str, Finding] = {}
    for one in findings:
        if found.setdefault(finding_id(one.key), one) is not one:
            raise ValueError(f"the finding {one.key} was found twice in one night")
    accounts, shown = accounts or {}, shown or {}
    with ledger.write() as connection:
        known = {row.id: row for row in connection.execute(sa.select(finding))}
        today = aliases.names(connection)
        closed_to = _Closed(left_out, {today.get(str(ref), str(ref)) for ref in left_alone}, today)
        found = {id: one for id, one in found.items() if not closed_to.concerns(one)}
        by_id = aliases.matched(found, known, today, accounts, aliases.decided(connection))
        found = {by_id.get(id, id): one for id, one in found.items()}
        stood = Standing(connection, known, found, today, accounts)
        started = _started(connection)
        kept = found.keys() | started | requests.findings_of(connection) | undone.findings_of(connection)
        verdicts = _verdicts(connection)
        counts: Counter[str] = Counter()
        inserts: list[dict[str, Any]] = []
        updates: list[dict[str, Any]] = []
        added = []
        for id, one in sorted(found.items()):
            row = known.get(id)
            told = _told(id, one, stood.seen[id], night)
            if row is None:
                inserts.append({**told, "version": 1, "state": "open", "first_night": night, "key": one.key})
                inserts[-1] |= {"rule": one.rule, "changed_at": now}
                added.append(Version(id, one.key, 1, one.options, accounts, _people(one, shown)))
                counts["new"] += 1
                continue
            same, still = stood.same(row), stood.still(row)
            verdict = verdicts.get((id, row.version))
            state, renew = _next_state(row, same, still, night, id in started, verdict, seen_at)
            counts["reopened" if state == "open" != row.state else "known"] += 1
            version = row.version + renew
            if not renew:
                told = (
                    {**told, **stood.as_filed(row), "shape": row.shape or told["shape"]} if same else _as_is(row, night)
                )
            until = row.until if state == "deferred" else None
            changed_at = now if renew or state != row.state else row.changed_at
            updates.append({**told, "version": version, "state": state, "until": until, "changed_at": changed_at})
            if renew:
                added.append(Version(id, row.key, version, one.options, accounts, _people(one, shown)))
        if inserts:
            connection.execute(sa.insert(finding), inserts)
        if updates:
            _update(connection, updates)
        versions.add(connection, added)
        dossiers.keep(connection, {id: shown[one.key] for id, one in found.items() if one.key in shown})
        gone = [
            id
            for id, row in known.items()
            if id not in kept and row.state not in CLOSED and not closed_to.concerns(row)
        ]
        gone = gone if whole else []
        for part in (gone[at : at + 500] for at in range(0, len(gone), 500)):
            connection.execute(sa.update(finding).where(finding.c.id.in_(part)).values(state="gone", changed_at=now))
        filed = Filed(counts["new"], counts["known"], counts["reopened"], len(gone))
        waiting = _open(connection)
        for message in digest(filed.new, filed.reopened, waiting) if digest else ():
            outbox.put(connection, message, now)
        if with_it:
            with_it(connection, filed, waiting)
        became = _became(known, [*inserts, *updates], gone)
        audit.append(connection, "filed", {"night": night, **asdict(filed), "became": became}, now)
    return filed


def _became(
    known: Mapping[str, sa.Row[Any]], written: Iterable[Mapping[str, Any]], gone: Iterable[str]
) -> dict[str, list[Any]]:
    """The version and state of every finding that is new, or has another one now."""
    now = {row["id"]: [row["version"], row["state"]] for row in written}
    then = {id: [row.version, row.state] for id, row in known.items()}
    return {id: is_now for id, is_now in now.items() if is_now != then.get(id)} | {
        id: [known[id].version, "gone"] for id in gone
    }


def _open(connection: sa.Connection) -> dict[str, int]:
    """How many findings of each rule wait for a decision."""
    rows = connection.execute(
        sa.select(finding.c.rule, sa.func.count()).where(finding.c.state == "open").group_by(finding.c.rule)
    )
    return {rule: int(number) for rule, number in rows}


@dataclass(frozen=True)
class _Closed:
    """What tonight says nothing of: whole platforms, and records by the names they have today."""

    platforms: Collection[str]
    records: Collection[str]
    today: Mapping[str, str]

    def concerns(self, one: Finding | sa.Row[Any]) -> bool:
        refs = [str(ref) for ref in (one.subject, *one.others)]
        return any(
            Ref.parse(ref).platform in self.platforms or self.today.get(ref, ref) in self.records for ref in refs
        )


def content(one: Finding, accounts: Mapping[str, str] | None = None) -> str:
    """SHA-256 of what a reviewer judges: see `judged`."""
    return standing.seen(one, accounts or {}).content


def _next_state(
    row: sa.Row[Any],
    same: bool,
    still: bool,
    night: str,
    started: bool,
    verdict: str | None,
    seen_at: datetime | None,
) -> tuple[str, bool]:
    """The state of a finding that is seen again, and whether that makes a new version of it."""
    if started:
        return row.state, False  # its fixes are under way: each is compared with its own record before it is written
    if row.state == "settled":
        return ("settled", False) if seen_at is not None and row.changed_at >= seen_at else ("open", True)
    put_off = verdict == Verdict.DEFERRED and row.until is not None and row.until > night
    if row.state in {"rejected", "deferred", "gone"} and still:
        if verdict == Verdict.REJECTED:
            return "rejected", False
        if put_off:
            return "deferred", False
    if row.state in {"rejected", "deferred", "gone"} or not same:
        return "open", True
    return row.state, False


def _told(id: str, one: Finding, seen: Judged, night: str) -> dict[str, Any]:
    said = one.as_json()
    kept = {name: said[name] for name in ("subject", "others", "confidence", "because", "recommended")}
    kept |= {"doubt": 1 - one.confidence, "shape": shapes.shape(one), "platforms": shapes.platforms(one)}
    return {"id": id, **kept, "content": seen.content, "accounts": dict(seen.accounts), "last_night": night}


def _people(one: Finding, shown: Mapping[str, Dossier]) -> list[int]:
    """How many must agree to each option."""
    known = shown[one.key].known if one.key in shown else None
    return [four_eyes.people(option, known, one.because) for option in one.options]


AS_IS = (
    "id", "subject", "others", "confidence", "doubt", "because", "recommended", "content", "accounts", "shape",
    "platforms",
)  # fmt: skip


def _as_is(row: sa.Row[Any], night: str) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in AS_IS}, "last_night": night}


def _update(connection: sa.Connection, updates: list[dict[str, Any]]) -> None:
    names = [name for name in updates[0] if name != "id"]
    statement = sa.update(finding).where(finding.c.id == sa.bindparam("this"))
    statement = statement.values({name: sa.bindparam(f"new_{name}", type_=finding.c[name].type) for name in names})
    rows = [{"this": row["id"], **{f"new_{name}": row[name] for name in names}} for row in updates]
    connection.execute(statement, rows)


def _started(connection: sa.Connection) -> set[str]:
    """Approved findings of which a fix has been tried."""
    tried = (
        sa.select(option.c.finding_id)
        .join(fix, fix.c.option_id == option.c.id)
        .join(finding, sa.and_(finding.c.id == option.c.finding_id, finding.c.version == option.c.version))
        .where(fix.c.state != str(FixState.PLANNED), finding.c.state == "approved")
    )
    return {str(id) for id in connection.execute(tried).scalars()}


def _verdicts(connection: sa.Connection) -> dict[tuple[str, int], str]:
    """The last verdict on each version."""
    rows = connection.execute(
        sa.select(decision.c.finding_id, decision.c.version, decision.c.verdict).order_by(decision.c.id)
    )
    return {(row.finding_id, row.version): row.verdict for row in rows}
