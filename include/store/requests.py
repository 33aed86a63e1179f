"""
Clients' requests as the ledger keeps them: what was asked, by whom, where it stands, and the finding it led to.

    waiting    to be looked up (again)
    choose     several clients answer to it: a person chooses
    located    the client is known
    checked    every platform was looked at; what is to be filed is in `found`
    trouble    it cannot be done as asked: `found` says why
    filed      its finding waits for, or has had, its decision
    done       there was nothing left to change
    withdrawn  somebody took it back

What was asked never changes, and its checksum is in the audit. It does not know what a request says: see `requests`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import digest
from include.errors import AlreadyAsked, AlreadyDecided, NotAllowed
from include.store import audit, reviewing
from include.store.schema import finding, request

if TYPE_CHECKING:
    from include.store.ledger import Ledger

Also = Callable[[sa.Connection], None] | None
WAITING, CHOOSE, LOCATED, CHECKED = "waiting", "choose", "located", "checked"
TROUBLE, FILED, DONE, WITHDRAWN = "trouble", "filed", "done", "withdrawn"
TO_PLAN = (WAITING, LOCATED, CHECKED)
UNDER_WAY = (WAITING, CHOOSE, LOCATED, CHECKED, TROUBLE)
UNDECIDED = ("open", "half_approved", "deferred")
CLOSED = ("settled", "gone", "rejected")  # the states of a finding whose request is over
AS_KEPT = ("id", "requester", "asked", "at", "state", "client", "finding_id", "finding_state")
NOT_OVER = sa.or_(request.c.state.in_(UNDER_WAY), sa.and_(request.c.state == FILED, finding.c.state.not_in(CLOSED)))


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as it stands. `genuine`: what was asked, by whom and when is what was written then."""

    id: int
    requester: str
    asked: Mapping[str, Any]
    at: datetime
    state: str
    client: str | None
    found: Mapping[str, Any]
    finding_id: str | None
    finding_state: str | None
    changed_at: datetime
    genuine: bool

    @property
    def forgotten(self) -> bool:
        """Whether what was asked was blanked, for its age or on the person's request."""
        return not self.asked

    @property
    def over(self) -> bool:
        return self.state in {DONE, WITHDRAWN} or (self.state == FILED and self.finding_state in CLOSED)


def add(ledger: Ledger, asked: Sequence[Mapping[str, Any]], requester: str, now: datetime | None = None) -> list[int]:
    """Write down requests, all or none, and return their numbers. Raises AlreadyAsked."""
    at = now or datetime.now(UTC)
    if not requester.strip():
        raise NotAllowed("A request needs somebody who takes it down.")
    with ledger.write() as connection:
        known = {_sameness(row.asked): row.id for row in _rows(connection, NOT_OVER)}
        if again := {place: known[key] for place, one in enumerate(asked) if (key := _sameness(one)) in known}:
            numbers = ", ".join(map(str, sorted(set(again.values()))))
            raise AlreadyAsked(f"Request {numbers} asks for the same and is not over. Nothing was taken down.", again)
        last = connection.execute(sa.select(sa.func.max(request.c.id))).scalar() or 0
        ids = list(range(last + 1, last + 1 + len(asked)))
        for id, one in zip(ids, asked, strict=True):
            told = {"id": id, "requester": requester, "asked": dict(one), "at": at, "hash": _hash(requester, one, at)}
            connection.execute(sa.insert(request).values(**told, state=WAITING, changed_at=at))
            audit.append(connection, "requested", {"request": id, "hash": told["hash"]}, at)
    return ids


def get(ledger: Ledger, id: int) -> RequestRow | None:
    """One request, or None."""
    with ledger.read() as connection:
        return next(iter(_rows(connection, request.c.id == id)), None)


def page(ledger: Ledger, *, before: int | None = None, limit: int = 50) -> list[RequestRow]:
    """The newest requests first. `before`: the number of the last one of the page before."""
    wanted = sa.true() if before is None else request.c.id < before
    with ledger.read() as connection:
        return _rows(connection, wanted, limit)


def to_plan(ledger: Ledger) -> list[int]:
    """The numbers of the requests that wait to be looked up, checked or filed, the oldest first."""
    with ledger.read() as connection:
        wanted = sa.select(request.c.id).where(request.c.state.in_(TO_PLAN)).order_by(request.c.id)
        return list(connection.execute(wanted).scalars())


def beside(ledger: Ledger, id: int, client: str) -> list[int]:
    """The other requests about the same client that are not over."""
    with ledger.read() as connection:
        about = sa.and_(request.c.client == client, request.c.id != id, NOT_OVER)
        return sorted(row.id for row in _rows(connection, about))


def move(
    ledger: Ledger, id: int, was: Collection[str], state: str, *, by: str | None = None, also: Also = None, **told: Any
) -> bool:
    """Let a request stand elsewhere, moved `by` a person, if it is where it was; `told` and `also` go along with it."""
    at = datetime.now(UTC)
    with ledger.write() as connection:
        here = sa.and_(request.c.id == id, request.c.state.in_(list(was)))
        done = connection.execute(sa.update(request).where(here).values(state=state, changed_at=at, **told))
        if done.rowcount == 1:
            audit.append(connection, "request", {"request": id, "state": state, "by": by}, at)
            if state == WITHDRAWN:
                _close(connection, id, sa.true(), at)
            if also is not None:
                also(connection)
        return done.rowcount == 1


def choose(ledger: Ledger, id: int, client: str, who: str) -> None:
    """Say which of several clients a request is about; who took it down heard the client. Raises NotAllowed."""
    row = _required(ledger, id, CHOOSE)
    if client not in {str(one.get("ref")) for one in row.found.get("candidates", ())}:
        raise NotAllowed("This client is none of those that answer to the request.")
    if reviewing.person(row.requester) != reviewing.person(who):
        raise NotAllowed("Only who took the request down can say which client it was. Nothing was changed.")
    _moved(ledger, id, [CHOOSE], WAITING, by=who, client=client, found={})


def again(ledger: Ledger, id: int, who: str) -> None:
    """Have a request looked up again, as long as nothing was approved of it. Raises AlreadyDecided and NotReviewer."""
    row = _required(ledger, id, TROUBLE, CHOOSE, FILED, by=who)
    if row.state == FILED and row.finding_state not in UNDECIDED:
        raise AlreadyDecided(f"What request {id} led to is {row.finding_state} already. Nothing was changed.")
    _moved(ledger, id, [row.state], WAITING, by=who, client=None if row.state == CHOOSE else row.client, found={})


def withdraw(ledger: Ledger, id: int, who: str, also: Also = None) -> None:
    """Take a request back that has led to nothing yet. Raises AlreadyDecided and NotReviewer."""
    _required(ledger, id, *UNDER_WAY, by=who)
    _moved(ledger, id, UNDER_WAY, WITHDRAWN, by=who, also=also)


def filed(connection: sa.Connection, id: int, finding_id: str, now: datetime) -> list[str]:
    """Tie a request to its finding, in the transaction that files it; an undecided one before is gone, and returned."""
    closed = _close(connection, id, finding.c.id != finding_id, now)
    told = {"state": FILED, "finding_id": finding_id, "changed_at": now}
    connection.execute(sa.update(request).where(request.c.id == id).values(told))
    audit.append(connection, "request", {"request": id, "state": FILED, "finding": finding_id, "by": None}, now)
    return closed


def _close(connection: sa.Connection, id: int, which: sa.ColumnElement[bool], now: datetime) -> list[str]:
    """Let a finding that a request led to be gone, where nobody has decided on it."""
    before = sa.select(request.c.finding_id).where(request.c.id == id).scalar_subquery()
    undecided = sa.and_(finding.c.id == before, finding.c.state.in_(UNDECIDED), which)
    rows = connection.execute(sa.select(finding.c.id, finding.c.version).where(undecided)).all()
    if rows:
        connection.execute(sa.update(finding).where(undecided).values(state="gone", until=None, changed_at=now))
        became = {row.id: [row.version, "gone"] for row in rows}
        audit.append(connection, "filed", {"request": id, "gone": len(rows), "became": became}, now)
    return [row.id for row in rows]


def findings_of(connection: sa.Connection) -> set[str]:
    """The findings that requests led to: no night finds them, and so none misses them."""
    return set(connection.execute(sa.select(request.c.finding_id).where(request.c.finding_id.is_not(None))).scalars())


def require_another_person(connection: sa.Connection, finding_id: str, reviewer: str) -> None:
    """Raise NotAllowed where `reviewer` asked for what the finding does, or where who asked cannot be told."""
    for row in _rows(connection, request.c.finding_id == finding_id):
        if not row.genuine:
            raise NotAllowed(
                f"Request {row.id} is not what was written down: the ledger was changed by something other than "
                "Rollcall. Nothing of it can be approved."
            )
        if asked_by(connection, finding_id, reviewer):
            raise NotAllowed(f"You took request {row.id} down yourself: another person must approve it.")
        if row.state != FILED:
            stands = "was withdrawn" if row.state == WITHDRAWN else "is being looked up again"
            raise NotAllowed(f"Request {row.id} {stands}: nothing of it can be approved now.")


def asked_by(connection: sa.Connection, finding_id: str, who: str) -> bool:
    """Whether this person took a request down that led to the finding."""
    rows = _rows(connection, request.c.finding_id == finding_id)
    return any(reviewing.person(row.requester) == reviewing.person(who) for row in rows)


def genuine(connection: sa.Connection, finding_id: str) -> bool:
    """Whether the requests that led to the finding are what was written down; so it is where none did."""
    return all(row.genuine or row.forgotten for row in _rows(connection, request.c.finding_id == finding_id))


def _required(ledger: Ledger, id: int, *states: str, by: str | None = None) -> RequestRow:
    """The request if it stands so; `by` whom it is to be moved took it down, or may decide."""
    row = get(ledger, id)
    if row is None or row.state not in states:
        raise AlreadyDecided(f"Request {id} has gone on meanwhile: reload the page. Nothing was changed.")
    if by is not None and reviewing.person(by) != reviewing.person(row.requester):
        reviewing.require_reviewer(by)
    return row


def _moved(ledger: Ledger, id: int, was: Collection[str], state: str, **told: Any) -> None:
    if not move(ledger, id, was, state, **told):
        raise AlreadyDecided(f"Request {id} has gone on meanwhile: reload the page. Nothing was changed.")


def _rows(connection: sa.Connection, wanted: sa.ColumnElement[bool], limit: int | None = None) -> list[RequestRow]:
    asked = sa.select(request, finding.c.state.label("finding_state")).select_from(
        request.outerjoin(finding, finding.c.id == request.c.finding_id)
    )
    rows = connection.execute(asked.where(wanted).order_by(request.c.id.desc()).limit(limit))
    return [
        RequestRow(
            **{name: getattr(row, name) for name in AS_KEPT},
            found=row.found or {},
            changed_at=row.changed_at or row.at,
            genuine=row.hash == _hash(row.requester, row.asked, row.at),
        )
        for row in rows
    ]


def _sameness(asked: Mapping[str, Any]) -> tuple[str, str]:
    """What two requests have in common that ask for the same."""
    return str(asked.get("client")).casefold(), str(asked.get("new_address")).casefold()


def _hash(requester: str, asked: Mapping[str, Any], at: datetime) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return digest({"requester": requester, "asked": dict(asked), "at": moment})
