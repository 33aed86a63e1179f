"""
The ledger's tables. Values that a person may see or that a platform told are kept as JSON text, byte for byte.

Nothing here reads or writes them. A change of a table needs a new file in `migrations/versions` and a new `HEAD`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from include.store.kept_types import Json, Utc

HEAD = "0011"  # the newest migration

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


finding = Table(
    "finding",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("rule", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("others", Json, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("doubt", Float, nullable=False, server_default="0"),  # 1 - confidence: what the page lists first comes first
    Column("shape", String(16), nullable=False, server_default=""),  # equal where the options are, see `shapes`
    Column("platforms", Text, nullable=False, server_default=""),  # of its records, each between two spaces
    Column("because", Json, nullable=False),
    Column("recommended", Integer),
    Column("content", String(64), nullable=False),  # SHA-256 of what a reviewer judges, see `judged`
    Column("accounts", Json),  # by platform, fingerprints of the accounts that the records are in
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("until", String(10)),  # a deferred one comes back on this date
    Column("first_night", String(10), nullable=False),
    Column("last_night", String(10), nullable=False),
    Column("changed_at", Utc, nullable=False),
    Index("ix_finding_state_rule_doubt_id", "state", "rule", "doubt", "id"),
    Index("ix_finding_state_rule_first_night", "state", "rule", "first_night"),
    Index("ix_finding_state_shape_id", "state", "shape", "id"),
)

dossier = Table(
    "dossier",
    metadata,
    Column("finding_id", String(16), ForeignKey("finding.id"), primary_key=True),
    Column("sought", Json, nullable=False),  # what the finding is found by: references, names and addresses
    Column("digest", String(64), nullable=False),
    Column("records", Json, nullable=False),  # what the page shows of the finding's records, see `dossiers`
    Column("history", Json, nullable=False),  # the addresses that they had, as the nights saw them change
)

option = Table(
    "option",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", String(16), ForeignKey("finding.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", Json, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("people", Integer, nullable=False, server_default="1"),  # how many must agree to it, see `four_eyes`
    Column("made_from", Integer),  # the number of the option that it is, with the client's consent written into it
    UniqueConstraint("finding_id", "version", "number"),
)

fix = Table(
    "fix",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("option_id", Integer, ForeignKey("option.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("platform", String(32), nullable=False),
    Column("account", String(16)),  # fingerprint of the platform's account that it was found in
    Column("target", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lease_owner", String(128)),
    Column("lease_until", Utc),
    Column("sent_at", Utc),  # set before the write is sent: without it, nothing can have been changed
    Column("image", Json),  # the whole record as it was before the write
    Column("earlier", Integer, ForeignKey("fix.id")),  # the same fix in the version that this one replaced
    UniqueConstraint("option_id", "position"),
    Index("ix_fix_state", "state"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", String(16), ForeignKey("finding.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("option_id", Integer, ForeignKey("option.id")),
    Column("option_hash", String(64)),
    Column("verdict", String(16), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("reason", Json),
    Column("until", String(10)),
    Column("consents", Json),  # a client's consent to single fixes, with its evidence, see `consents`
    Column("at", Utc, nullable=False),
    Column("not_before", Utc),  # whoever reads the old address was told of the change, and can object until then
    Index("ix_decision_finding_id_version", "finding_id", "version"),
    Index("ix_decision_at", "at"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fix_id", Integer, ForeignKey("fix.id"), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", Json),
    Column("moved", Json, nullable=False),  # names of fields that changed though the fix does not speak of them
    Column("at", Utc, nullable=False),
    Index("ix_receipt_fix_id", "fix_id"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("recipient", Json, nullable=False),
    Column("subject", Json, nullable=False),
    Column("text", Json, nullable=False),
    Column("html", Json),
    Column("headers", Json, nullable=False),
    Column("about", String(16), ForeignKey("finding.id")),
    Column("state", String(16), nullable=False),  # waiting, sent, refused
    Column("tries", Integer, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("lease_owner", String(128)),
    Column("problem", Text),  # the last failure, without any of its words that could name somebody
    Column("at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("pictures", Json),  # by content id, PNG in base64
    Index("ix_notice_state_due_at", "state", "due_at"),
)

step = Table(
    "step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt", String(24), nullable=False),  # a night's name with its attempt: 2026-11-23.1
    Column("name", String(32), nullable=False),  # begun, one of the gates, filed
    Column("told", Json, nullable=False),  # counts, and never a person's data
    Column("problem", Text),  # why a gate closed
    Column("at", Utc, nullable=False),
    Index("ix_step_attempt_name", "attempt", "name"),
)

request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", String(16), ForeignKey("finding.id")),
    Column("requester", Text, nullable=False),
    Column("asked", Json, nullable=False),
    Column("at", Utc, nullable=False),
    Column("hash", String(64), nullable=False, server_default=""),  # SHA-256 of what was asked, by whom and when
    Column("state", String(16), nullable=False, server_default="withdrawn"),  # see `requests`
    Column("client", Text),  # the client it is about, once that is known
    Column("found", Json),  # what was found when it was looked up
    Column("changed_at", Utc),
    Index("ix_request_state", "state"),
    Index("ix_request_finding_id", "finding_id"),
)

switch = Table(
    "switch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Json, nullable=False),
    Column("at", Utc, nullable=False),
)

undo = Table(
    "undo",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("of", String(16), ForeignKey("finding.id"), nullable=False),
    Column("finding_id", String(16), ForeignKey("finding.id"), nullable=False),  # the finding that undoes it
    Column("who", Text, nullable=False),
    Column("why", Json, nullable=False),
    Column("at", Utc, nullable=False),
)

objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", String(16), ForeignKey("finding.id"), nullable=False),
    Column("stands", Boolean, nullable=False),  # False where a reviewer lifted it; the newest row counts
    Column("records", Json, nullable=False),  # whose fixes are frozen
    Column("who", Text, nullable=False),
    Column("why", Json, nullable=False),
    Column("at", Utc, nullable=False),
)

alias = Table(
    "alias",
    metadata,
    Column("old", String(255), primary_key=True),
    Column("new", String(255), nullable=False),
    Column("finding_id", String(16), ForeignKey("finding.id")),
    Column("at", Utc, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Json, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_kind_at", "kind", "at"),
)
