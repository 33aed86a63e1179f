"""
What the ledger holds of people is blanked: of one person on request, or of all in what was closed long ago.

A blanked row keeps its place, its state and its checksums, so that the audit still accounts for it; a merge and an
order keep the number of the record they named. Every other word goes. What is open, or not known to have ended, is
never blanked for its age; on request it is closed first, unless a write of it may be under way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from include.errors import NotAllowed
from include.forgetting.pseudonyms import ERASED, Erased
from include.model import Action, FixState
from include.store import audit
from include.store.requests import UNDER_WAY, WITHDRAWN
from include.store.schema import (
    decision,
    dossier,
    finding,
    fix,
    notice,
    objection,
    option,
    receipt,
    request,
    switch,
    undo,
)

CLOSED = ("settled", "gone", "rejected")
UNSETTLED = (str(FixState.IN_FLIGHT), str(FixState.UNKNOWN))
NAMED = ("duplicate", "contact")  # of what a fix says, what names a record by its number
EMPTIED = "erased"
EMPTY: dict[str, Any] = {
    **{"recipient": ERASED, "subject": "", "text": ""},
    **{"html": None, "headers": {}, "pictures": None},
}
MANY = 500  # ids in one question to the database


@dataclass
class Rows:
    """What is blanked: findings with all that belongs to them, messages and requests, by their ids."""

    findings: set[str] = field(default_factory=set)
    notices: set[int] = field(default_factory=set)
    requests: set[int] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        return {"findings": len(self.findings), "notices": len(self.notices), "requests": len(self.requests)}


def records(connection: sa.Connection, erased: Erased) -> set[str]:
    """The references of the records that bear an address of these people, by dossiers and by what was applied."""
    found: set[str] = set()
    for row in connection.execute(sa.select(dossier.c.records)):
        own = ((one["ref"], [one.get("email"), *(one.get("other_emails") or ())]) for one in row.records)
        found.update(ref for ref, addresses in own if erased.are_anywhere_in(addresses))
    taken = sa.select(fix.c.target, fix.c.before, fix.c.after).where(fix.c.state == str(FixState.APPLIED))
    for row in connection.execute(taken.where(fix.c.action.in_([str(Action.SET_EMAIL), str(Action.ADD_EMAIL)]))):
        if erased.are_anywhere_in([row.before, row.after]):
            found.add(row.target)
    return found


def of_person(connection: sa.Connection, erased: Erased, refs: Collection[str]) -> Rows:
    """Every row that names these people by an address, or one of their records."""
    found = Rows()

    def concerns(*values: Any) -> bool:
        return any(_names(value, refs) or erased.are_anywhere_in(value) for value in values)

    for row in connection.execute(sa.select(finding)):
        if concerns(row.subject, row.others, row.because):
            found.findings.add(row.id)
    said = sa.select(option.c.finding_id, option.c.label, fix.c.target, fix.c.before, fix.c.after, fix.c.image)
    for row in connection.execute(said.select_from(option.outerjoin(fix))):
        if concerns(row.label, row.target, row.before, row.after, row.image):
            found.findings.add(row.finding_id)
    for row in connection.execute(sa.select(dossier)):
        if concerns(row.records, row.history, row.sought.split("\n")):
            found.findings.add(row.finding_id)
    for row in connection.execute(sa.select(decision.c.finding_id, decision.c.reason, decision.c.consents)):
        if concerns(row.reason, row.consents):
            found.findings.add(row.finding_id)
    of_receipts = sa.select(option.c.finding_id, receipt.c.detail).select_from(option.join(fix).join(receipt))
    for row in connection.execute(of_receipts):
        if concerns(row.detail):
            found.findings.add(row.finding_id)
    for row in connection.execute(sa.select(undo.c.of, undo.c.finding_id, undo.c.why)):
        if concerns(row.why) or row.of in found.findings:
            found.findings.add(row.finding_id)
    for row in connection.execute(sa.select(objection.c.finding_id, objection.c.why)):
        if concerns(row.why):
            found.findings.add(row.finding_id)
    for row in connection.execute(sa.select(request)):
        if concerns(row.asked, row.found, row.client) or row.finding_id in found.findings:
            found.requests.add(row.id)
            found.findings.update([row.finding_id] if row.finding_id else [])
    for row in connection.execute(sa.select(notice)):
        own = row.about in found.findings and row.state != "waiting"
        if own or concerns(row.recipient, row.subject, row.text, row.html, row.headers):
            found.notices.add(row.id)
    return found


def too_old(connection: sa.Connection, before: datetime) -> Rows:
    """What was closed before, and says something still."""
    unsettled = (
        sa.exists()
        .where(option.c.finding_id == finding.c.id, fix.c.option_id == option.c.id)
        .where(fix.c.state.in_(UNSETTLED))
    )
    night = before.date().isoformat()
    old = sa.select(finding.c.id, finding.c.because).where(
        finding.c.state.in_(CLOSED), finding.c.changed_at < before, finding.c.last_night < night, ~unsettled
    )
    found = Rows(findings={row.id for row in connection.execute(old) if row.because})
    sent = sa.select(notice.c.id, notice.c.recipient).where(notice.c.state != "waiting", notice.c.at < before)
    found.notices = {row.id for row in connection.execute(sent) if row.recipient != ERASED}
    over = (
        sa.select(request.c.id, request.c.asked)
        .select_from(request.outerjoin(finding, finding.c.id == request.c.finding_id))
        .where(request.c.at < before, request.c.state.not_in(UNDER_WAY))
        .where(sa.or_(request.c.finding_id.is_(None), finding.c.state.in_(CLOSED)))
    )
    found.requests = {row.id for row in connection.execute(over) if row.asked}
    return found


def require_settled(connection: sa.Connection, rows: Rows) -> None:
    """Raise NotAllowed while a write that concerns these findings may be under way."""
    wanted = sa.select(option.c.finding_id).join(fix).where(fix.c.state.in_(UNSETTLED)).distinct()
    busy = sorted(set(connection.execute(wanted).scalars()) & rows.findings)
    if busy:
        raise NotAllowed(
            f"A write of the finding {busy[0]} may be under way, or nobody knows yet what became of it. Nothing was "
            "erased. Let the next run of apply_approved_fixes settle it, and ask again."
        )


def blank(connection: sa.Connection, rows: Rows, kind: str, told: dict[str, str], now: datetime) -> None:
    """Blank these rows, in a transaction of `Ledger.write`, and leave the line that accounts for it."""
    gone = _close(connection, rows, now)
    of = sorted(rows.findings)
    _update(connection, finding.c.id, of, {"because": []})
    _delete(connection, dossier.c.finding_id, of)
    _update(connection, option.c.finding_id, of, {"label": ""})
    _update(connection, decision.c.finding_id, of, {"reason": None, "consents": None})
    _update(connection, undo.c.finding_id, of, {"why": ""})
    _update(connection, objection.c.finding_id, of, {"why": ""})
    fixes = [row for part in _parts(of) for row in connection.execute(_fixes(part))]
    _update(connection, receipt.c.fix_id, [row.id for row in fixes], {"detail": None})
    for row in fixes:
        left = {"before": _numbers(row.before), "after": _numbers(row.after), "image": None}
        connection.execute(sa.update(fix).where(fix.c.id == row.id).values(left))
    messages = [row for part in _parts(sorted(rows.notices)) for row in connection.execute(_messages(part))]
    _update(connection, notice.c.id, [row.id for row in messages], EMPTY)
    dropped = [row for row in messages if row.state == "waiting"]
    _update(connection, notice.c.id, [row.id for row in dropped], {"state": "refused", "problem": EMPTIED})
    _update(connection, request.c.id, sorted(rows.requests), {"asked": {}, "found": None, "client": None})
    body = {
        **told,
        "findings": of,
        "gone": gone,
        "notices": sorted(row.message_id for row in messages),
        "dropped": sorted(row.message_id for row in dropped),
        "requests": sorted(rows.requests),
    }
    audit.append(connection, kind, body, now)


def unsay(connection: sa.Connection, erased: Erased) -> None:
    """Blank why the stop switch was thrown where that names these people."""
    for row in connection.execute(sa.select(switch.c.id, switch.c.why)).all():
        if erased.are_in(row.why):
            connection.execute(sa.update(switch).where(switch.c.id == row.id).values(why=""))


def _close(connection: sa.Connection, rows: Rows, now: datetime) -> list[str]:
    """Close what is open of these findings and requests; the findings that were."""
    gone: list[str] = []
    for part in _parts(sorted(rows.findings)):
        is_open = sa.and_(finding.c.id.in_(part), finding.c.state.not_in(CLOSED))
        gone += connection.execute(sa.select(finding.c.id).where(is_open).order_by(finding.c.id)).scalars()
        connection.execute(sa.update(finding).where(is_open).values(state="gone", until=None, changed_at=now))
    for part in _parts(sorted(rows.requests)):
        under_way = sa.and_(request.c.id.in_(part), request.c.state.in_(UNDER_WAY))
        ids = list(connection.execute(sa.select(request.c.id).where(under_way)).scalars())
        connection.execute(sa.update(request).where(under_way).values(state=WITHDRAWN, changed_at=now))
        for id in ids:
            audit.append(connection, "request", {"request": id, "state": WITHDRAWN, "by": None}, now)
    return gone


def _fixes(findings: Collection[str]) -> sa.Select[Any]:
    wanted = sa.select(fix.c.id, fix.c.before, fix.c.after).join(option)
    return wanted.where(option.c.finding_id.in_(findings)).order_by(fix.c.id)


def _messages(ids: Collection[int]) -> sa.Select[Any]:
    return sa.select(notice.c.id, notice.c.message_id, notice.c.state).where(notice.c.id.in_(ids))


def _numbers(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in NAMED if name in said and "@" not in str(said[name])}


def _names(value: Any, refs: Collection[str]) -> bool:
    if isinstance(value, str):
        return value in refs
    inner: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_names(each, refs) for each in inner)


def _update(connection: sa.Connection, column: sa.Column[Any], ids: list[Any], values: dict[str, Any]) -> None:
    _each(ids, lambda part: connection.execute(sa.update(column.table).where(column.in_(part)).values(values)))


def _delete(connection: sa.Connection, column: sa.Column[Any], ids: list[Any]) -> None:
    _each(ids, lambda part: connection.execute(sa.delete(column.table).where(column.in_(part))))


def _each(ids: list[Any], act: Callable[[list[Any]], object]) -> None:
    for part in _parts(ids):
        act(part)


def _parts(ids: list[Any]) -> Iterator[list[Any]]:
    return (ids[at : at + MANY] for at in range(0, len(ids), MANY))
