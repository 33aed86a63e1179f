"""Findings, receipts and nights as CSV, for a spreadsheet. Nothing of a person is in an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response, StreamingResponse

from include.review import nightly, spreadsheet, words
from include.review.desk import Desk
from include.store import listed, nights
from include.store.ledger import Ledger

FINDINGS = (
    "finding", "rule", "state", "subject", "others", "strength", "proposed", "first seen", "last seen", "verdict",
    "by", "reason", "until", "decided at",
)  # fmt: skip
RECEIPTS = ("at", "outcome", "finding", "rule", "record", "action", "before", "after", "detail")
NIGHTS = ("night", "attempt", "state", "new", "came back", "gone", "waiting", "left out", "took", "stopped by")
MOST_NIGHTS = 1000


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/exports/findings.csv")
    def export_findings(state: str | None = None) -> Response:
        if state is not None and state not in words.STATES:
            raise HTTPException(404, "There is no such list.")
        return _file("findings", FINDINGS, _findings(desk.ledger(), state))

    @router.get("/exports/receipts.csv")
    def export_receipts() -> Response:
        return _file("receipts", RECEIPTS, _receipts(desk.ledger()))

    @router.get("/exports/nights.csv")
    def export_nights() -> Response:
        return _file("nights", NIGHTS, _nights(desk.ledger()))

    return router


def _findings(ledger: Ledger, state: str | None) -> Iterator[Sequence[Any]]:
    for row in listed.findings(ledger, state):
        strength, state_words = words.strength(row.confidence), words.STATES[row.state]
        decided = row.decision_at.isoformat(timespec="seconds") if row.decision_at else None
        yield (
            row.id, row.rule, state_words, row.subject, " ".join(row.others), strength, row.proposed, row.first_night,
            row.last_night, row.decision_verdict, row.decision_reviewer, row.decision_reason, row.decision_until,
            decided,
        )  # fmt: skip


def _receipts(ledger: Ledger) -> Iterator[Sequence[Any]]:
    for row in listed.receipts(ledger):
        changed = words.changes(row.action, row.before, row.after)
        before, after = ("; ".join(f"{one['field']}: {one[side]}" for one in changed) for side in ("before", "after"))
        at, outcome = row.at.isoformat(timespec="seconds"), words.OUTCOMES.get(row.outcome, row.outcome)
        yield at, outcome, row.finding_id, row.rule, row.target, words.ACTIONS[row.action], before, after, row.detail


def _nights(ledger: Ledger) -> Iterator[Sequence[Any]]:
    now = datetime.now(UTC)
    for night in nights.recent(ledger, MOST_NIGHTS):
        one = nightly.listed(night, now)
        counts = (one["new"], one["reopened"], one["gone"], one["waiting"])
        yield night.date, night.attempt, one["state"], *counts, ", ".join(one["left_out"]), one["took"], one["stopped"]


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    told = {"Content-Disposition": f'attachment; filename="rollcall-{name}.csv"'}
    return StreamingResponse(spreadsheet.lines(header, rows), headers=told, media_type="text/csv; charset=utf-8")
