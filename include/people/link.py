"""
Which contacts are one person, and the evidence for it.

Three kinds of evidence link two contacts: one names the other (an explicit link), they share an address, or they share
name and phone number. What never links, whatever else speaks for it:

* the mailbox of a role (`info@`), or any value that more contacts share than `ROLLCALL_HUB_SIZE`;
* one address with two first names, which is a household, and a father's name with his son's (Sr., Jr.);
* two contacts that name different records of the same platform as their own;
* a group larger than `ROLLCALL_GROUP_SIZE`: it is left unlinked, and counted in the log.

Hosting accounts and domains have no name of their own and are linked by explicit links only.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.model import Ref
from include.people import names
from include.people.normal import address_table, name_table, phone_table, said_name
from include.settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from include.store.tables import Tables

logger = logging.getLogger(__name__)

NAMED = ("customer", "contact", "client", "login")
LINK, ADDRESS, NAME_AND_PHONE = 6.0, 4.0, 4.0  # weights: an explicit link outweighs what may be shared by chance
OTHER_NAME = -3.0


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Two contacts and one reason why they are one person."""

    left: str
    right: str
    evidence: str
    weight: float
    says: str


def link(tables: Tables) -> tuple[pa.Table, pa.Table]:
    """The tables `people` and `edges` of a night. The same contacts give the same tables in any row order."""
    import pyarrow as pa

    from include.store.tables import COLUMNS, schema

    edges = find_edges(tables)
    people = _people(group(edges, settings().group_size))
    kept = {contact for _, contact, _, _ in people}
    edges = [edge for edge in edges if edge.left in kept and edge.right in kept]
    facts = [(e.left, e.right, e.evidence, e.weight, e.says) for e in edges]
    return tuple(  # people, edges
        pa.table(dict(zip(COLUMNS[name], _turned(rows, len(COLUMNS[name])), strict=True)), schema=schema(name))
        for name, rows in (("people", people), ("edges", facts))
    )


def find_edges(tables: Tables) -> list[Edge]:
    """Every pair with evidence that no guard forbids, sorted."""
    contacts = _facts(tables)
    explicit = _explicit(contacts)
    named = {side for pair in explicit for side in (pair, pair[::-1])}
    claims = _claims(contacts)
    edges = [_explicit_edge(contacts, *pair) for pair in explicit]
    for evidence, weight, pairs in (
        ("address", ADDRESS, _sharing_an_address(tables)),
        ("name_and_phone", NAME_AND_PHONE, _sharing_name_and_phone(tables)),
    ):
        for left, right in pairs:
            agreed = names.agree(contacts[left]["name"], contacts[right]["name"])
            if agreed is False or _contradict(claims, left, right):
                continue
            if evidence == "address" and agreed is None and (left, right) not in named:
                continue  # an address alone, without a name on both sides, may be anybody's who ever used it
            edges.append(Edge(left, right, evidence, weight, SAYS[evidence]))
    return sorted(set(edges))


SAYS = {
    "link": "One record names the other as its own.",
    "address": "They hold the same address, and their names agree.",
    "name_and_phone": "They have the same name and the same phone number.",
    "other_name": "One record names the other as its own, but they bear different names.",
}


def group(edges: list[Edge], largest: int) -> dict[str, list[str]]:
    """Contacts joined by edges, by their smallest reference. A group larger than `largest` is left out and counted."""
    above: dict[str, str] = {}

    def top(contact: str) -> str:
        while (parent := above.setdefault(contact, contact)) != contact:
            above[contact] = above[parent]
            contact = above[contact]
        return contact

    for edge in edges:
        low, high = sorted((top(edge.left), top(edge.right)))
        above[high] = low
    groups: dict[str, list[str]] = defaultdict(list)
    for contact in sorted(above):
        groups[top(contact)].append(contact)
    too_large = [root for root, members in groups.items() if len(members) > largest]
    if too_large:
        logger.warning("%d groups have more than %d contacts and were left unlinked", len(too_large), largest)
    return {min(members): members for root, members in groups.items() if root not in set(too_large)}


def _facts(tables: Tables) -> dict[str, dict[str, Any]]:
    """Of every contact that can be linked: its name in normal form and the records it names."""
    contacts = tables.contacts
    wanted = contacts.select("platform", "kind", "id", "first_name", "last_name", "links").to_pyarrow().to_pylist()
    return {
        f"{row['platform']}:{row['kind']}:{row['id']}": {
            "name": names.normal(row["first_name"], row["last_name"]),
            "links": row["links"] or [],
        }
        for row in wanted
    }


def _explicit(contacts: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    pairs = {
        (min(contact, other), max(contact, other))
        for contact, facts in contacts.items()
        for other in facts["links"]
        if other in contacts and other != contact
    }
    return sorted(pairs)


def _explicit_edge(contacts: dict[str, dict[str, Any]], left: str, right: str) -> Edge:
    if names.agree(contacts[left]["name"], contacts[right]["name"]) is False:
        return Edge(left, right, "other_name", LINK + OTHER_NAME, SAYS["other_name"])
    return Edge(left, right, "link", LINK, SAYS["link"])


def _claims(contacts: dict[str, dict[str, Any]]) -> dict[str, dict[tuple[str, str], set[str]]]:
    """What each contact names as its own, by platform and kind; a contact is its own claim too."""
    claims: dict[str, dict[tuple[str, str], set[str]]] = {}
    for contact, facts in contacts.items():
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for other in facts["links"]:
            ref = Ref.parse(other)
            found[ref.platform, ref.kind].add(other)
        if found:
            claims[contact] = found
    return claims


def _contradict(claims: dict[str, dict[tuple[str, str], set[str]]], left: str, right: str) -> bool:
    """Whether both name a record of one kind on one platform as theirs, and not the same."""
    ours, theirs = claims.get(left, {}), claims.get(right, {})
    return any(not ours[kind] & theirs[kind] for kind in ours.keys() & theirs.keys() if kind[1] in NAMED)


def _sharing_an_address(tables: Tables) -> list[tuple[str, str]]:
    """Pairs that hold the same mailbox (main or additional), unless it is a role's or a hub."""
    keys = address_table(tables).filter(lambda row: ~row.role)
    refs = _refs(tables)
    held = refs.select("ref", raw=refs.email).union(refs.select("ref", raw=refs.other_emails.unnest()))
    return _pairs(held.join(keys, "raw").select("ref", value="key").distinct())


def _sharing_name_and_phone(tables: Tables) -> list[tuple[str, str]]:
    """Pairs with the same name and number in normal form."""
    import ibis

    refs = _refs(tables)
    spelled = name_table(tables).filter((ibis._.first != "") & (ibis._.last != ""))
    said = refs.select("ref", "phone", said=said_name(refs))
    known = said.join(spelled, "said").join(phone_table(tables), [("phone", "raw")])
    return _pairs(known.select("ref", value=ibis._.first + "|" + ibis._.last + "|" + ibis._.number).distinct())


def _refs(tables: Tables) -> ir.Table:
    contacts = tables.contacts
    people = contacts.filter(contacts.kind.isin(NAMED))
    return people.mutate(ref=people.platform + ":" + people.kind + ":" + people.id)


def _pairs(held: ir.Table) -> list[tuple[str, str]]:
    """Every two references that hold the same value, where not too many do."""
    import ibis

    size = held.group_by("value").agg(size=ibis._.ref.nunique())
    few = held.semi_join(size.filter((size.size > 1) & (size.size <= settings().hub_size)), "value")
    other = few.view()
    both = few.join(other, [few.value == other.value, few.ref < other.ref]).select(left=few.ref, right=other.ref)
    found = both.distinct().to_pyarrow()
    return sorted(zip(found.column("left").to_pylist(), found.column("right").to_pylist(), strict=True))


def _people(groups: dict[str, list[str]]) -> list[tuple[str, str, str, str]]:
    rows = []
    for person, members in sorted(groups.items()):
        for contact in members:
            ref = Ref.parse(contact)
            rows.append((person, contact, ref.platform, ref.kind))
    return rows


def _turned(rows: Sequence[Any], width: int) -> list[list[Any]]:
    """Rows as columns."""
    return [[row[place] for row in rows] for place in range(width)]
