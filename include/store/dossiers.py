"""
What the page shows of a finding's records: filed with the finding, because the page reads the ledger and nothing else.

One dossier a finding, as the records were when they were last seen, with the addresses they had before. It is for
reading and for being found by: no decision is bound to it, and no fix is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.digests import digest
from include.store import four_eyes
from include.store.schema import dossier

if TYPE_CHECKING:
    from include.store.ledger import Ledger

MANY = 500
NAMED_BY = ("ref", "email", "company", "number", "phone")
LONGEST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Dossier:
    """`records`: by field, with `ref`, without what is empty. `history`: what changed from which address to which."""

    records: Sequence[Mapping[str, Any]]
    history: Sequence[Mapping[str, Any]] = ()

    @property
    def sought(self) -> str:
        """What the finding is found by, in small letters, one a line."""
        told: set[str] = set()
        for record in self.records:
            said = [record.get(name) for name in NAMED_BY] + list(record.get("other_emails") or ())
            said.append(f"{record.get('first_name') or ''} {record.get('last_name') or ''}")
            told |= {" ".join(str(one).casefold().split()) for one in said if one}
        return "\n".join(sorted(told - {""}))

    @property
    def known(self) -> frozenset[str]:
        """What its people's addresses are known by. What was typed into an order or a request is nobody's yet."""
        held = [one for one in self.records if ":order:" not in one["ref"] and ":request:" not in one["ref"]]
        addresses = [address for one in held for address in (one.get("email"), *(one.get("other_emails") or ()))]
        return frozenset(four_eyes.known_by(str(address)) for address in addresses if address)


def keep(connection: sa.Connection, told: Mapping[str, Dossier]) -> None:
    """Put dossiers beside their findings; what was known of earlier addresses stays."""
    ids = sorted(told)
    for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
        held = {row.finding_id: row for row in connection.execute(sa.select(dossier).where(_of(part)))}
        rows = []
        for id in part:
            one, before = told[id], held.get(id)
            known = list(before.history) if before else []
            history = [*known, *(each for each in one.history if each not in known)][-LONGEST_HISTORY:]
            values = {"records": [dict(each) for each in one.records], "history": history, "sought": one.sought}
            if before is None or before.digest != digest(values):
                rows.append({"finding_id": id, **values, "digest": digest(values)})
        changed = [str(row["finding_id"]) for row in rows if row["finding_id"] in held]
        if changed:
            connection.execute(sa.delete(dossier).where(_of(changed)))
        if rows:
            connection.execute(sa.insert(dossier), rows)


def read(ledger: Ledger, ids: Sequence[str]) -> dict[str, Dossier]:
    """What is known of these findings' records; one that was filed without is absent."""
    told: dict[str, Dossier] = {}
    with ledger.read() as connection:
        for part in (ids[at : at + MANY] for at in range(0, len(ids), MANY)):
            for row in connection.execute(sa.select(dossier).where(_of(part))):
                told[row.finding_id] = Dossier(row.records, row.history)
    return told


def known(connection: sa.Connection, finding_id: str) -> frozenset[str] | None:
    """What the addresses of a finding's people are known by, as they were last seen; None where nobody has said."""
    row = connection.execute(sa.select(dossier.c.records).where(_of([finding_id]))).first()
    return Dossier(row.records).known if row else None


def _of(ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return dossier.c.finding_id.in_(ids)
