"""
A person as the ledger knows one: the records of all findings that speak of the same records, one leading to another.

It follows what is filed and judges nothing; a finding that tells people apart leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.digests import canonical
from include.store import dossiers, findings
from include.store.dossiers import Dossier
from include.store.schema import dossier, finding

if TYPE_CHECKING:
    from include.store.findings import FindingRow
    from include.store.ledger import Ledger

APART = "shared_mailbox"  # the rule whose findings hold several people
STEPS, MOST = 3, 50  # from finding to finding, and findings of one person


@dataclass(frozen=True, slots=True)
class Person:
    """`findings`: the one that was asked for first. `dossier`: their records together, each once."""

    findings: Sequence[FindingRow]
    dossier: Dossier


def around(ledger: Ledger, id: str) -> Person | None:
    """The person of a finding; None where there is no such finding."""
    first = findings.get(ledger, id)
    if first is None:
        return None
    known = {first.id: first}
    told = dossiers.read(ledger, [first.id])
    records = refs(first, told.get(first.id))
    for _ in range(0 if first.rule == APART else STEPS):
        more = [one for one in (_naming(ledger, records) if records else ()) if one not in known][: MOST - len(known)]
        found = {one: row for one in more if (row := findings.get(ledger, one)) and row.rule != APART}
        read = dossiers.read(ledger, list(found))
        joined = {one: row for one, row in found.items() if refs(row, read.get(one)) & records}
        if not joined:
            break
        known |= joined
        told |= {one: read[one] for one in joined if one in read}
        records |= {ref for one, row in joined.items() for ref in refs(row, told.get(one))}
    return Person(list(known.values()), _together([told[one] for one in known if one in told]))


def refs(row: FindingRow, held: Dossier | None) -> set[str]:
    """The records that a finding speaks of; orders are nobody's name."""
    named = {row.subject, *row.others, *(str(one["ref"]) for one in (held.records if held else ()))}
    return {ref for ref in named if ":order:" not in ref}


def _naming(ledger: Ledger, records: Iterable[str]) -> list[str]:
    """Findings in whose key or dossier one of these records may be: a longer name that begins alike is found too."""
    kept = sa.type_coerce(dossier.c.sought, sa.Text)
    alike = [kept.contains(canonical(ref.casefold())[1:-1], autoescape=True) for ref in sorted(records)]
    beside = sa.select(dossier.c.finding_id).where(sa.or_(*alike))
    keyed = [finding.c.key.contains(ref, autoescape=True) for ref in sorted(records)]
    wanted = sa.select(finding.c.id).where(sa.or_(*keyed, finding.c.id.in_(beside))).order_by(finding.c.id)
    with ledger.read() as connection:
        return list(connection.execute(wanted.limit(MOST * 4)).scalars())


def _together(told: Sequence[Dossier]) -> Dossier:
    """Several findings' records as one: of each the fullest account, and every address it had."""
    records: dict[str, dict[str, object]] = {}
    history: list[object] = []
    for one in told:
        for record in one.records:
            before = records.get(record["ref"], {})
            records[record["ref"]] = dict(record) if len(record) >= len(before) else before
        history += [each for each in one.history if each not in history]
    return Dossier(list(records.values()), history)  # type: ignore[arg-type]
