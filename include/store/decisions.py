"""
Decisions: exactly one of any number of simultaneous ones wins, and each is bound to what the reviewer saw.

Two people agree to what `four_eyes` names; who took a client's request down cannot approve it; what needs a client's
consent has it from `consents`. An approval can be withdrawn by one, until its fixes begin, and only by who saw it
approved. Who may review, and how quickly, is held by `reviewing`; that a reviewer is who they say, whoever calls has
made sure of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import AlreadyDecided, FindingChanged, NotAllowed
from include.model import Action, Evidence, Fix, FixState, Option, Ref, Verdict
from include.settings import settings
from include.store import (
    audit,
    authority,
    dossiers,
    four_eyes,
    objections,
    proofs,
    requests,
    reviewing,
    undone,
    waiting,
)
from include.store import consents as given
from include.store.schema import decision, finding, fix, option

if TYPE_CHECKING:
    from include.store.consents import Consent
    from include.store.ledger import Ledger
    from include.store.waiting import Coming, Off

UNDECIDED = frozenset({"open", "half_approved"})


def decide(
    ledger: Ledger,
    finding_id: str,
    *,
    verdict: str,
    reviewer: str,
    version: int,
    option_hash: str | None = None,
    reason: str | None = None,
    until: str | None = None,
    withdraw: bool = False,
    consents: Sequence[Consent] = (),
    now: datetime | None = None,
    coming: Coming | None = None,
    off: Off | None = None,
) -> str:
    """
    Record a decision and return the finding's new state.

    `withdraw`: the reviewer saw the finding approved and takes that back, to reject or defer it. `consents`: the
    client's, to the fixes of the approved option that need one; the others of these are left out of what is approved.
    `coming`: how long what a client asked for waits, and what is told of it beforehand; `off`: what is told to the same
    people where it is not going to be made.

    Raises AlreadyDecided, FindingChanged when `version` or `option_hash` is not what is filed, and NotAllowed, be it
    NotReviewer or TooFast.
    """
    said = Verdict(verdict)
    reason = (reason or "").strip() or None
    at = now or datetime.now(UTC)
    until = _require(said, reviewer, option_hash, reason, until, at)
    if withdraw and said is Verdict.APPROVED:
        raise NotAllowed("To withdraw an approval, reject or defer the finding.")
    with ledger.write() as connection:
        reviewing.insist(connection, reviewer, said, at)
        row = connection.execute(sa.select(finding).where(finding.c.id == finding_id)).first()
        if row is None:
            raise FindingChanged(f"There is no finding {finding_id}.")
        if row.state not in UNDECIDED and not (withdraw and row.state == "approved"):
            raise AlreadyDecided(f"The finding {finding_id} is {row.state} already. Nothing was changed.")
        if row.version != version:
            raise FindingChanged(f"The finding {finding_id} has changed since it was shown. Read it again.")
        if withdraw:
            _require_withdrawable(connection, row)
        chosen = _option(connection, row, option_hash) if said is Verdict.APPROVED else None
        if chosen is not None:
            authority.require_tied(connection, finding_id)
            requests.require_another_person(connection, finding_id, reviewer)
            undone.require_another_person(connection, finding_id, reviewer)
            objections.require_none(connection, finding_id)
            chosen = given.chosen(connection, finding_id, row.key, chosen, consents, at.date())
        wait = waiting.needed(connection, row, chosen, at, coming) if chosen is not None else None
        state = _state(connection, row, said, reviewer, chosen, max(at, wait.until) if wait else at)
        not_before = waiting.begin(connection, wait, at) if wait and state == "approved" else None
        if chosen is not None:
            day = max(not_before or at, at).date()
            proofs.require_fresh(connection, finding_id, day, settings().proof_days)
            given.require_fresh(connection, chosen, day)
        values = {"state": state, "until": until, "changed_at": at}
        won = connection.execute(
            sa.update(finding)
            .where(finding.c.id == finding_id, finding.c.state == row.state, finding.c.version == version)
            .values(values)
        )
        if won.rowcount != 1:
            raise AlreadyDecided(f"The finding {finding_id} was decided by somebody else just now.")
        kept = {
            "finding_id": finding_id,
            "version": version,
            "option_hash": chosen.hash if chosen else None,
            "verdict": str(said),
            "reviewer": reviewer,
            "reason": reason,
            "until": values["until"],
        }
        told = [one.as_json() for one in consents] or None
        option_id = chosen.id if chosen else None
        late = {"option_id": option_id, "consents": told, "not_before": not_before, "at": at}
        connection.execute(sa.insert(decision).values(**kept, **late))
        sealed = {"reason": audit.sealed(reason)} | ({"consents": audit.sealed(told)} if told else {})
        sealed |= {"not_before": audit.moment(not_before)} if not_before else {}
        audit.append(connection, "decided", {**kept, **sealed, "state": state}, at)
        if off is not None and said is not Verdict.APPROVED:
            waiting.call_off(connection, finding_id, at, off)
    return state


def _require(
    said: Verdict, reviewer: str, option_hash: str | None, reason: str | None, until: str | None, now: datetime
) -> str | None:
    """Until when a deferral lasts, as YYYY-MM-DD: days are compared as text. Raises NotAllowed."""
    if not reviewer.strip():
        raise NotAllowed("A decision needs a reviewer.")
    match said:
        case Verdict.APPROVED if option_hash is None:
            raise NotAllowed("An approval must say which option it approves.")
        case Verdict.REJECTED if reason is None:
            raise NotAllowed("A rejection needs a reason: the next person who looks will want to know.")
        case Verdict.DEFERRED:
            try:
                day = date.fromisoformat(until or "")
            except ValueError as error:
                raise NotAllowed("To defer, say until which date (YYYY-MM-DD).") from error
            if day <= now.date():
                raise NotAllowed("To defer, say a date in the future.")
            return day.isoformat()
    return None


def _require_withdrawable(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """
    Raise unless the finding is approved and none of its fixes has begun.

    Who claims a fix needs the finding approved, and does so in a write transaction too: one of the two comes first.
    """
    if row.state != "approved":
        raise NotAllowed(f"The finding {row.id} is not approved: there is no approval to withdraw.")
    begun = (
        sa.select(fix.c.id)
        .join(option, option.c.id == fix.c.option_id)
        .where(option.c.finding_id == row.id, option.c.version == row.version)
        .where(fix.c.state != str(FixState.PLANNED))
        .limit(1)
    )
    if connection.execute(begun).first() is not None:
        raise AlreadyDecided(
            f"The fixes of the finding {row.id} have begun: its approval can no longer be withdrawn. "
            "Nothing was changed."
        )


def _option(connection: sa.Connection, row: sa.Row[Any], option_hash: str | None) -> sa.Row[Any]:
    """The option of the newest version that has this hash."""
    wanted = sa.select(option).where(
        option.c.finding_id == row.id, option.c.version == row.version, option.c.hash == option_hash
    )
    chosen = connection.execute(wanted).first()
    if chosen is None:
        raise FindingChanged(f"The finding {row.id} has no such option. It may have changed: read it again.")
    return chosen


def _state(
    connection: sa.Connection,
    row: sa.Row[Any],
    said: Verdict,
    reviewer: str,
    chosen: sa.Row[Any] | None,
    begins: datetime,
) -> str:
    """
    The state that the decision leads to. What needs two people goes by half: both must approve one option, and the
    first approval may not be so old that it would not be applied once this `begins`: then this one is the first.
    """
    if chosen is None:
        return str(said)
    actions = connection.execute(sa.select(fix.c.action).where(fix.c.option_id == chosen.id)).scalars().all()
    two = four_eyes.needed(actions, max(chosen.people, _people(connection, row, chosen))) > 1
    first = connection.execute(
        sa.select(decision)
        .where(decision.c.finding_id == row.id, decision.c.version == row.version)
        .order_by(decision.c.id.desc())
        .limit(1)
    ).first()
    oldest = begins - timedelta(days=settings().approval_days)
    if row.state == "half_approved" and first is not None and first.at > oldest:
        if reviewing.person(first.reviewer) == reviewing.person(reviewer):
            raise NotAllowed(f"This needs a second person, {four_eyes.why(actions)}: you approved it first.")
        if first.option_id != chosen.id:
            raise NotAllowed("Somebody approved another option. Approve the same one, or reject or defer the finding.")
        return "approved"
    return "half_approved" if two else "approved"


def _people(connection: sa.Connection, row: sa.Row[Any], chosen: sa.Row[Any]) -> int:
    """How many must agree by what is known now: an option may have been filed before that was asked for."""
    held = connection.execute(sa.select(fix).where(fix.c.option_id == chosen.id))
    fixes = tuple(Fix(Ref.parse(one.target), Action(one.action), one.before, one.after) for one in held)
    because = [Evidence(one["evidence"], one["weight"], one["says"]) for one in row.because]
    return four_eyes.people(Option(chosen.label, fixes), dossiers.known(connection, row.id), because)
