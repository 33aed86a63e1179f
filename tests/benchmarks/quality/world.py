"""
A world: people, the records they left on the platforms in the form of our tables, and the truth about them.

Every rule laid over it draws its own chances for each person, so that a new rule moves none of the others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks.quality.people import Person, Reading

TONIGHT = datetime(2026, 11, 20, 3, tzinfo=UTC)
Row = dict[str, Any]


@dataclass
class Truth:
    """What a matcher is not told."""

    person: dict[str, str] = field(default_factory=dict)  # contact -> who it is
    reading: dict[str, str] = field(default_factory=dict)  # contact -> the reading it came from
    mailbox: dict[str, str] = field(default_factory=dict)  # address, in lower case -> the mailbox it reaches
    live: dict[str, set[str]] = field(default_factory=dict)  # person -> the mailboxes that are right today
    roles: set[str] = field(default_factory=set)  # mailboxes of a task
    father_and_son: set[frozenset[str]] = field(default_factory=set)
    apart: dict[frozenset[str], str] = field(default_factory=dict)  # two contacts never to be merged -> why
    successor: dict[str, str] = field(default_factory=dict)  # contact whose account was taken over -> the new mailbox
    stubs: set[str] = field(default_factory=set)  # what a guest checkout left behind
    buyer: dict[str, str] = field(default_factory=dict)  # order -> who bought
    closed: set[str] = field(default_factory=set)  # orders to be left alone: cancelled, or another storefront's


@dataclass
class World:
    """One set of one seed, as rules lay it on."""

    people: list[Person]
    seed: int
    contacts: dict[str, Row] = field(default_factory=dict)
    orders: dict[str, Row] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)  # contact -> its address of the night before
    truth: Truth = field(default_factory=Truth)
    address: dict[str, str] = field(default_factory=dict)  # mailbox of one person -> its main spelling

    def __post_init__(self) -> None:
        self.known = {person.id: person for person in self.people}
        self._numbers: set[int] = set()

    def chance(self, rule: str, *of: str) -> random.Random:
        """The chances of one rule for one person (or record, or household)."""
        return random.Random(f"{self.seed}/{rule}/{'/'.join(of)}")

    def number(self, chance: random.Random) -> str:
        """An id that nobody has; it tells nothing of who bears it."""
        while (found := chance.randrange(10**6, 10**8)) in self._numbers:
            pass
        self._numbers.add(found)
        return str(found)

    def add(self, person: Person, reading: Reading, platform: str, kind: str, rule: str) -> str:
        """A contact as this reading says it, and its reference."""
        chance = self.chance("ids", rule, person.id, reading.id, platform, kind)
        created = TONIGHT - timedelta(days=chance.randrange(60, 1_500), minutes=chance.randrange(1_440))
        updated = created + (TONIGHT - timedelta(days=1) - created) * chance.random() ** 2
        row = {
            "platform": platform,
            "kind": kind,
            "id": self.number(chance),
            "email": None,
            "other_emails": [],
            "first_name": reading.first or None,
            "last_name": reading.last or None,
            "company": None,
            "phone": None,
            "address": reading.street or None,
            "city": reading.city or None,
            "postcode": reading.postcode or None,
            "country": person.country,
            "state": {"shopify": "activated", "bigcommerce": "activated"}.get(platform),
            "channels": [],
            "created_at": created,
            "updated_at": updated,
            "links": [],
        }
        ref = reference(row)
        self.contacts[ref] = row
        self.truth.person[ref], self.truth.reading[ref] = person.id, reading.id
        return ref

    def of(self, person: Person) -> list[str]:
        """The contacts of a person, in the order in which they were laid on; without what guests left behind."""
        return self._of().get(person.id, [])

    def _of(self) -> dict[str, list[str]]:
        if getattr(self, "_counted", None) != len(self.contacts):
            self._by_person: dict[str, list[str]] = {}
            for ref, person in self.truth.person.items():
                if ref not in self.truth.stubs:
                    self._by_person.setdefault(person, []).append(ref)
            self._counted = len(self.contacts)
        return self._by_person

    def households(self) -> dict[str, list[Person]]:
        """The people of each household that is one: two to eight adults."""
        found: dict[str, list[Person]] = {}
        for person in self.people:
            if person.household:
                found.setdefault(person.household, []).append(person)
        return {name: members for name, members in found.items() if 2 <= len(members) <= 8}

    def reaches(self, address: str, mailbox: str) -> str:
        """Note that an address reaches a mailbox; the address."""
        self.truth.mailbox.setdefault(address.lower(), mailbox)
        return address


def reference(row: Row) -> str:
    return f"{row['platform']}:{row['kind']}:{row['id']}"
