"""
What records are called that were merged, and which finding of tonight is one that the ledger knows by other names.

A merge gives both records a new name (HubSpot) or lets one of the two go (Shopify). What people decided on a finding
that names an old one holds for tonight's that names the new one. So it does where the same records come in another
order. It judges nothing: whether the decision still holds is `judged`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from include.model import Finding
from include.store.schema import alias, decision

Identity = tuple[str, frozenset[str]]  # a rule, and the records as they are called today

DECIDED = frozenset({"approved", "rejected", "deferred", "half_approved"})


def names(connection: sa.Connection) -> dict[str, str]:
    """Every name that is no longer used, and what the record is called today."""
    said = {row.old: row.new for row in connection.execute(sa.select(alias.c.old, alias.c.new))}
    return {old: _last(old, said) for old in said}


def decided(connection: sa.Connection) -> dict[str, int]:
    """The last decision on each finding, whatever its version: the higher, the later."""
    rows = connection.execute(
        sa.select(decision.c.finding_id, sa.func.max(decision.c.id).label("last")).group_by(decision.c.finding_id)
    )
    return {row.finding_id: row.last for row in rows}


def identity(rule: str, refs: Iterable[object], today: Mapping[str, str]) -> Identity:
    """What a finding is about."""
    return rule, frozenset(today.get(str(ref), str(ref)) for ref in refs)


def matched(
    found: Mapping[str, Finding],
    known: Mapping[str, sa.Row[Any]],
    today: Mapping[str, str],
    accounts: Mapping[str, str],
    weighs: Mapping[str, int],
) -> dict[str, str]:
    """
    By which id the ledger knows each finding of tonight (`found`, by the id it would have).

    `weighs`: of two that the ledger knows, which has the word (see `decided`). A finding that was found in another
    account is never another name for one of tonight's: ids mean nothing there.
    """
    about: dict[Identity, list[str]] = defaultdict(list)
    for id, row in known.items():
        about[identity(row.rule, (row.subject, *row.others), today)].append(id)
    told: dict[str, str] = {}
    several = {identity(one.rule, _refs(one), {}): id for id, one in sorted(found.items(), reverse=True)}
    for id, one in found.items():
        who = identity(one.rule, _refs(one), {})
        others = about.get(who, []) if several[who] == id else []
        fitting = [other for other in others if other not in found and _here(known[other], one, accounts)]
        if id in known:
            fitting.append(id)
        if fitting:
            told[id] = max(fitting, key=lambda each: (_word(known[each], weighs), each == id, each))
    return told


def _word(row: sa.Row[Any], weighs: Mapping[str, int]) -> tuple[bool, int]:
    """What a decision on a finding weighs against those on others: one that stands, and then the later."""
    return row.state in DECIDED, weighs.get(row.id, 0)


def _refs(one: Finding) -> list[str]:
    return [str(ref) for ref in (one.subject, *one.others)]


def _here(row: sa.Row[Any], one: Finding, accounts: Mapping[str, str]) -> bool:
    """Whether what the ledger knows was found in tonight's accounts of the platforms it speaks of."""
    then = row.accounts or {}
    return all(then.get(ref.platform) == accounts.get(ref.platform) for ref in (one.subject, *one.others))


def _last(old: str, said: Mapping[str, str]) -> str:
    seen, name = {old}, said[old]
    while name in said and name not in seen:
        seen.add(name)
        name = said[name]
    return name
