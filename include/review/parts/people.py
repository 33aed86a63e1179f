"""People: who answers to some words, and all that the ledger holds of one. The words are in no address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from include.review import beside, words
from include.review.desk import Desk, Place
from include.review.refusals import as_json
from include.review.shown import listed
from include.store import dossiers, findings, listing, persons
from include.store.findings import FindingRow
from include.store.ledger import Ledger

MENU = Place("People", "/people", 20)
ID = re.compile("[0-9a-f]{16}")
SHOWN = 30  # people of one search


class Sought(BaseModel):
    """Words that all are found in a person's names, addresses and references."""

    model_config = ConfigDict(extra="forbid", strict=True)
    sought: str = Field(min_length=2, max_length=listing.LONGEST_SEARCH)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    sought_for = Depends(desk.sent(Sought))

    @router.get("/people", response_class=HTMLResponse)
    def search_people(request: Request, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        return desk.html(request, "people.html", user=user)

    @router.post("/api/people")
    def api_people(user: str = Depends(desk.writer), asked: Sought = sought_for) -> Response:
        told = answering(desk.ledger(), asked.sought)
        return as_json(words.plainly({"people": told[:SHOWN], "more": len(told) > SHOWN}))

    @router.get("/people/{person}", response_class=HTMLResponse)
    def show_person(request: Request, person: str, user: str = Depends(desk.reviewer)) -> HTMLResponse:
        found = persons.around(desk.ledger(), person) if ID.fullmatch(person) else None
        if found is None:
            raise HTTPException(404, "There is no such person. The finding may have been filed in another ledger.")
        return desk.html(request, "person.html", user=user, person=shown(found))

    return router


def answering(ledger: Ledger, sought: str) -> list[dict[str, Any]]:
    """The people that the words are found with, one line each: findings that share a record are one person's."""
    rows: list[FindingRow] = []
    for state in words.STATES:
        rows += findings.page(ledger, filters=listing.Filters(state=state, sought=sought), limit=SHOWN * 2)
    held = dossiers.read(ledger, [row.id for row in rows])
    groups: list[tuple[set[str], list[FindingRow]]] = []
    for row in rows:
        refs = persons.refs(row, held.get(row.id))
        apart = [group for group in groups if row.rule == persons.APART or not group[0] & refs]
        joined = [group for group in groups if group not in apart]
        together = refs.union(*(group[0] for group in joined))
        groups = [*apart, (together, [*(one for group in joined for one in group[1]), row])]
    told = [_line(refs, found, held) for refs, found in groups]
    return sorted(told, key=lambda one: (not one["open"], ", ".join(one["names"] + one["addresses"]).casefold()))


def _line(refs: set[str], found: list[FindingRow], held: dict[str, dossiers.Dossier]) -> dict[str, Any]:
    records = [record for row in found if row.id in held for record in held[row.id].records]
    return {
        "id": found[0].id,
        **beside.who(dossiers.Dossier(records)),
        "records": len(refs),
        "findings": len(found),
        "open": sum(row.state in {"open", "half_approved"} for row in found),
    }


def shown(person: persons.Person) -> dict[str, Any]:
    """Everything about one person."""
    today = datetime.now(UTC).date()
    held = [record for record in person.dossier.records if ":order:" not in record["ref"]]
    known = {str(record["ref"]) for record in held}
    named = {ref for row in person.findings for ref in persons.refs(row, None)} - known
    return {
        **beside.who(person.dossier),
        "records": [_record(str(one["ref"]), one) for one in sorted(held, key=lambda one: str(one["ref"]))],
        "unseen": [words.record(ref) for ref in sorted(named)],
        "history": beside.history(person.dossier),
        "orders": beside.orders(person.dossier),
        "findings": [listed(row, today) for row in person.findings],
    }


def _record(ref: str, held: Any) -> dict[str, Any]:
    """One record: what it is called, and its fields with their values in words."""
    fields = beside.table(dossiers.Dossier([held]), [ref])["fields"]
    said = [(one["name"], one["values"][0]["text"]) for one in fields]
    return {"name": words.record(ref), "fields": [(name, text) for name, text in said if text]}
