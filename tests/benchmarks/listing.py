"""
How long a page of the list of findings takes with many open ones: read on from where the page before ended, beside the
same page by LIMIT and OFFSET; and the whole answer, as a browser gets it. `python -m tests.benchmarks.listing`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.store import dossiers, findings, listing
from include.store.ledger import Ledger, open_ledger, upgrade
from include.store.schema import finding, fix, option

if TYPE_CHECKING:
    from tests.review.page import Reader

RULES = ("billing_drift", "duplicate_contact", "email_mismatch", "orphaned_order", "shared_mailbox")
PAGE = 50
MEASURED = (
    "keyset: findings.page and its dossiers, as the page reads them. offset: the rows alone, by LIMIT and OFFSET. "
    "answer: the whole page by HTTP without a network, with its counts and ages."
)


def filled(url: str, number: int) -> Ledger:
    """A ledger with so many open findings of one option and one fix each."""
    upgrade(url)
    ledger = open_ledger(url)
    rows = [
        {
            "id": f"{at:016x}", "key": f"key {at}", "rule": RULES[at % 5], "subject": f"hubspot:contact:{at}",
            "others": [],
            "confidence": 1 - (at % 97) / 100, "doubt": (at % 97) / 100, "shape": "0" * 16, "platforms": " hubspot ",
            "because": [{"evidence": "phone", "weight": 1, "says": "The phone numbers are equal."}] * 4, "content": "",
            "recommended": 0, "version": 1, "state": "open", "first_night": "2026-10-01", "last_night": "2026-10-01",
            "changed_at": datetime(2026, 10, 1, tzinfo=UTC),
        }
        for at in range(number)
    ]  # fmt: skip
    told = {
        row["id"]: dossiers.Dossier([{"ref": row["subject"], "email": f"person{at}@post.example", "first_name": "Ada"}])
        for at, row in enumerate(rows)
    }
    options = [
        {
            "id": at,
            "finding_id": f"{at:016x}",
            "version": 1,
            "number": 0,
            "label": "Use the new address",
            "hash": f"{at:064x}",
        }
        for at in range(number)
    ]
    fixes = [
        {
            "option_id": at, "position": 0, "platform": "hubspot", "target": f"hubspot:contact:{at}",
            "action": "set_email", "before": {"email": "old@post.example"}, "after": {"email": "new@post.example"},
            "state": "planned",
        }
        for at in range(number)
    ]  # fmt: skip
    with ledger.write() as connection:
        connection.execute(sa.insert(finding), rows)
        connection.execute(sa.insert(option), options)
        connection.execute(sa.insert(fix), fixes)
        dossiers.keep(connection, told)
    return ledger


def keyset(ledger: Ledger, after: str | None) -> None:
    rows = findings.page(ledger, after=after, limit=PAGE + 1)
    dossiers.read(ledger, [row.id for row in rows])


def offset(ledger: Ledger, skipped: int) -> None:
    wanted = listing.question(listing.Filters()).order_by(*listing.ORDER).limit(PAGE + 1).offset(skipped)
    with ledger.read() as connection:
        connection.execute(wanted).all()


def p95(work: Callable[[], None], turns: int) -> float:
    """Milliseconds that 95 of 100 turns do not exceed."""
    times = []
    for _ in range(turns):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def answer(reader: Reader, query: str) -> None:
    got = reader.get(f"/{query}")
    if got.status_code != 200 or "<li data-id" not in got.text:
        raise RuntimeError(f"this is no page of the list: {got.status_code}")


def measured(number: int, turns: int, folder: Path) -> list[tuple[str, float]]:
    ledger = filled(f"sqlite:///{folder / 'ledger.db'}", number)
    deep = min(number * 9 // 10, number - PAGE)
    with ledger.read() as connection:
        ids = sa.select(finding.c.id).where(finding.c.state == "open").order_by(*listing.ORDER).offset(deep - 1)
        last = connection.execute(ids.limit(1)).scalar()
    sought = listing.Filters(sought="person4999")
    from tests.review.page import Reader

    ann = Reader(ledger)
    return [
        ("first page, keyset", p95(lambda: keyset(ledger, None), turns)),
        ("first page, offset", p95(lambda: offset(ledger, 0), turns)),
        ("deep page, keyset", p95(lambda: keyset(ledger, last), turns)),
        ("deep page, offset", p95(lambda: offset(ledger, deep), turns)),
        ("first page, answer", p95(lambda: answer(ann, ""), turns)),
        ("deep page, answer", p95(lambda: answer(ann, f"?after={last}"), turns)),
        ("one rule, answer", p95(lambda: answer(ann, "?rule=email_mismatch"), turns)),
        ("search", p95(lambda: findings.page(ledger, filters=sought, limit=PAGE + 1) and None, turns)),
    ]


def told(number: int, turns: int = 20) -> list[str]:
    """One line a way of reading the list."""
    with tempfile.TemporaryDirectory() as home:
        found = measured(number, turns, Path(home))
    return [f"{name:<20} {took:8.1f} ms (95th percentile, {number:,} open findings)" for name, took in found]


if __name__ == "__main__":
    sys.stdout.write("\n".join([*told(50_000), MEASURED, ""]))
