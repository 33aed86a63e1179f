"""
One decision on many equal findings: of the same rule, with options of the same shape.

Each is decided by itself, with the version and the hash that the reviewer saw of it; the answer says of each whether it
took. Nothing is all or nothing, and nothing is passed over in silence: one that has changed since, or was decided by
somebody else, is refused and named, and the others stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError

from include.errors import AlreadyDecided, FindingChanged, NotAllowed, Unreachable
from include.model import Verdict
from include.review import deciding
from include.review.desk import Desk
from include.review.refusals import as_json
from include.review.shown import ONE_BY_ONE
from include.store import findings, reviewing
from include.store.findings import FindingRow

MOST = 50
UNREACHED = "The ledger could not be reached any more. Reload the page to see how it stands."
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class One(BaseModel):
    """One finding as it was listed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: Id
    version: int = Field(ge=1, lt=2**31)
    option_hash: str | None = Field(None, max_length=64)


class AskedOfMany(BaseModel):
    """A decision on several findings."""

    model_config = ConfigDict(extra="forbid", strict=True)
    verdict: Verdict
    reason: str | None = Field(None, max_length=2000)
    until: str | None = Field(None, max_length=10)
    findings: list[One] = Field(min_length=1, max_length=MOST)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    asked_for = Depends(desk.sent(AskedOfMany))

    @router.post("/api/decisions")
    def decide_many(user: str = Depends(desk.writer), asked: AskedOfMany = asked_for) -> Response:
        """Decide each; `took` and `not` say how many did and did not."""
        reviewing.require_reviewer(user)
        ledger = desk.ledger()
        seen = [(one, findings.get(ledger, one.id)) for one in asked.findings]
        if asked.verdict is Verdict.APPROVED and any(row is not None and row.rule in ONE_BY_ONE for _, row in seen):
            raise HTTPException(422, "What somebody asked for is approved one by one: open each.")
        current = [row for one, row in seen if row is not None and row.version == one.version]
        if len({one.id for one in asked.findings}) != len(asked.findings) or not _equal(current):
            raise HTTPException(422, "These findings are not equal: decide on each kind by itself.")
        told = _decide_each(desk, user, asked)
        took = sum(1 for one in told if one["state"] is not None)
        return as_json({"took": took, "not": len(told) - took, "findings": told})

    return router


def _equal(rows: Sequence[FindingRow]) -> bool:
    """Whether all are equal; one whose shape was never worked out is equal to no other."""
    shapes = {(row.rule, row.shape) for row in rows}
    return len(rows) < 2 or (len(shapes) == 1 and all(row.shape for row in rows))


def _decide_each(desk: Desk, user: str, asked: AskedOfMany) -> list[dict[str, str | None]]:
    """What became of each. Where the ledger goes away half-way, what it has taken is told all the same."""
    told: list[dict[str, str | None]] = []
    for one in asked.findings:
        try:
            told.append(_decide(desk, user, asked, one))
        except (DBAPIError, Unreachable):
            if not told:
                raise
            rest = asked.findings[len(told) :]
            return told + [{"id": each.id, "state": None, "why": UNREACHED} for each in rest]
    return told


def _decide(desk: Desk, user: str, asked: AskedOfMany, one: One) -> dict[str, str | None]:
    approves = asked.verdict is Verdict.APPROVED
    try:
        state = deciding.decide(
            desk.ledger(),
            one.id,
            verdict=asked.verdict,
            reviewer=user,
            version=one.version,
            option_hash=one.option_hash if approves else None,
            reason=asked.reason,
            until=asked.until,
        )
    except (AlreadyDecided, FindingChanged, NotAllowed) as error:
        return {"id": one.id, "state": None, "why": str(error)}
    return {"id": one.id, "state": state, "why": None}
