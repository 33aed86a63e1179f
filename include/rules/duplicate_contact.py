"""
HubSpot holds one person as two or more contacts.

**What is wrong.** Two or more HubSpot contacts are one person: they share an address, a phone number, a street or a
company, and a name; or they are alike in so much, though nothing proves it, that they are likely one. Or they may be:
one was to get an address that the other has, and HubSpot gives an address to one contact only.

**Options.** Merge all of them into one survivor; one option for each contact as the survivor, the best first. Its
values stay, where the others say something else; its address stays the main one, and the others' become additional.
The survivor is chosen by a chain whose first difference decides, and which is printed: names more records that somebody
signs in with or is billed by, names more records of other platforms, more fields filled, older, lower id. What HubSpot
keeps of consent is not in our tables: a person must see to it that who opted out stays so. A merge cannot be undone, so
it needs two people. Recommended for two or three contacts of which every two are tied by an address, an explicit link,
or the phone number, bear one name beyond doubt (no nickname, no initial), and contradict each other in nothing. Where
that is so of some of them only: to merge those, an option of its own, and to leave the others to a person.

**Left alone.** Contacts that only share a role mailbox or a household's address; namesakes; a father and his son; two
contacts that name different records of one platform as their own.
**Never recommended.** Contacts linked only through a third, only by a street or a company, or only alike; with a task's
mailbox; in two countries, or with both another postcode and another street; of which one bears Jr. or a number that the
other does not; of a person with two accounts in use on one platform; more than three.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from include.model import Evidence, Finding, Option, Ref
from include.people import names, phones
from include.people.evidence import ADDRESS, ALIKE, EARLIER, LINK, ORDER, PHONE
from include.rules import _making as making
from include.rules._duplicates import FIELDS, Known, Twice, held_twice
from include.rules._sure import one_name
from include.settings import settings

if TYPE_CHECKING:
    from include.store.tables import Tables

RULE = "duplicate_contact"
LARGEST_SURE = 3
TYING = frozenset({LINK, ADDRESS, PHONE, EARLIER, ORDER})
THROUGH_A_THIRD, OTHER_NAME, TAKEN = -2.0, -5.0, 0.5
NO_LOSS = ("email", "first_name", "last_name")  # whose differences are no loss, or are told by other means
OPT_OUT = "Rollcall does not see who opted out of marketing, and HubSpot keeps the status that allows most"
CONSENT = Evidence("consent", 0.0, f"{OPT_OUT}. Look before you approve, and see that whoever opted out stays so.")


def find(tables: Tables) -> Iterator[Finding]:
    """Every person whom HubSpot holds more than once."""
    for person in held_twice(tables):
        yield _finding(person)


def proposed(one: Ref, email: str | None, holder: Ref, holder_email: str | None, address: str) -> Finding:
    """Two contacts of which one was to get an address that `holder` has: whether to merge them, a person decides."""
    emails = {one: email, holder: holder_email}
    subject, other = sorted(emails)
    key = making.key_of(RULE, subject, (other,))
    says = f"Contact {one.id} was to get the address {address}, which belongs to contact {holder.id}."
    pairs = list(emails.items())
    options = tuple(_merged(key, survivor, [gone]) for survivor, gone in (pairs, pairs[::-1]))
    because = (Evidence("taken_address", TAKEN, says),)
    return Finding(RULE, subject, (other,), making.confidence(because), because, options, None)


def _finding(person: Twice) -> Finding:
    ranked = sorted(person.contacts, key=_rank)
    refs = sorted(contact.ref for contact in ranked)
    key = making.key_of(RULE, refs[0], refs[1:])
    because = list(_because(person, refs))
    if not all(names.agree(one.name, other.name) is not False for one, other in combinations(ranked, 2)):
        because.append(Evidence("other_name", OTHER_NAME, "The contacts bear different names."))
    doubt = _doubt(person, ranked)
    sure = _beyond_doubt(person, ranked) if doubt else ranked
    options = [_merge(key, one, [other for other in ranked if other is not one]) for one in ranked]
    if doubt and sure:
        options.insert(0, _merge(key, sure[0], sure[1:], "only "))
    because += [*_losses(ranked), CONSENT, Evidence("recommendation", 0.0, _advice(sure, doubt))]
    if len(sure or ranked) > 1:
        because.append(Evidence("survivor", 0.0, _why((sure or ranked)[0], (sure or ranked)[1:])))
    ties = {pair: sum(evidence.weight for evidence in told) for pair, told in person.ties.items()}
    confidence = making.confidence(because, making.weakest(ties, refs))
    return Finding(RULE, refs[0], tuple(refs[1:]), confidence, tuple(because), tuple(options), 0 if sure else None)


def _advice(sure: list[Known], doubt: str | None) -> str:
    if not doubt:
        return "Merging is recommended: nothing speaks against it."
    if not sure:
        return f"No option is recommended: {doubt}."
    which = making.several(contact.ref.id for contact in sure)
    return f"Recommended is to merge {which} and to leave the others to a person: {doubt}."


def _beyond_doubt(person: Twice, ranked: list[Known]) -> list[Known]:
    """Those of more than two that can be merged without the others: who is sure of one of them is sure of all."""
    groups: list[list[Known]] = []
    for contact in ranked if len(ranked) > 2 else ():
        near = [group for group in groups if any(not _doubt(person, [one, contact]) for one in group)]
        joined = [one for group in near for one in group]
        groups = [*(group for group in groups if group not in near), [*joined, contact]]
    some = [sorted(group, key=_rank) for group in groups if len(group) > 1 and not _doubt(person, group)]
    return min(some, key=lambda group: _rank(group[0]), default=[])


def _because(person: Twice, refs: list[Ref]) -> Iterator[Evidence]:
    """Every kind of evidence once, the strongest first."""
    found: dict[Evidence, list[tuple[str, str]]] = defaultdict(list)
    for (one, other), told in sorted(person.ties.items()):
        for evidence in told:
            found[evidence].append((one.id, other.id))
    every = len(refs) * (len(refs) - 1) // 2
    for evidence, pairs in sorted(found.items(), key=lambda each: (-each[0].weight, each[0].evidence, each[0].says)):
        yield replace(evidence, says=making.told_of(evidence.says, pairs, every))
    if not all(_tied(person, pair) for pair in combinations(refs, 2)):
        who = "Some" if len(refs) > 2 else "They"
        yield Evidence("through_a_third", THROUGH_A_THIRD, f"{who} are linked only through another record.")


def _tied(person: Twice, pair: tuple[Ref, Ref]) -> bool:
    return any(evidence.weight > 0 for evidence in person.ties.get(pair, ()))


def _doubt(person: Twice, contacts: Sequence[Known]) -> str | None:
    """Why a careful colleague would ask before merging these, if they would."""
    if len(contacts) > LARGEST_SURE:
        return f"there are {len(contacts)} of them"
    who = "some" if len(contacts) > 2 else "they"
    for pair in combinations(sorted(contact.ref for contact in contacts), 2):
        told = person.ties.get(pair, ())
        if not _tied(person, pair):
            return f"{who} are linked only through another record"
        if any(evidence.evidence == ALIKE for evidence in told):
            return f"{who} are alike and no more, which two people of one name or one home can be too"
        if any(evidence.weight < 0 for evidence in told) or not {evidence.evidence for evidence in told} & TYING:
            return "what they have in common may be two namesakes' too"
    for one, other in combinations(contacts, 2):
        if not one_name(one.name, other.name) or (bool(one.name and other.name) and _numbers(one) != _numbers(other)):
            return f"it is not beyond doubt that {_spoken(one)} and {_spoken(other)} are one person's name"
        if differing := _contradiction(one, other):
            return f"they name different {differing}"
    if any(contact.role for contact in contacts):
        return "an address is a task's mailbox, which several people may read"
    if several := sorted(platform for platform, size in person.accounts.items() if size > 1):
        return f"this person has several accounts in use on {making.several(several)}"
    return None


def _contradiction(one: Known, other: Known) -> str | None:
    """What two contacts say of themselves that one person's would not: in the plural."""
    if _differ(one, other, "country"):
        return "countries"
    if _differ(one, other, "postcode") and _differ(one, other, "address"):
        return "streets and postcodes"
    spaces = [{link.rpartition(":")[0]: link for link in contact.links} for contact in (one, other)]
    if any(spaces[0][space] != spaces[1][space] for space in spaces[0].keys() & spaces[1].keys()):
        return "records of one platform as their own"
    return None


def _differ(one: Known, other: Known, field: str) -> bool:
    left, right = (re.sub(r"\W+", "", contact.said[field] or "").casefold() for contact in (one, other))
    return bool(left and right) and left != right


def _spoken(contact: Known) -> str:
    return " ".join(filter(None, (contact.said["first_name"], contact.said["last_name"]))) or "no name"


def _numbers(contact: Known) -> list[str]:
    """The numbers in a name, which tell a second account from a first."""
    return re.findall(r"\d+", f"{contact.said['first_name'] or ''} {contact.said['last_name'] or ''}")


def _compared(field: str, value: str) -> str:
    """A value as it is compared: two spellings of one number are one."""
    return (phones.normal(value, settings().region) if field == "phone" else None) or value.casefold()


def _losses(ranked: list[Known]) -> Iterator[Evidence]:
    """What the contacts say differently, of which HubSpot keeps the survivor's."""
    for field in FIELDS:
        said = {contact.ref.id: contact.said[field] for contact in ranked if contact.said[field]}
        if field not in NO_LOSS and len({_compared(field, value) for value in said.values() if value}) > 1:
            each = making.several(f"{value} ({id})" for id, value in said.items())
            yield Evidence("differs", 0.0, f"They differ in {field}: {each}. HubSpot keeps the survivor's.")
    addresses = [contact.email for contact in ranked[1:] if contact.email]
    if ranked[0].email and addresses:
        says = f"{making.several(addresses)} would become additional, beside {ranked[0].email}."
        yield Evidence("addresses", 0.0, says)


def _rank(contact: Known) -> tuple[float | str, ...]:
    """The chain: what makes a contact the better survivor, smaller first."""
    id = contact.ref.id
    created = contact.created_at.timestamp() if contact.created_at else float("inf")
    return (-contact.signs_in, -len(contact.links), -contact.filled, created, int(id) if id.isdecimal() else 0, id)


def _why(survivor: Known, others: list[Known]) -> str:
    """The link of the chain that told the survivor from the last of the others, as a sentence."""
    name, mine = f"Contact {survivor.ref.id} is proposed as the survivor", _rank(survivor)
    rivals, link = [_rank(other) for other in others], 0
    while rivals := [rank for rank in rivals if rank[link] == mine[link]]:
        link += 1
    match link:
        case 0:
            return f"{name}: it names more accounts that somebody signs in to, or is billed by ({survivor.signs_in})."
        case 1:
            return f"{name}: it names more records of other platforms ({len(survivor.links)})."
        case 2:
            return f"{name}: it is the most complete ({survivor.filled} of {len(FIELDS)} fields)."
        case 3 if survivor.created_at:
            return f"{name}: as complete as the others, it is the oldest ({survivor.created_at.date().isoformat()})."
    return f"{name}: nothing tells them apart but the lower id."


def _merge(key: str, survivor: Known, others: list[Known], only: str = "") -> Option:
    emails = [(contact.ref, contact.email) for contact in others]
    return _merged(key, (survivor.ref, survivor.email), emails, only)


def _merged(key: str, survivor: tuple[Ref, str | None], others: list[tuple[Ref, str | None]], only: str = "") -> Option:
    target, email = survivor
    merges = [making.merge(target, email, *other) for other in others]
    gone = making.several(ref.id for ref, _ in others)
    text = f"Rollcall merged the duplicate contact{'s' if len(others) > 1 else ''} {gone} into this one."
    label = f"Merge {only}{gone} into {target.id}" + (f", which keeps {email}" if email else "")
    return making.option(label, [*merges, *making.notes(key, merges, [target], text)])
