"""
Whether an approval is one that was taken: the audit's own line tells of it, and none who asked for it has given it.

A row of `decision` that something other than Rollcall wrote has no line. This is asked before each write, so that none
is applied. Whoever may write to the audit as well can forge both, for the chain of its lines has no secret: what stops
that is who may write there (`roles.sql`). It judges nothing else of an approval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import digest
from include.errors import NotAllowed
from include.model import Verdict
from include.store import audit, requests, undone
from include.store.schema import audit as lines
from include.store.schema import decision, finding, request, undo

if TYPE_CHECKING:
    from include.store.fixes import ApprovedOption
    from include.store.ledger import Ledger


UNTIED = "Nothing in the ledger says any more who asked for this: something other than Rollcall changed it."
ASKED_FOR = {"requested_email_change": request, undone.RULE: undo}  # by rule, the table that says who asked


def doubt(ledger: Ledger, option: ApprovedOption) -> str | None:
    """Why the approvals of an option are not to be trusted, as a sentence; None where they are."""
    with ledger.read() as connection:
        told, said = _lines(connection, {audit.moment(row.at) for row in option.decisions}), None
        for row in option.decisions:
            own = next((body for body in told if _tells(body, row)), None)
            if own is None:
                return (
                    f"No line of the audit tells of the approval of {row.reviewer} as the ledger has it: it was given "
                    "before an upgrade of Rollcall, or something other than Rollcall wrote it. Nothing of it was "
                    "applied: decide anew, and where there was no upgrade see who may write to the ledger."
                )
            told.remove(own)  # a line tells of one
            said = own.get("state")
        if said != "approved":
            return "By the audit's own line, more people must approve this. It was not applied: decide anew."
        if _newest(connection, option) != option.decisions[-1].id:
            return "The approval was withdrawn, though the ledger calls the finding approved. It was not applied."
        return _asked(connection, option)


def accounted(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether the audit tells of this row of `decision`."""
    return any(_tells(body, row) for body in _lines(connection, {audit.moment(row.at)}))


def require_tied(connection: sa.Connection, finding_id: str) -> None:
    """Raise NotAllowed where a finding has lost who asked for it: whom to keep from approving it nobody can tell."""
    if not tied(connection, finding_id):
        raise NotAllowed(f"{UNTIED} It cannot be approved: reject it, and ask for it anew.")


def tied(connection: sa.Connection, finding_id: str) -> bool:
    """Whether a finding that somebody must have asked for is still tied to all who did, by the audit's own lines."""
    key = str(connection.execute(sa.select(finding.c.key).where(finding.c.id == finding_id)).scalar())
    asked = ASKED_FOR.get(key.split("/", 1)[0])  # not by the column: the finding's id holds its key, and so its rule
    if (
        asked is not None
        and not connection.execute(sa.select(sa.exists().where(asked.c.finding_id == finding_id))).scalar()
    ):
        return False
    own = connection.execute(sa.select(request.c.id).where(request.c.finding_id == finding_id)).scalars()
    return _led_to(connection, finding_id) <= set(own)


def _led_to(connection: sa.Connection, finding_id: str) -> set[int]:
    """The requests that led to a finding, as the audit tells it; not those that led to another one since."""
    text = sa.cast(lines.c.body, sa.Text)
    told = sa.select(lines.c.body).where(lines.c.kind == "request", text.contains('"finding":"')).order_by(lines.c.seq)
    last = {body["request"]: body["finding"] for body in connection.execute(told).scalars()}
    return {number for number, led_to in last.items() if led_to == finding_id}


def _newest(connection: sa.Connection, option: ApprovedOption) -> int | None:
    """Which row of `decision` was the last one on these fixes, whatever it says."""
    own = (decision.c.finding_id == option.finding_id, decision.c.version == option.version)
    return connection.execute(sa.select(sa.func.max(decision.c.id)).where(*own)).scalar()


def _asked(connection: sa.Connection, option: ApprovedOption) -> str | None:
    if not tied(connection, option.finding_id):
        return f"{UNTIED} It was not applied."
    if not requests.genuine(connection, option.finding_id):
        return "What the client asked for, or who took that down, is not what was written down. It was not applied."
    for who in option.authority.reviewers:
        if requests.asked_by(connection, option.finding_id, who) or undone.asked_by(connection, option.finding_id, who):
            return f"{who} asked for this and approved it: another person must. It was not applied."
    return None


def _lines(connection: sa.Connection, moments: set[str]) -> list[dict[str, Any]]:
    """What the lines of decisions at these moments say, of those that are whole and bound to their neighbours."""
    before, after = lines.alias(), lines.alias()
    wanted = (
        sa.select(lines, before.c.hash.label("follows"), after.c.previous.label("followed"))
        .outerjoin(before, before.c.seq == lines.c.seq - 1)
        .outerjoin(after, after.c.seq == lines.c.seq + 1)
        .where(lines.c.kind == "decided", lines.c.at.in_(sorted(moments)))
        .order_by(lines.c.seq)
    )
    return [row.body for row in connection.execute(wanted) if _bound(row)]


def _bound(row: sa.Row[Any]) -> bool:
    line = {"seq": row.seq, "at": row.at, "kind": row.kind, "body": row.body, "previous": row.previous}
    follows = row.follows or audit.START
    return row.hash == digest(line) and row.previous == follows and row.followed in (None, row.hash)


def _tells(body: dict[str, Any], row: sa.Row[Any]) -> bool:
    """Whether a line tells of this approval; of what people wrote, unless that was forgotten."""
    names = ("finding_id", "version", "option_hash", "reviewer")
    same = all(body.get(name) == getattr(row, name) for name in names)
    words = {name: said for name in ("reason", "consents") if (said := getattr(row, name)) is not None}
    whole = all(body.get(name) == audit.sealed(said) for name, said in words.items())
    waits = audit.moment(row.not_before) if row.not_before else None
    return same and whole and body.get("verdict") == str(Verdict.APPROVED) and body.get("not_before") == waits
