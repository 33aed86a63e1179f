"""
Small worlds of contacts in which much is shared, and what link must make of them: worked out pair by pair.

As a command it prints the people and edges of one such world, for another process, hash seed or engine to be held to.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any

from include.model import Contact, Order, State
from include.people import addresses, names
from include.people.facts import Forms, contacts_of
from include.people.likeness import likely
from include.people.likeness_table import HALVES
from include.store.tables import Tables, of_rows
from tests.rules.tables import contact, night, order

PLATFORMS = ("hubspot", "shopify", "bigcommerce", "whmcs")
FIRST = ("Ann", "Anna", "Al", "Albert", "Alex", "Bob", "Robert", None)
LAST = ("Lee", "Lee Jr.", "Lee Sr.", "Ray", "Lee-Ray", None)
HUB, LARGEST = 6, 20


def world(dice: random.Random, size: int) -> list[Contact]:
    """Contacts that share addresses, numbers and names, and name each other, by chance."""
    pool = max(2, size // 2)
    rows = []
    for number in range(size):
        platform = dice.choice(PLATFORMS)
        target = f"{dice.choice(PLATFORMS[1:3])}:customer:{dice.randrange(size)}"
        rows.append(
            contact(
                platform,
                str(number),
                dice.choice([f"m{dice.randrange(pool)}@gmail.com", f"M{dice.randrange(pool)}+x@gmail.com", None]),
                other_emails=tuple(f"m{dice.randrange(pool)}@gmail.com" for _ in range(dice.choice((0, 0, 1)))),
                first_name=dice.choice(FIRST),
                last_name=dice.choice(LAST),
                phone=dice.choice([f"+1503234{dice.randrange(pool):04}", None]),
                state=dice.choice([State.ACTIVATED, None]),
                links=(target,) if platform in ("hubspot", "whmcs") and dice.random() < 0.5 else (),
            )
        )
    return rows


def expected(rows: Iterable[Contact]) -> list[set[str]]:
    """The groups that link must find, by the rules as they are written down."""
    contacts = {str(row.ref): row for row in rows}
    pairs = {(a, b): _reasons(contacts, a, b) for a, b in combinations(sorted(contacts), 2)}
    alike = {pair: weight for pair, weight in _alike(rows).items() if not pairs[pair]}
    pairs |= alike
    edges = {pair: weight for pair, weight in pairs.items() if weight and not _forbidden(contacts, *pair)}
    capped = _tree(edges, lambda tree, one, other: len(_reach(tree, one)) + len(_reach(tree, other)) <= LARGEST)
    inside = {pair: weight for pair, weight in edges.items() if pair[1] in _reach(capped, pair[0])}

    def allowed(tree: dict[str, set[str]], one: str, other: str) -> bool:
        joined = {k: set(v) for k, v in tree.items()}
        joined.setdefault(one, set()).add(other)
        joined.setdefault(other, set()).add(one)
        kept = {a: {b for b in near if _pair(a, b) not in alike} for a, near in joined.items()}
        return not any(
            _forbidden(contacts, *sorted((a, b)))
            or (_agree(contacts, a, b) is False and _agreeing_all_the_way(contacts, kept, a, b))
            or (_pair(one, other) in alike and _strangers(contacts, a, b) and _alike_all_the_way(a, b, joined, kept))
            for a in _reach(tree, one)
            for b in _reach(tree, other)
        )

    def _alike_all_the_way(one: str, other: str, joined: dict[str, set[str]], kept: dict[str, set[str]]) -> bool:
        agreeing = {a: {b for b in near if _agree(contacts, a, b)} for a, near in kept.items()}
        return other in _reach({a: agreeing[a] | (joined[a] - kept[a]) for a in joined}, one)

    tree = _tree(inside, allowed)
    groups = {frozenset(_reach(tree, one)) for one in tree}
    return sorted((set(group) for group in groups if len(group) > 1), key=sorted)


def _tree(edges: dict[tuple[str, str], float], allowed: Any) -> dict[str, set[str]]:
    tree: dict[str, set[str]] = defaultdict(set)
    for one, other in sorted(edges, key=lambda pair: (-edges[pair], pair)):
        if other not in _reach(tree, one) and allowed(tree, one, other):
            tree[one].add(other)
            tree[other].add(one)
    return dict(tree)


def _reach(tree: dict[str, set[str]], start: str) -> set[str]:
    seen, left = {start}, [start]
    while left:
        for other in tree.get(left.pop(), set()) - seen:
            seen.add(other)
            left.append(other)
    return seen


def _agreeing_all_the_way(contacts: dict[str, Contact], tree: dict[str, set[str]], one: str, other: str) -> bool:
    agreeing = {a: {b for b in near if _agree(contacts, a, b)} for a, near in tree.items()}
    return other in _reach(agreeing, one)


def _alike(rows: Iterable[Contact]) -> dict[tuple[str, str], float]:
    """The pairs that are likely one person, as `likeness` weighs them: what becomes of them is worked out here."""
    tables = Tables.of_arrow({"contacts": of_rows("contacts", rows)})
    who = tables.backend.create_table("who", contacts_of(tables, Forms.of(tables)), temp=True)
    nobody = who.select(left="n", right="n").limit(0)
    refs = dict(zip(*(column.to_pylist() for column in who.select("n", "ref").to_pyarrow().columns), strict=True))
    found = likely(tables, who, nobody).to_pyarrow().to_pylist()
    return {(refs[row["left"]], refs[row["right"]]): row["points"] / HALVES for row in found}


def _strangers(contacts: dict[str, Contact], one: str, other: str) -> bool:
    """Whether two bear first names that differ by more than a slip and a short form; a suffix is another guard's."""
    left, right = (_name(contacts[ref]) for ref in (one, other))
    if left is None or right is None or not (left.first and right.first):
        return False
    given = sorted((left.given, right.given), key=len)
    begins = len(given[0]) >= 3 and given[1].startswith(given[0])
    return not (names.same_first(left.first, right.first) or begins or _letters_apart(left.first, right.first))


def _letters_apart(one: str, other: str) -> bool:
    """Whether so few letters were changed, left out or put in that both may be one name."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        new = [at]
        for place, theirs in enumerate(other, 1):
            new.append(min(row[place] + 1, new[-1] + 1, row[place - 1] + (letter != theirs)))
        row = new
    length = min(len(one), len(other))
    return any(row[-1] <= most and length >= least for most, least in ((1, 3), (2, 4), (3, 8)))


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _agree(contacts: dict[str, Contact], one: str, other: str) -> bool | None:
    return names.agree(*(_name(contacts[ref]) for ref in (one, other)))


def _name(row: Contact) -> names.Name | None:
    return names.normal(row.first_name, row.last_name)


def _held(row: Contact) -> set[str]:
    return {found.key for text in (row.email, *row.other_emails) if (found := addresses.normal(text))}


def _reasons(contacts: dict[str, Contact], one: str, other: str) -> float:
    left, right = contacts[one], contacts[other]
    linked = other in left.links or one in right.links
    agree = _agree(contacts, one, other)
    if agree is False:
        return 3.0 if linked else 0.0
    weight = 6.0 if linked else 0.0
    shared = {key for key in _held(left) & _held(right) if sum(key in _held(row) for row in contacts.values()) <= HUB}
    if shared and (agree or linked):
        weight += 4.0
    called = sum(row.phone == left.phone and _whole(row) for row in contacts.values())
    if left.phone and left.phone == right.phone and agree and _whole(left) and _whole(right) and called <= HUB:
        weight += 4.0
    return weight


def _whole(row: Contact) -> bool:
    name = _name(row)
    return name is not None and len(name.first) > 1 and len(name.last) > 1


def _forbidden(contacts: dict[str, Contact], one: str, other: str) -> bool:
    left, right = contacts[one], contacts[other]
    said = [_name(row) for row in (left, right)]
    suffixes = {name.suffix for name in said if name and name.suffix}
    keys = [found.key for row in (left, right) if (found := addresses.normal(row.email))]
    active = left.state == right.state == State.ACTIVATED and left.platform == right.platform
    spaces = [{ref.rpartition(":")[0]: ref for ref in row.links} for row in (left, right)]
    ids = any(spaces[0][space] != spaces[1][space] for space in spaces[0].keys() & spaces[1].keys())
    return len(suffixes) > 1 or (active and len(set(keys)) > 1) or ids


def orders(dice: random.Random, rows: Iterable[Contact]) -> list[Order]:
    """Orders of some contacts that bear another's address."""
    known = sorted({row.email for row in rows if row.email})
    buyers = [row for row in rows if row.kind == "customer"]
    return [
        order(
            row.platform,
            f"o{row.id}",
            dice.choice(known),
            contact_id=row.id,
            first_name=row.first_name,
            last_name=row.last_name,
        )
        for row in buyers
    ]


def told(rows: list[Contact]) -> str:
    """The people and edges of these contacts, with orders of theirs and a night before on which they had changed."""
    dice = random.Random(5)
    bought = orders(dice, sorted(rows, key=lambda row: row.ref))
    then = [replace(row, email=f"m{row.id}@gmail.com") if int(row.id) % 3 else row for row in rows]
    tables = night([*rows, *bought], night(then))
    return json.dumps([tables.people.to_pyarrow().to_pylist(), tables.edges.to_pyarrow().to_pylist()])


if __name__ == "__main__":
    print(told(world(random.Random(7), 150)))  # noqa: T201  # the answer of this command
