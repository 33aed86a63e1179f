"""
The pairs of records that people judged not to be the same person.

A rejection says so with its reason: one that begins with "Not the same person". It holds for every two records of its
finding, by the names they have today, until somebody decides otherwise on that finding, and only in the accounts that
were judged; a platform that is left out tonight is in the one it was in. Orders are nobody. It reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.model import Ref, Verdict
from include.store import aliases
from include.store.schema import decision, finding

if TYPE_CHECKING:
    import pyarrow as pa

    from include.store.ledger import Ledger
    from include.store.tables import Tables

REASON = "Not the same person"


def says_apart(reason: str | None) -> bool:
    """Whether a rejection with this reason says that two people were taken for one."""
    return " ".join((reason or "").casefold().split()).startswith(REASON.casefold())


def pairs(ledger: Ledger, accounts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every such pair, the smaller reference first, in `accounts` (by platform)."""
    newest = sa.select(sa.func.max(decision.c.id)).group_by(decision.c.finding_id)
    wanted = (
        sa.select(finding.c.subject, finding.c.others, finding.c.accounts, decision.c.reason)
        .join(decision, decision.c.finding_id == finding.c.id)
        .where(decision.c.id.in_(newest), decision.c.verdict == str(Verdict.REJECTED))
    )
    told: set[tuple[str, str]] = set()
    with ledger.read() as connection:
        today = aliases.names(connection)
        for row in connection.execute(wanted):
            if not says_apart(row.reason):
                continue
            refs = {Ref.parse(today.get(ref, ref)) for ref in (row.subject, *row.others)}
            there = row.accounts or {}
            people = sorted(
                str(ref)
                for ref in refs
                if ref.kind != "order" and ref.platform in there
                if there[ref.platform] == accounts.get(ref.platform, there[ref.platform])
            )
            told.update(combinations(people, 2))
    return sorted(told)


def table(ledger: Ledger, accounts: Mapping[str, str]) -> pa.Table:
    """The same as a night's table `apart`."""
    import pyarrow as pa

    from include.store.tables import schema

    found = pairs(ledger, accounts)
    return pa.table([[left for left, _ in found], [right for _, right in found]], schema=schema("apart"))


def beside(tables: Tables, found: pa.Table) -> Tables:
    """The tables with these pairs."""
    import ibis

    return replace(tables, apart=tables.backend.create_table(ibis.util.gen_name("apart"), found, temp=True))
