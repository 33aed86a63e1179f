"""What a finding's approved changes wait for, in words: time for the old address to object, or an objection to end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.requests import RULE
from include.settings import settings
from include.store import objections, outbox, reviewing

if TYPE_CHECKING:
    from include.store.findings import FindingRow
    from include.store.ledger import Ledger
    from include.store.objections import Objection

WENT = {"waiting": "waits to be sent", "sent": "sent", "refused": "could not be delivered"}
TONES = {"waiting": "quiet", "sent": "good", "refused": "bad"}
APPROVED = frozenset({"half_approved", "approved"})
OPEN = APPROVED | {"open", "deferred"}


def told(ledger: Ledger, row: FindingRow, user: str, now: datetime) -> dict[str, Any]:
    """
    `until`: when it may be applied, where it waits. `announced`: who was told beforehand, and how that went.

    `objections`: what freezes it; `own`: whether one was recorded here, to be lifted here by who `may_lift`.
    `may_object`: whether there is something that a client may object to.
    """
    until = cooling(row, now)
    found = objections.against(ledger, row.id)
    announced = [one for one in outbox.told(ledger, row.id) if one[0] == "coming"] if until else []
    return {
        "until": moment(until) if until else None,
        "contact": settings().support_contact,
        "announced": [
            {"address": address, "went": WENT[state], "tone": TONES[state], "problem": problem}
            for _, address, state, problem in announced
        ],
        "objections": [_objection(one, row.id) for one in found],
        "own": any(one.finding_id == row.id for one in found),
        "may_lift": reviewing.may_decide(user),
        "may_object": row.state in (OPEN if row.rule == RULE else APPROVED),
    }


def cooling(row: FindingRow, now: datetime) -> datetime | None:
    """Until when the approval that stands of a finding is not applied; None where it need not wait."""
    own = [one for one in row.decisions if one.version == row.version]
    until = own[-1].not_before if row.state == "approved" and own else None
    return until if until is not None and now < until else None


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _objection(one: Objection, here: str) -> dict[str, Any]:
    elsewhere = one.finding_id if one.finding_id != here else None
    return {"who": one.who, "why": one.why, "at": moment(one.at), "elsewhere": elsewhere}
