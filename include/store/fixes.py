"""
Approved fixes as the ledger holds them: which are to be applied, in what order, by whose word, and how they stand.

It reads only. Changing the state of a fix is `leases`' (before its outcome) and `receipts`' (with it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import NotAllowed
from include.model import TOOK, Action, Authority, Fix, FixState, Option, Ref, Verdict
from include.store import four_eyes, reviewing
from include.store.schema import alias, decision, finding, fix, option
from include.store.versions import bound_hash

if TYPE_CHECKING:
    from include.store.ledger import Ledger

MANY = 500  # ids in one question to the database
UNSETTLED = frozenset({str(FixState.IN_FLIGHT), str(FixState.UNKNOWN)})


@dataclass(frozen=True, slots=True)
class KeptFix:
    """
    A fix with its place and state. `sent_at` and `image`: since when it may have been written, and over what.

    `account`: the fingerprint of the account it was found in; None for one that was filed before those were kept.
    """

    id: int
    finding_id: str
    version: int
    fix: Fix
    state: FixState
    lease_until: datetime | None
    sent_at: datetime | None
    image: dict[str, Any] | None
    account: str | None

    @property
    def took(self) -> bool:
        return self.state in TOOK


@dataclass(frozen=True, slots=True)
class ApprovedOption:
    """
    An option that people approved, with the decision's hash beside the hash of what the ledger holds. `decisions`:
    the approvals that it rests on, the newest of as many people as must agree; `since`: when the first of them was
    given.
    """

    finding_id: str
    version: int
    hash: str
    approved_hash: str
    approvals: int
    needed: int
    authority: Authority
    fixes: tuple[KeptFix, ...]
    decisions: tuple[sa.Row[Any], ...]
    since: datetime
    not_before: datetime | None = None  # what a client asked for waits until then, see `waiting`

    @property
    def stands(self) -> bool:
        """Whether enough people approved exactly these fixes."""
        return self.hash == self.approved_hash and self.approvals >= self.needed

    def require_approval(self) -> None:
        """Raise NotAllowed unless that is so."""
        if self.hash != self.approved_hash:
            raise NotAllowed(
                f"The fixes of finding {self.finding_id} are not what was approved: the ledger was changed by "
                "something other than Rollcall. Nothing of it is applied."
            )
        if self.approvals < self.needed:
            raise NotAllowed(
                f"The finding {self.finding_id} needs {self.needed} approvals and has {self.approvals}. "
                "Nothing of it is applied."
            )


def approved(ledger: Ledger) -> list[ApprovedOption]:
    """Every approved option whose finding is not settled yet, in the order of approval."""
    said = (
        sa.select(decision, finding.c.key)
        .join(finding, sa.and_(finding.c.id == decision.c.finding_id, finding.c.version == decision.c.version))
        .where(finding.c.state == "approved", decision.c.verdict == str(Verdict.APPROVED))
        .order_by(decision.c.id)
    )
    with ledger.read() as connection:
        decisions: dict[str, list[sa.Row[Any]]] = {}
        for row in connection.execute(said):
            decisions.setdefault(row.finding_id, []).append(row)
        last = {rows[-1].option_id: rows for rows in decisions.values()}
        filed = _options(connection, sorted(last))
        fixes = _fixes(connection, option.c.id, sorted(last))
    in_order = sorted(last.items(), key=lambda pair: int(pair[1][-1].id))
    return [_approved(rows, filed[id], fixes.get(id, [])) for id, rows in in_order]


def unsettled(ledger: Ledger) -> list[KeptFix]:
    """Fixes of which it is not known whether they took, also those of a version that was since replaced."""
    with ledger.read() as connection:
        ids = connection.execute(sa.select(fix.c.id).where(fix.c.state.in_(UNSETTLED)).order_by(fix.c.id)).scalars()
        held = _fixes(connection, fix.c.id, list(ids))
    return sorted((one for fixes in held.values() for one in fixes), key=lambda one: one.id)


def announced(ledger: Ledger, kept: KeptFix, outcome: FixState) -> list[Fix]:
    """
    The changes of an option that its people are told of now that this fix of it has this outcome.

    They are told once the option has come to its end: it all took, or it stopped. A change whose outcome is unknown is
    told like one that took: whoever it concerns must hear of it. What read as wanted without our doing (`already`) is
    not announced as ours.
    """
    with ledger.read() as connection:
        own = sa.select(fix.c.option_id).where(fix.c.id == kept.id).scalar_subquery()
        ids = connection.execute(sa.select(fix.c.id).where(fix.c.option_id == own)).scalars()
        (all_of_it,) = _fixes(connection, fix.c.id, list(ids)).values()
    states = {one.id: outcome if one.id == kept.id else one.state for one in all_of_it}
    if outcome in TOOK and not set(states.values()) <= TOOK:
        return []
    return [one.fix for one in all_of_it if states[one.id] in {FixState.APPLIED, FixState.UNKNOWN}]


def taken(ledger: Ledger, one: ApprovedOption) -> list[Fix]:
    """What was changed of an option, as the ledger has it now."""
    with ledger.read() as connection:
        held = _fixes(connection, fix.c.id, [kept.id for kept in one.fixes])
    return [kept.fix for fixes in held.values() for kept in fixes if kept.state is FixState.APPLIED]


def took_before(ledger: Ledger, kept: KeptFix) -> list[Fix]:
    """What was changed of an option whose next fix, this one, still waits for its turn; nothing where it had it."""
    with ledger.read() as connection:
        own = sa.select(fix.c.option_id).where(fix.c.id == kept.id).scalar_subquery()
        ids = connection.execute(sa.select(fix.c.id).where(fix.c.option_id == own)).scalars()
        (all_of_it,) = _fixes(connection, fix.c.id, list(ids)).values()
    waits = any(one.id == kept.id and one.state is FixState.PLANNED for one in all_of_it)
    return [one.fix for one in all_of_it if one.state is FixState.APPLIED] if waits else []


def applied(ledger: Ledger) -> list[Fix]:
    """Every fix that a platform was written to for, and took."""
    taken = sa.select(fix.c.id).where(fix.c.state == str(FixState.APPLIED)).order_by(fix.c.id)
    with ledger.read() as connection:
        held = _fixes(connection, fix.c.id, list(connection.execute(taken).scalars()))
    return [one.fix for fixes in held.values() for one in fixes]


def aliases(ledger: Ledger) -> dict[str, str]:
    """The names that records had before they were merged, and what each is called today."""
    with ledger.read() as connection:
        return {row.old: row.new for row in connection.execute(sa.select(alias.c.old, alias.c.new))}


def outcomes(ledger: Ledger) -> dict[str, int]:
    """How many fixes stand how: every fix that was tried, and those of approved options that wait."""
    waits = sa.and_(
        fix.c.state == str(FixState.PLANNED),
        sa.exists().where(
            decision.c.option_id == option.c.id,
            decision.c.verdict == str(Verdict.APPROVED),
            finding.c.id == decision.c.finding_id,
            finding.c.version == decision.c.version,
            finding.c.state == "approved",
        ),
    )
    counted = (
        sa.select(fix.c.state, sa.func.count())
        .join(option, option.c.id == fix.c.option_id)
        .where(sa.or_(fix.c.state != str(FixState.PLANNED), waits))
        .group_by(fix.c.state)
    )
    with ledger.read() as connection:
        return {state: int(number) for state, number in connection.execute(counted)}


def _approved(rows: Sequence[sa.Row[Any]], filed: sa.Row[Any], fixes: Sequence[KeptFix]) -> ApprovedOption:
    last = rows[-1]
    own = [row for row in rows if row.option_id == last.option_id and row.option_hash == last.option_hash]
    people = {reviewing.person(row.reviewer): row for row in own}  # of each person the newest
    told = Option(filed.label, tuple(one.fix for one in fixes))
    accounts = {one.fix.target.platform: one.account for one in fixes if one.account is not None}
    reason = "; ".join(dict.fromkeys(row.reason for row in own if row.reason)) or filed.label
    needed = four_eyes.needed((str(one.fix.action) for one in fixes), filed.people)
    counted = sorted(people.values(), key=lambda row: int(row.id))[-needed:]
    return ApprovedOption(
        finding_id=last.finding_id,
        version=last.version,
        hash=bound_hash(told, last.key, accounts),
        approved_hash=last.option_hash,
        approvals=len(people),
        needed=needed,
        authority=Authority(tuple(row.reviewer.strip() for row in counted), last.at, reason, last.finding_id),
        fixes=tuple(fixes),
        decisions=tuple(counted),
        since=min(row.at for row in counted),
        not_before=last.not_before,
    )


def _options(connection: sa.Connection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
        rows = connection.execute(sa.select(option.c.id, option.c.label, option.c.people).where(option.c.id.in_(part)))
        found |= {row.id: row for row in rows}
    return found


def _fixes(connection: sa.Connection, column: sa.Column[int], ids: Sequence[int]) -> dict[int, list[KeptFix]]:
    """Fixes whose `column` is one of `ids`, by option, in the order they are carried out."""
    told: dict[int, list[KeptFix]] = {}
    for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
        rows = connection.execute(
            sa.select(fix, option.c.finding_id, option.c.version)
            .join(option, option.c.id == fix.c.option_id)
            .where(column.in_(part))
            .order_by(fix.c.option_id, fix.c.position)
        )
        for row in rows:
            one = Fix(Ref.parse(row.target), Action(row.action), row.before, row.after)
            kept = KeptFix(
                id=row.id,
                finding_id=row.finding_id,
                version=row.version,
                fix=one,
                state=FixState(row.state),
                lease_until=row.lease_until,
                sent_at=row.sent_at,
                image=row.image,
                account=row.account,
            )
            told.setdefault(row.option_id, []).append(kept)
    return told
