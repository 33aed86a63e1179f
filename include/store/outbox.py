"""
The outbox: messages that wait to be sent, each written once with what it tells of, and sent at least once.

It holds and leases rows; what a message says is `notices`', how it travels is `notices.channels`'.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import digest
from include.model import Notice
from include.store import audit
from include.store.schema import notice

if TYPE_CHECKING:
    from include.store.ledger import Ledger

TO_PEOPLE = {"coming", "off", "old", "new"}  # in a Message-ID, which of a change's people it is for
SAID = ("recipient", "subject", "text", "html", "headers", "pictures")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose turn it is; `tries`: how often it was tried before."""

    id: int
    notice: Notice
    tries: int


def put(connection: sa.Connection, one: Notice, now: datetime) -> bool:
    """Write a message, in a transaction of `Ledger.write`; False when its Message-ID is there already."""
    there = sa.select(notice.c.id).where(notice.c.message_id == one.message_id)
    if connection.execute(there).first() is not None:
        return False
    told = {
        "message_id": one.message_id,
        "recipient": one.recipient,
        "subject": one.subject,
        "text": one.text,
        "html": one.html,
        "headers": dict(one.headers),
        "about": one.about,
        "pictures": {name: b64encode(png).decode("ascii") for name, png in one.pictures.items()} or None,
    }
    connection.execute(sa.insert(notice).values(**told, state="waiting", tries=0, due_at=now, at=now))
    body = {"message_id": one.message_id, "about": one.about, "content": content(told)}
    audit.append(connection, "notice", body, now)
    return True


def content(told: Mapping[str, Any]) -> str:
    """SHA-256 of what a message says, and to whom."""
    return digest({name: told[name] for name in SAID})


def take(ledger: Ledger, worker: str, now: datetime, seconds: float) -> Waiting | None:
    """The next message that is due, leased to this worker; None when there is none."""
    with ledger.write() as connection:
        due = sa.select(notice).where(notice.c.state == "waiting", notice.c.due_at <= now)
        row = connection.execute(due.order_by(notice.c.due_at, notice.c.id).limit(1)).first()
        if row is None:
            return None
        leased = {"lease_owner": worker, "due_at": now + timedelta(seconds=seconds)}
        connection.execute(sa.update(notice).where(notice.c.id == row.id).values(leased))
    pictures = {name: b64decode(text) for name, text in (row.pictures or {}).items()}
    told = Notice(row.message_id, row.recipient, row.subject, row.text, row.html, row.about, row.headers, pictures)
    return Waiting(row.id, told, row.tries)


def delivered(ledger: Ledger, id: int, worker: str, now: datetime) -> bool:
    """The message went out."""
    return _close(ledger, id, worker, "sent", None, now)


def refused(ledger: Ledger, id: int, worker: str, problem: str, now: datetime, told: Notice | None = None) -> bool:
    """The message can never go out; `problem` holds no word of anybody. `told`: the message that says so."""
    return _close(ledger, id, worker, "refused", problem, now, told)


def put_off(ledger: Ledger, id: int, worker: str, problem: str, until: datetime) -> bool:
    """The message could not go out now."""
    with ledger.write() as connection:
        later = sa.update(notice).where(_mine(id, worker))
        values = {"tries": notice.c.tries + 1, "due_at": until, "problem": problem, "lease_owner": None}
        return connection.execute(later.values(values)).rowcount == 1


def told(ledger: Ledger, finding_id: str) -> list[tuple[str, str, str, str | None]]:
    """
    The messages to the people of a finding: which of them, recipient, state, and what went wrong.

    Which: `coming` for the old address before the change, `off` where it is called off, `old` and `new` after it.
    """
    wanted = sa.select(notice).where(notice.c.about == finding_id).order_by(notice.c.id)
    with ledger.read() as connection:
        rows = connection.execute(wanted).all()
    named = [(row, row.message_id.split(".")) for row in rows]
    own = [(row, at) for row, at in named if at[0] == f"<{finding_id}" and set(at[2:3]) & TO_PEOPLE]
    return [(at[2], row.recipient, row.state, row.problem) for row, at in own]


def counts(ledger: Ledger) -> dict[str, int]:
    """How many messages are in each state."""
    with ledger.read() as connection:
        rows = connection.execute(sa.select(notice.c.state, sa.func.count()).group_by(notice.c.state))
        return {state: int(number) for state, number in rows}


def _close(
    ledger: Ledger, id: int, worker: str, state: str, problem: str | None, now: datetime, told: Notice | None = None
) -> bool:
    with ledger.write() as connection:
        values = {"state": state, "problem": problem, "sent_at": now if state == "sent" else None, "lease_owner": None}
        done = connection.execute(sa.update(notice).where(_mine(id, worker)).values(values))
        if done.rowcount != 1:
            return False
        named = connection.execute(sa.select(notice.c.message_id).where(notice.c.id == id)).scalar_one()
        audit.append(connection, f"notice {state}", {"message_id": named, "problem": problem}, now)
        if told is not None:
            put(connection, told, now)
    return True


def _mine(id: int, worker: str) -> sa.ColumnElement[bool]:
    return sa.and_(notice.c.id == id, notice.c.lease_owner == worker, notice.c.state == "waiting")
