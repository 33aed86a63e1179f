"""
An audit of the labels: a corpus may call two records one person, or two, where nobody could tell from what they say.

Two kinds are counted, listed by their ids, and left out of the count, neither right nor wrong for whoever names them:

* `same_but_two`: equal in name, number, street, town and postcode where both say something, and both say a number or a
  street, without two different addresses, and labelled two people;
* `one_with_nothing_in_common`: labelled one person, but no chain of that person's records joins them, in which each
  shares with the next a mailbox, a number, a street, a first or a last name, or names it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from tests.benchmarks.quality.contenders.pairs import explicit, groups
from tests.benchmarks.quality.judging import HOLDERS, Pair, kind, mailboxes, pair
from tests.benchmarks.quality.world import Row, World

COMPARED = ("phone", "address", "city", "postcode")


@dataclass(frozen=True)
class Audit:
    """Pairs whose label nobody could know."""

    same_but_two: frozenset[Pair]
    one_with_nothing_in_common: frozenset[Pair]

    def left_out(self) -> frozenset[Pair]:
        return self.same_but_two | self.one_with_nothing_in_common


def audit(world: World) -> Audit:
    """The doubtful labels of a world as contenders see it."""
    return Audit(frozenset(_same_but_two(world)), frozenset(_nothing_in_common(world)))


def _same_but_two(world: World) -> set[Pair]:
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ref, row in world.contacts.items():
        if row["first_name"] and row["last_name"] and kind(ref) in HOLDERS:
            alike[_plain(row["first_name"]), _plain(row["last_name"])].append(ref)
    return {
        pair(one, other)
        for refs in alike.values()
        for one, other in combinations(refs, 2)
        if world.truth.person[one] != world.truth.person[other] and _equal(world.contacts[one], world.contacts[other])
    }


def _equal(one: Row, other: Row) -> bool:
    if one["email"] and other["email"] and one["email"].lower() != other["email"].lower():
        return False
    said = [(_value(one, field), _value(other, field)) for field in COMPARED]
    both = [(left, right) for left, right in said if left and right]
    telling = any(all(values) for values in said[:2])  # a number or a street on both sides
    return telling and all(left == right for left, right in both)


def _nothing_in_common(world: World) -> set[Pair]:
    found: set[Pair] = set()
    named: dict[str, set[Pair]] = defaultdict(set)
    for two in explicit(world):
        named[world.truth.person[min(two)]].add(two)
    for person in world.people:
        refs = world.of(person)
        holding: dict[str, list[str]] = defaultdict(list)
        for ref in refs:
            for value in _values(world, ref):
                holding[value].append(ref)
        links = {pair(held[0], other) for held in holding.values() for other in held[1:]} | named[person.id]
        group = {ref: number for number, group in enumerate(groups(links)) for ref in group}
        found |= {
            pair(one, other) for one, other in combinations(refs, 2) if group.get(one, one) != group.get(other, other)
        }
    return found


def _values(world: World, ref: str) -> set[str]:
    row = world.contacts[ref]
    found = {f"mailbox {held}" for held in mailboxes(world, ref)}
    found |= {f"{field} {value}" for field in ("phone", "address") if (value := _value(row, field))}
    return found | {f"name {_plain(row[field])}" for field in ("first_name", "last_name") if row[field]}


def _value(row: Row, field: str) -> str:
    text = _plain(row[field] or "")
    return "".join(filter(str.isdigit, text))[-10:] if field == "phone" else text


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
