"""What is right: the pairs that each rule should name, those left out of the count, and why two must stay apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from tests.benchmarks.quality.world import World

Pair = frozenset[str]
HOLDERS = ("customer", "contact", "client")
HOSTED = ("login", "hosting", "domain")
RULES = ("duplicate_contact", "email_mismatch", "orphaned_order", "shared_mailbox", "billing_drift")


def pair(left: str, right: str) -> Pair:
    return frozenset((left, right))


def platform(ref: str) -> str:
    return ref.partition(":")[0]


def kind(ref: str) -> str:
    return ref.split(":")[1]


def mailboxes(world: World, ref: str) -> set[str]:
    """The mailboxes that a contact's addresses reach, the additional ones too."""
    row = world.contacts[ref]
    return {world.truth.mailbox[text.lower()] for text in (row["email"], *row["other_emails"]) if text}


def mailbox(world: World, ref: str) -> str | None:
    email = world.contacts[ref]["email"]
    return world.truth.mailbox[email.lower()] if email else None


def expected(world: World) -> dict[str, set[Pair]]:
    """Of every rule, the pairs of records that it should name."""
    truth, people = world.truth, _by_person(world)
    found: dict[str, set[Pair]] = {rule: set() for rule in RULES}
    for refs in people.values():
        hubspot = [ref for ref in refs if platform(ref) == "hubspot"]
        found["duplicate_contact"] |= {pair(*two) for two in combinations(hubspot, 2)} - truth.apart.keys()
        found["email_mismatch"] |= {two for two in mismatches(world, refs) if settled(world, two, refs) is False}
    for order, buyer in truth.buyer.items():
        if order not in truth.closed and not lent(world, order):
            shop = platform(order)
            accounts = [ref for ref in people.get(buyer, ()) if platform(ref) == shop and kind(ref) == "customer"]
            found["orphaned_order"] |= {pair(order, ref) for ref in accounts if ref not in truth.successor}
    holding: dict[str, set[str]] = defaultdict(set)
    for ref in world.contacts:
        if kind(ref) in HOLDERS and ref not in truth.stubs:
            for held in mailboxes(world, ref):
                holding[held].add(ref)
    for refs in holding.values():
        several = (two for two in combinations(sorted(refs), 2) if truth.person[two[0]] != truth.person[two[1]])
        found["shared_mailbox"] |= {pair(*two) for two in several}
    disputed = {ref for rule in ("email_mismatch", "shared_mailbox") for two in found[rule] for ref in two}
    found["billing_drift"] = {two for two in drifted(world) if not two & disputed and not _of_a_task(world, two)}
    return found


def ignored(world: World, rule: str, two: Pair) -> bool:
    """
    Whether a pair counts neither for nor against whoever names it.

    A guest checkout's stub; the buyer's own account where they bought with another's address; two contacts of one
    person that must stay apart (to name them is right, to merge them is not, and that is counted); addresses that are
    settled by one platform as a whole, or of which one is a task's; and hosting beside a client whose address is a
    task's, a family's, or in dispute with another platform, which comes first.
    """
    refs = sorted(two)
    if rule == "billing_drift":
        return two in drifted(world)
    if rule != "orphaned_order" and two & world.truth.stubs:
        return True
    orders = [ref for ref in refs if ref in world.truth.buyer]
    if orders:
        other = next((ref for ref in refs if ref != orders[0]), orders[0])
        return lent(world, orders[0]) and world.truth.person.get(other) == world.truth.buyer[orders[0]]
    if rule == "duplicate_contact":
        return two in world.truth.apart
    if rule == "email_mismatch" and world.truth.person.get(refs[0]) == world.truth.person.get(refs[-1]):
        return settled(world, two, world.of(world.known[world.truth.person[refs[0]]])) is None
    return False


def lent(world: World, order: str) -> bool:
    """Whether an order was made with the address of somebody else."""
    email = world.orders[order]["email"]
    owner = world.truth.mailbox[email.lower()].partition("/")[0] if email else ""
    return owner in world.known and owner != world.truth.buyer[order]


def mismatches(world: World, refs: Iterable[str]) -> set[Pair]:
    """Pairs on different platforms whose addresses reach different mailboxes."""
    held = [ref for ref in sorted(refs) if ref in world.contacts and kind(ref) in HOLDERS and mailbox(world, ref)]
    return {
        pair(one, other)
        for one, other in combinations(held, 2)
        if platform(one) != platform(other) and mailbox(world, one) != mailbox(world, other)
    }


def settled(world: World, two: Pair, refs: list[str]) -> bool | None:
    """
    Whether one record of the person knows both addresses, so that nothing is wrong. None: it can be held either way.

    That is so when two records of one platform have one each, and when one of the addresses is a task's mailbox.
    """
    wanted = {held for ref in two if (held := mailbox(world, ref))}
    if any(wanted <= mailboxes(world, ref) for ref in refs):
        return True
    if wanted & world.truth.roles:
        return None
    side: dict[str, set[str]] = defaultdict(set)
    for ref in refs:
        if kind(ref) in HOLDERS:
            side[platform(ref)] |= mailboxes(world, ref)
    return None if any(wanted <= held for held in side.values()) else False


def hosted(world: World) -> set[Pair]:
    """Every client with each login, hosting account and domain of its own."""
    named = ((ref, other) for ref, row in world.contacts.items() for other in row["links"])
    return {
        pair(one, other)
        for one, other in named
        if {kind(one), kind(other)} & {"client"} and {kind(one), kind(other)} & set(HOSTED)
    }


def drifted(world: World) -> set[Pair]:
    """Those of them whose addresses reach different mailboxes."""
    return {two for two in hosted(world) if len({mailbox(world, ref) for ref in two} - {None}) == 2}


def _of_a_task(world: World, two: Pair) -> bool:
    return any(mailbox(world, ref) in world.truth.roles for ref in two)


def relation(world: World, left: str, right: str) -> str | None:
    """Why two records must stay apart; None when nothing forbids it. A record may be an order: its buyer counts."""
    truth = world.truth
    one, other = (truth.person.get(ref) or truth.buyer[ref] for ref in (left, right))
    if one == other:
        return truth.apart.get(pair(left, right))
    if pair(one, other) in truth.father_and_son:
        return "father_and_son"
    held = [mailboxes(world, ref) if ref in world.contacts else _bought_with(world, ref) for ref in (left, right)]
    if shared := held[0] & held[1]:
        return "role_mailbox" if shared & truth.roles else "shared_mailbox"
    if world.known[one].household and world.known[one].household == world.known[other].household:
        return "household"
    return "namesake" if world.known[one].name == world.known[other].name else "stranger"


def _bought_with(world: World, order: str) -> set[str]:
    email = world.orders[order]["email"]
    return {world.truth.mailbox[email.lower()]} if email else set()


def _by_person(world: World) -> dict[str, list[str]]:
    return {person.id: refs for person in world.people if (refs := world.of(person))}
