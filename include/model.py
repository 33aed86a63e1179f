"""The nouns of Rollcall: plain frozen values that talk to nothing. Times are in UTC; None is unknown, "" is never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.digests import digest


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The name of one record, written `platform:kind:id`. It carries no personal data."""

    platform: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read `platform:kind:id`; the id may itself contain colons. Raises ValueError on anything else."""
        parts = text.split(":", 2)
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"{text!r} is not a reference of the form platform:kind:id")
        return cls(*parts)


class State(StrEnum):
    """What a contact can do on its platform; `None` on a contact where the platform has no such notion."""

    ACTIVATED = "activated"
    INVITED = "invited"
    GUEST = "guest"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Contact:
    """One record of a person on one platform. Its fields are the columns of the table `contacts`."""

    platform: str
    kind: str
    id: str
    email: str | None = None
    other_emails: tuple[str, ...] = ()
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    phone: str | None = None
    address: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    state: State | None = None
    channels: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    links: tuple[str, ...] = ()

    @property
    def ref(self) -> Ref:
        return Ref(self.platform, self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Order:
    """One purchase. Its fields are the columns of the table `orders`; `contact_id` is empty when orphaned."""

    platform: str
    id: str
    number: str | None = None
    contact_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    address: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    status: str | None = None
    channel: str | None = None
    placed_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> Ref:
        return Ref(self.platform, "order", self.id)


class Action(StrEnum):
    """What a fix does; the target's kind says the rest. There is no delete."""

    SET_EMAIL = "set_email"
    ADD_EMAIL = "add_email"
    SET_NAME = "set_name"
    MERGE = "merge"
    ATTACH = "attach"
    SET_ORDER_EMAIL = "set_order_email"
    INVITE = "invite"
    RESET_ACCESS = "reset_access"
    ADD_NOTE = "add_note"
    CHECK_ACCESS = "check_access"  # reads, and stops an option where nobody could sign in any more


IRREVERSIBLE = frozenset({Action.MERGE, Action.INVITE, Action.RESET_ACCESS, Action.ADD_NOTE})


@dataclass(frozen=True, slots=True)
class Fix:
    """
    One change to one record: `target` goes from `before` to `after`.

    Both are JSON objects. `before` holds exactly the fields that `platforms.<name>.fixes.read` answers for this
    action; `after` holds the same fields as they should read afterwards, and whatever else the write needs.
    """

    target: Ref
    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        values = {"before": dict(self.before), "after": dict(self.after)}
        return {"target": str(self.target), "action": str(self.action), **values}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Fix:
        return cls(Ref.parse(said["target"]), Action(said["action"]), said["before"], said["after"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for (weight above 0) or against (below 0) a finding; `says` is the sentence a reviewer reads."""

    evidence: str
    weight: float
    says: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way to settle a finding: fixes in the order they are carried out."""

    label: str
    fixes: tuple[Fix, ...]

    def hash(self, finding_key: str) -> str:
        """SHA-256 (hex) that binds a decision to this exact option of this exact finding."""
        return digest({"finding": finding_key, "label": self.label, "fixes": [f.as_json() for f in self.fixes]})


@dataclass(frozen=True, slots=True)
class Finding:
    """One instance of a rule: what is wrong with `subject` and `others`, why we think so, what could be done."""

    rule: str
    subject: Ref
    others: tuple[Ref, ...]
    confidence: float
    because: tuple[Evidence, ...]
    options: tuple[Option, ...] = ()
    recommended: int | None = None

    @property
    def key(self) -> str:
        """`rule/subject/other+other`, the same every night."""
        return f"{self.rule}/{self.subject}/{'+'.join(str(ref) for ref in sorted(self.others))}"

    def as_json(self) -> dict[str, Any]:
        """The finding as one JSON object, in the form `python -m include.detect` writes."""
        return {
            "key": self.key,
            "rule": self.rule,
            "subject": str(self.subject),
            "others": [str(ref) for ref in sorted(self.others)],
            "confidence": self.confidence,
            "because": [{"evidence": e.evidence, "weight": e.weight, "says": e.says} for e in self.because],
            "options": [{"label": o.label, "fixes": [f.as_json() for f in o.fixes]} for o in self.options],
            "recommended": self.recommended,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Finding:
        return cls(
            rule=said["rule"],
            subject=Ref.parse(said["subject"]),
            others=tuple(Ref.parse(text) for text in said["others"]),
            confidence=said["confidence"],
            because=tuple(Evidence(e["evidence"], e["weight"], e["says"]) for e in said["because"]),
            options=tuple(Option(o["label"], tuple(Fix.from_json(f) for f in o["fixes"])) for o in said["options"]),
            recommended=said["recommended"],
        )


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"


class FixState(StrEnum):
    """Where a fix stands. All but the first two are also the outcomes a receipt can state."""

    PLANNED = "planned"
    IN_FLIGHT = "in_flight"
    APPLIED = "applied"
    ALREADY = "already"
    STALE = "stale"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FAILED = "failed"
    HELD = "held"


TOOK = frozenset({FixState.APPLIED, FixState.ALREADY})


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decided a fix, when and why: what a note on the record and the audit must say."""

    reviewers: tuple[str, ...]
    decided_at: datetime
    reason: str
    finding_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient. `message_id` is fixed when the row is written, so a resend is recognizable."""

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str | None = None
    about: str | None = None  # a finding's id
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)  # PNG by the content id that the HTML shows it by
