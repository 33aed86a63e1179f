"""Findings, and what people and workers do with them, written out by hand for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import sqlalchemy as sa

from include.digests import finding_id
from include.errors import RollcallError
from include.model import Action, Evidence, Finding, Fix, FixState, Option, Ref
from include.store import decisions, findings, fixes, leases, receipts, schema
from include.store.findings import FindingRow
from include.store.ledger import Ledger

NIGHT, NEXT_NIGHT, LATER_NIGHT = "2026-11-01", "2026-11-02", "2026-11-09"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
UNTIL = "2026-11-05"  # until when a finding is deferred
LEASE, REQUEST = 120.0, 30.0
THREADS = 20
UNTOUCHED = ("planned", None, None, None, None)  # how a fix stands that nobody claimed


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def set_email(target: str = "hubspot:contact:1", email: str = "new@b.example", was: str = "old@a.example") -> Fix:
    return Fix(Ref.parse(target), Action.SET_EMAIL, {"email": was}, {"email": email})


def merge(target: str = "hubspot:contact:1", duplicate: str = "2") -> Fix:
    return Fix(Ref.parse(target), Action.MERGE, {"duplicate": duplicate}, {"merged": True})


PHONE_SAYS = "The phone numbers are equal."


def a_finding(
    *options: Option,
    rule: str = "email_mismatch",
    subject: str = "hubspot:contact:1",
    others: tuple[str, ...] = ("shopify:customer:1",),
    says: Any = PHONE_SAYS,
) -> Finding:
    given = options or (Option("use the new address", (set_email(),)), Option("keep both", ()))
    because = (Evidence("phone" if says == PHONE_SAYS else "other", 0.5, says),)  # what else is said is other evidence
    return Finding(rule, Ref.parse(subject), tuple(map(Ref.parse, others)), 0.9, because, given, 0)


SAME = a_finding()  # the finding that the states below are about


def three_fixes(first: int = 1) -> Option:
    numbers = range(first, first + 3)
    return Option("use it everywhere", tuple(set_email(f"hubspot:contact:{number}") for number in numbers))


def filed(ledger: Ledger, *told: Finding, night: str = NIGHT) -> FindingRow:
    """File a night; the first of its findings as the ledger holds it."""
    findings.file(ledger, told, night)
    return again(ledger, told[0])


def again(ledger: Ledger, one: Finding | FindingRow) -> FindingRow:
    """A finding as it stands now."""
    row = findings.get(ledger, finding_id(one.key))
    assert row is not None
    return row


def everything(ledger: Ledger) -> list[FindingRow]:
    states = {state for by_state in findings.counts(ledger).values() for state in by_state}
    return [row for state in sorted(states) for row in findings.page(ledger, state=state, limit=10_000)]


def decide(ledger: Ledger, row: FindingRow, verdict: str = "approved", option: int = 0, **said: Any) -> str:
    """Decide on a finding as a reviewer does who has just read it."""
    said = {"reviewer": "ann", "version": row.version, "now": NOW} | said
    if verdict == "approved":
        said = {"option_hash": row.options[option].hash} | said
    return decisions.decide(ledger, row.id, verdict=verdict, **said)


def approved(ledger: Ledger, *options: Option, reviewers: tuple[str, ...] = ("ann",)) -> FindingRow:
    """A finding whose first option is approved."""
    row = filed(ledger, a_finding(*options))
    for reviewer in reviewers:
        decide(ledger, row, reviewer=reviewer)
    return again(ledger, row)


def opened(ledger: Ledger) -> FindingRow:
    return filed(ledger, SAME)


def half_approved(ledger: Ledger) -> FindingRow:
    row = filed(ledger, a_finding(Option("merge", (merge(),))))
    decide(ledger, row)
    return row


def was_approved(ledger: Ledger) -> FindingRow:
    return approved(ledger, *SAME.options)


def approved_again(ledger: Ledger) -> FindingRow:
    """Approved, back on the page because a fix was stale, and approved once more."""
    row = was_approved(ledger)
    ends(ledger, *fix_ids(row), FixState.STALE)
    decide(ledger, again(ledger, row))
    return row


def rejected(ledger: Ledger) -> FindingRow:
    row = filed(ledger, SAME)
    decide(ledger, row, "rejected", reason="Two people.")
    return row


def deferred(ledger: Ledger) -> FindingRow:
    row = filed(ledger, SAME)
    decide(ledger, row, "deferred", until=UNTIL)
    return row


def settled(ledger: Ledger) -> FindingRow:
    row = was_approved(ledger)
    ends(ledger, *fix_ids(row), FixState.APPLIED)
    return row


def under_way(ledger: Ledger) -> FindingRow:
    row = was_approved(ledger)
    claim(ledger, *fix_ids(row))
    return row


def fix_ids(row: FindingRow, option: int = 0) -> list[int]:
    return [fix.id for fix in row.options[option].fixes]


def claim(ledger: Ledger, fix_id: int, worker: str = "worker", now: datetime = NOW) -> bool:
    return leases.claim(ledger, fix_id, worker, now, LEASE)


def send(ledger: Ledger, fix_id: int, worker: str = "worker", now: datetime = NOW, image: Any = None) -> bool:
    return leases.send(ledger, fix_id, worker, lambda: now, LEASE, REQUEST, image) is not None


def take_over(ledger: Ledger, fix_id: int, now: datetime, worker: str = "another") -> bool:
    return leases.take_over(ledger, fix_id, worker, now, LEASE)


def leave(
    ledger: Ledger, fix_id: int, outcome: FixState, worker: str = "worker", now: datetime = NOW, **told: Any
) -> bool:
    return receipts.leave(ledger, fix_id, worker, receipts.Receipt(outcome, **told), now)


def ends(ledger: Ledger, fix_id: int, outcome: FixState, **told: Any) -> None:
    """One fix from its claim to its receipt."""
    assert claim(ledger, fix_id)
    assert send(ledger, fix_id)
    assert leave(ledger, fix_id, outcome, **told)


def approval(ledger: Ledger) -> fixes.ApprovedOption:
    """The one approved option."""
    (only,) = fixes.approved(ledger)
    return only


def rows(ledger: Ledger, table: sa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """What a table holds, in the order of its key."""
    wanted = [table.c[name] for name in columns] or list(table.c)
    with ledger.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*wanted).order_by(*table.primary_key.columns))]


def a_fix(ledger: Ledger) -> int:
    """The first of three fixes of an approved option."""
    return fix_ids(approved(ledger, three_fixes()))[0]


def two_findings(ledger: Ledger) -> list[int]:
    """The first fixes of two approved findings."""
    told = [a_finding(three_fixes(first), subject=f"hubspot:contact:{first}") for first in (1, 4)]
    filed(ledger, *told)
    for one in told:
        decide(ledger, again(ledger, one))
    return [fix_ids(again(ledger, one))[0] for one in told]


def stands(ledger: Ledger) -> tuple[Any, ...]:
    """How the first fix in the ledger stands."""
    return rows(ledger, schema.fix, "state", "lease_owner", "lease_until", "sent_at", "image")[0]


def audited(ledger: Ledger, kind: str) -> list[Any]:
    """What the audit's lines of one kind say."""
    return [body for said, body in rows(ledger, schema.audit, "kind", "body") if said == kind]


def by_hand(ledger: Ledger, statement: str, **values: Any) -> None:
    """What somebody does to the database who has its password, and may remove what guards its audit."""
    with ledger.write() as connection:
        if " audit" in statement:
            unguard(connection)
        connection.execute(sa.text(statement), values)


def unguard(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        return
    for verb in ("UPDATE", "DELETE"):
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_only_grows_{verb}"))


def at_once(act: Callable[[int], Any], number: int = THREADS) -> list[Any]:
    """What each of many threads gets that act at the same moment: an answer or an error of ours."""
    start = Barrier(number)

    def one(index: int) -> Any:
        start.wait(30)
        try:
            return act(index)
        except RollcallError as error:
            return type(error)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def tally(answers: list[Any]) -> Mapping[Any, int]:
    return {answer: answers.count(answer) for answer in answers}
