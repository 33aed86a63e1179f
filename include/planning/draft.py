"""A plan in the making: what speaks for and against it, what stands in its way, and its fixes in their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.model import Action, Evidence, Fix, Ref
from include.people import addresses
from include.requests import PROOFS, Request
from include.rules import _making as making

FOR, AGAINST, STRONGLY = 2.0, -1.0, -2.0


@dataclass
class Draft:
    """
    `old`: the addresses that go, as they are compared. The fixes: `first` login and profile, then `hosting`, `stores`
    (with the notes on them), `domains` and `contacts`. `accounts`: by platform, where each was looked at. `records`:
    what was seen.
    """

    number: int
    requester: str
    asked: Request
    client: Ref
    old: set[str] = field(default_factory=set)
    because: list[Evidence] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    first: list[Fix] = field(default_factory=list)
    hosting: list[Fix] = field(default_factory=list)
    stores: list[Fix] = field(default_factory=list)
    domains: list[Fix] = field(default_factory=list)
    contacts: list[Fix] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def new(self) -> str:
        return self.asked.new_address

    @property
    def me(self) -> Ref:
        """The request as a reference."""
        return Ref("rollcall", "request", str(self.number))

    @property
    def proof(self) -> str:
        """How it is known who asked, as part of a sentence."""
        seen = self.asked.proof
        return f"{PROOFS[seen.kind]} ({seen.reference}), seen by {seen.seen_by} on {seen.seen_on.isoformat()}"

    @property
    def changes(self) -> list[Fix]:
        """Every change of the plan, in its order."""
        return [*self.first, *self.hosting, *self.stores, *self.domains, *self.contacts]

    @property
    def seen(self) -> list[Ref]:
        """Every record that was looked at, in that order."""
        return [Ref.parse(record["ref"]) for record in self.records]

    def says(self, kind: str, weight: float, sentence: str) -> None:
        self.because.append(Evidence(kind, weight, sentence))

    def saw(self, ref: Ref, email: str | None, **more: str | None) -> None:
        """Keep what a record reads now, for the page to show."""
        known = {"email": email, **more}
        self.records.append({"ref": str(ref), **{name: value for name, value in known.items() if value}})

    def is_old(self, address: str | None) -> bool:
        return address is not None and same(address) in self.old

    def is_new(self, address: str | None) -> bool:
        return address is not None and address.strip().casefold() == self.new.casefold()

    def renamed(self, ref: Ref, known: Mapping[str, str | None]) -> list[Fix]:
        """What gives a record the new person's name, where it is a new person and not its name already."""
        wanted = (self.asked.first_name, self.asked.last_name)
        held = (known.get("first_name"), known.get("last_name"))
        return [making.set_name(ref, held, wanted)] if self.asked.new_person and held != wanted else []


def same(address: str) -> str:
    """An address as it is compared with another: two spellings of one mailbox are equal."""
    known = addresses.normal(address)
    return known.key if known else address.strip().casefold()


def to_read(ref: Ref, hint: str | None, new: str) -> Fix:
    """What a platform's `fixes.read` is asked with for a record's address. `hint`: where it may be found quickly."""
    return Fix(ref, Action.SET_EMAIL, {"email": hint}, {"email": new})
