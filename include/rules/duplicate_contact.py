"""
HubSpot holds one person as two or more contacts.

**What is wrong.** Two or more HubSpot contacts are one person: they share an address, or name and phone number. Or
they may be: one was to get an address that the other has, and HubSpot gives an address to one contact only.

**Options.** Merge all of them into one survivor, which keeps its address as the main one; the others' addresses become
additional. The survivor is chosen by a chain whose first difference decides: more records of other platforms named,
more fields filled, older, lower id. One further option for each other contact as the survivor. A merge cannot be
undone, so it needs two people. Recommended when every pair is linked directly and no names disagree.

**Left alone.** Contacts that only share a role mailbox or a household's address; namesakes; a father and his son; two
contacts that name different records of one platform as their own; contacts linked only through a third.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from include.model import Evidence, Finding, Option, Ref
from include.people import names
from include.rules import _making as making

if TYPE_CHECKING:
    from include.store.tables import Tables

RULE = "duplicate_contact"
FILLED = ("email", "first_name", "last_name", "company", "phone", "address", "city", "postcode", "country")
THROUGH_A_THIRD, OTHER_NAME = -2.0, -5.0
TAKEN = 0.5


def find(tables: Tables) -> Iterator[Finding]:
    """Every person whom HubSpot holds more than once."""
    edges = _edges(tables)
    for _, rows in sorted(_candidates(tables).items()):
        yield _finding(rows, edges)


def proposed(one: Ref, email: str | None, holder: Ref, holder_email: str | None, address: str) -> Finding:
    """Two contacts of which one was to get an address that `holder` has: whether to merge them, a person decides."""
    emails = {one: email, holder: holder_email}
    subject, other = sorted(emails)
    key = making.key_of(RULE, subject, (other,))
    says = f"Contact {one.id} was to get the address {address}, which belongs to contact {holder.id}."
    rows = [{"platform": ref.platform, "kind": ref.kind, "id": ref.id, "email": emails[ref]} for ref in (one, holder)]
    options = tuple(_merge(key, survivor, [gone]) for survivor, gone in (rows, rows[::-1]))
    because = (Evidence("taken_address", TAKEN, says),)
    return Finding(RULE, subject, (other,), making.confidence(because), because, options, None)


def _candidates(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    import ibis

    contacts = tables.contacts
    held = contacts.filter((contacts.platform == "hubspot") & (contacts.kind == "contact"))
    held = held.mutate(contact=held.platform + ":" + held.kind + ":" + held.id)
    known = held.join(tables.people.select("person", "contact"), "contact")
    twice = known.group_by("person").agg(size=ibis._.contact.count()).filter(ibis._.size > 1)
    wanted = ["person", "platform", "kind", "id", *FILLED, "links", "created_at"]
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in known.semi_join(twice, "person").select(wanted).to_pyarrow().to_pylist():
        found[row["person"]].append(row)
    return found


def _finding(rows: list[dict[str, Any]], edges: dict[tuple[str, str], set[Evidence]]) -> Finding:
    ranked = sorted(rows, key=_rank)
    survivor, others = ranked[0], ranked[1:]
    refs = [making.ref_of(row) for row in ranked]
    subject, rest = min(refs), tuple(sorted(refs)[1:])
    key = making.key_of(RULE, subject, rest)
    pairs = [(str(min(a, b)), str(max(a, b))) for i, a in enumerate(refs) for b in refs[i + 1 :]]
    found = {evidence for pair in pairs for evidence in edges.get(pair, ())}
    because = sorted(found, key=lambda evidence: (-evidence.weight, evidence.evidence))
    direct = all(edges.get(pair) for pair in pairs)
    if not direct:
        because.append(Evidence("through_a_third", THROUGH_A_THIRD, "Some are linked only through another record."))
    spoken = [names.normal(row["first_name"], row["last_name"]) for row in ranked]
    same = all(names.agree(one, other) is not False for i, one in enumerate(spoken) for other in spoken[i + 1 :])
    if not same:
        because.append(Evidence("other_name", OTHER_NAME, "The contacts bear different names."))
    because.append(Evidence("survivor", 0.0, _why(survivor, others)))
    options = [_merge(key, one, [row for row in ranked if row is not one]) for one in ranked]
    return Finding(
        RULE,
        subject,
        rest,
        making.confidence(because),
        tuple(because),
        tuple(options),
        0 if direct and same else None,
    )


def _rank(row: dict[str, Any]) -> tuple[Any, ...]:
    """The chain: what makes a contact the better survivor, smaller first."""
    created = row["created_at"].timestamp() if row["created_at"] else float("inf")
    return (-len(row["links"] or ()), -_filled(row), created, int(row["id"]) if row["id"].isdecimal() else 0, row["id"])


def _filled(row: dict[str, Any]) -> int:
    return sum(bool(row[field]) for field in FILLED)


def _why(survivor: dict[str, Any], others: list[dict[str, Any]]) -> str:
    """The first link of the chain that told the survivor from the others, as a sentence."""
    name = f"Contact {survivor['id']} is proposed as the survivor"
    links, filled = (-value for value in _rank(survivor)[:2])
    if all(links > -_rank(row)[0] for row in others):
        return f"{name}: it names more records of other platforms ({links})."
    if all(filled > _filled(row) for row in others):
        return f"{name}: it is the most complete ({filled} of {len(FILLED)} fields)."
    if survivor["created_at"]:
        return f"{name}: as complete as the others, it is the oldest ({survivor['created_at'].date().isoformat()})."
    return f"{name}: nothing tells them apart but the lower id."


def _merge(key: str, survivor: dict[str, Any], others: list[dict[str, Any]]) -> Option:
    target = making.ref_of(survivor)
    merges = [making.merge(target, survivor["email"], making.ref_of(row), row["email"]) for row in others]
    gone = " and ".join(row["id"] for row in others)
    text = f"Rollcall merged the duplicate contact{'s' if len(others) > 1 else ''} {gone} into this one."
    label = f"Merge {gone} into {survivor['id']}, which keeps its address"
    return making.option(label, [*merges, *making.notes(key, merges, [target], text)])


def _edges(tables: Tables) -> dict[tuple[str, str], set[Evidence]]:
    found: dict[tuple[str, str], set[Evidence]] = defaultdict(set)
    edges = tables.edges
    among = edges.filter(edges.left.startswith("hubspot:") & edges.right.startswith("hubspot:"))
    for row in among.to_pyarrow().to_pylist():
        found[row["left"], row["right"]].add(Evidence(row["evidence"], row["weight"], row["says"]))
    return found
