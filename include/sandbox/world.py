"""
The invented world: who lives in it, which records they left on which platform, and what was planted wrong.

It is the same for the same number of people and seed, on every machine and day: no time in it depends on now.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

TODAY = datetime(2026, 10, 1, tzinfo=UTC)  # nothing in the world is later
MARKED = ("first_name", "last_name", "company", "street", "city")


@dataclass(slots=True)
class Human:
    """A person, with the address that is right today."""

    id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    country: str
    company: str | None = None
    old_email: str | None = None


@dataclass(slots=True)
class Account:
    """One record of a human on one platform, in no platform's words. `extra` holds what only one of them knows."""

    platform: str
    kind: str
    id: str
    human: str
    email: str | None
    other_emails: list[str]
    first_name: str | None
    last_name: str | None
    company: str | None
    phone: str | None
    street: str | None
    city: str | None
    postcode: str | None
    country: str | None
    state: str | None
    channels: list[str]
    created_at: datetime
    updated_at: datetime
    links: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return f"{self.platform}:{self.kind}:{self.id}"


@dataclass(slots=True)
class Purchase:
    """One order; `account` is the id of the account it hangs on, if any."""

    platform: str
    id: str
    number: str
    account: str | None
    human: str
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    street: str | None
    city: str | None
    postcode: str | None
    country: str | None
    status: str
    channel: str
    placed_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> str:
        return f"{self.platform}:order:{self.id}"


@dataclass(slots=True)
class Planted:
    """Something planted: `rule` should find it in `records`; with no rule, it must be left alone."""

    kind: str
    rule: str | None
    records: list[str]
    right: dict[str, Any]


@dataclass(slots=True)
class World:
    """Everything there is. The platforms' twins take their first state from it and never write to it."""

    seed: int
    humans: list[Human]
    accounts: list[Account]
    purchases: list[Purchase]
    planted: list[Planted]

    def of(self, platform: str, kind: str | None = None) -> list[Account]:
        """A platform's records, in the order of their ids' making."""
        return [a for a in self.accounts if a.platform == platform and (kind is None or a.kind == kind)]

    def purchases_of(self, platform: str) -> list[Purchase]:
        return [p for p in self.purchases if p.platform == platform]

    def truth(self) -> dict[str, Any]:
        """Who is who and what was planted, as `GET /_sandbox/truth` answers it."""
        records: dict[str, list[str]] = {human.id: [] for human in self.humans}
        for account in self.accounts:
            records.setdefault(account.human, []).append(account.ref)
        for purchase in self.purchases:
            records.setdefault(purchase.human, []).append(purchase.ref)
        return {
            "seed": self.seed,
            "humans": [asdict(human) | {"records": records[human.id]} for human in self.humans],
            "planted": [asdict(planted) for planted in self.planted],
        }


def make_world(people: int, seed: int, mark: str = "") -> World:
    """A world of about `people` humans (planted families may add a few). `mark`: see `marked`."""
    from include.sandbox.planting import plant

    if people < 1:
        raise ValueError("a world needs at least one human")
    world = plant(people, seed)
    return marked(world, mark) if mark else world


def marked(world: World, mark: str) -> World:
    """The same world with a word behind every name, company, street and city: whoever finds it, found a leak."""
    for one in (*world.humans, *world.accounts, *world.purchases):
        for name in MARKED:
            if value := getattr(one, name, None):
                setattr(one, name, value + word(mark, name))
    return world


def word(mark: str, name: str) -> str:
    """What stands behind a field of that name, such as `markcity`."""
    return mark + name.replace("_", "")
