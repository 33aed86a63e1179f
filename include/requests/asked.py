"""A request as it stands once nothing about it is wrong: plain frozen values, and the form in which they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

PROOFS = {
    "ticket": "ticket opened while signed in",
    "call_back": "call back to the number on file",
    "document": "identity document looked at",
    "in_person": "seen in person",
    "registered_email": "reply from the address on file",
    "security_answer": "security question answered",
}
WEAK = frozenset({"registered_email", "security_answer"})  # a mailbox or a fact that a thief may have too


@dataclass(frozen=True, slots=True)
class Proof:
    """How it was made sure who asks: what kind of proof, where it is written down, who saw it, and when."""

    kind: str
    reference: str
    seen_by: str
    seen_on: date


@dataclass(frozen=True, slots=True)
class Request:
    """
    One client's wish. `client`: its name, current address or id, as it was given. `first_name` and `last_name`: of the
    new person, both None where it is the same one. `mailbox_lost`: the client no longer reads the old address.
    `contacts` (sub-contacts in WHMCS), `cpanel` and `domains`: where the client agreed that the address changes too.
    """

    client: str
    new_address: str
    proof: Proof
    reason: str
    first_name: str | None = None
    last_name: str | None = None
    mailbox_lost: bool = False
    contacts: bool = False
    cpanel: bool = False
    domains: tuple[str, ...] = ()

    @property
    def new_person(self) -> bool:
        return self.first_name is not None

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        proof = {
            "kind": self.proof.kind,
            "reference": self.proof.reference,
            "seen_by": self.proof.seen_by,
            "seen_on": self.proof.seen_on.isoformat(),
        }
        return {
            "client": self.client,
            "new_address": self.new_address,
            "proof": proof,
            "reason": self.reason,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "mailbox_lost": self.mailbox_lost,
            "contacts": self.contacts,
            "cpanel": self.cpanel,
            "domains": list(self.domains),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Request:
        seen = said["proof"]
        proof = Proof(seen["kind"], seen["reference"], seen["seen_by"], date.fromisoformat(seen["seen_on"]))
        return cls(**{**said, "proof": proof, "domains": tuple(said["domains"])})
