"""What pairs of records say of each rule, for contenders that link records and know no rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from tests.benchmarks.quality import judging
from tests.benchmarks.quality.judging import Pair, pair
from tests.benchmarks.quality.scoring import Recommended
from tests.benchmarks.quality.world import World

LINKED = ("duplicate_contact", "email_mismatch", "orphaned_order")


def exact(world: World) -> set[Pair]:
    """Records with one address, in any case: two contacts, or a contact and an order."""
    held: dict[str, set[str]] = defaultdict(set)
    for ref, row in [*world.contacts.items(), *world.orders.items()]:
        for text in (row["email"], *row.get("other_emails", ())):
            if text:
                held[text.strip().lower()].add(ref)
    return {pair(*two) for refs in held.values() for two in combinations(sorted(refs), 2)}


def explicit(world: World) -> set[Pair]:
    """What records name as their own; whoever links by a model or an address is given these too."""
    return {
        pair(ref, other) for ref, row in world.contacts.items() for other in row["links"] if other in world.contacts
    }


def claims(world: World, links: Iterable[Pair]) -> dict[str, set[Pair]]:
    """Of each rule, the pairs that follow when linked records, and those linked to them, are one person."""
    found: dict[str, set[Pair]] = {rule: set() for rule in LINKED}
    for refs in groups(links):
        contacts = sorted(ref for ref in refs if ref in world.contacts and ref not in world.truth.stubs)
        hubspot = [ref for ref in contacts if judging.platform(ref) == "hubspot"]
        found["duplicate_contact"] |= {pair(*two) for two in combinations(hubspot, 2)}
        found["email_mismatch"] |= {
            two for two in judging.mismatches(world, contacts) if not judging.settled(world, two, contacts)
        }
        for order in (ref for ref in refs if ref in world.orders and _open(world, ref)):
            found["orphaned_order"] |= {pair(order, ref) for ref in contacts if _fits(world, order, ref)}
    return found


def recommended(world: World, claimed: Iterable[Pair]) -> list[Recommended]:
    """Every pair as an option of its own: right when both are one person, who may have both as one."""
    found = []
    for two in claimed:
        kind = judging.relation(world, *sorted(two))
        found.append(Recommended(frozenset([two]), kind is None, (kind,) if kind else ()))
    return found


def groups(links: Iterable[Pair]) -> list[set[str]]:
    above: dict[str, str] = {}

    def top(ref: str) -> str:
        while (parent := above.setdefault(ref, ref)) != ref:
            above[ref] = above[parent]
            ref = above[ref]
        return ref

    for two in links:
        one, other = min(two), max(two)
        above[top(one)] = top(other)
    found: dict[str, set[str]] = defaultdict(set)
    for ref in list(above):
        found[top(ref)].add(ref)
    return list(found.values())


def _open(world: World, order: str) -> bool:
    """An order without an account that was not cancelled: what anybody would look at."""
    row = world.orders[order]
    stub = f"{row['platform']}:customer:{row['contact_id']}" in world.truth.stubs
    return (row["contact_id"] is None or stub) and row["status"] != "cancelled"


def _fits(world: World, order: str, ref: str) -> bool:
    row, channels = world.orders[order], world.contacts[ref]["channels"]
    own = judging.platform(ref) == row["platform"] and judging.kind(ref) == "customer"
    return own and (not channels or row["channel"] in channels)
