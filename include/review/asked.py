"""Clients' requests in the words of the page: where each stands, what was asked, and what a person can do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from include.requests import PROOFS, Request
from include.review import words
from include.review.waits import TONES, WENT
from include.store import requests, reviewing
from include.store.requests import RequestRow

STANDS = {
    requests.WAITING: ("Waits to be looked up", "quiet"),
    requests.CHOOSE: ("Several clients: choose one", "warn"),
    requests.LOCATED: ("Client found, being checked", "quiet"),
    requests.CHECKED: ("Checked, being filed", "quiet"),
    requests.TROUBLE: ("Cannot be done as asked", "bad"),
    requests.DONE: ("Nothing left to change", "good"),
    requests.WITHDRAWN: ("Withdrawn", "quiet"),
}
LED_TO = {
    "open": ("Waits for a reviewer", "warn"),
    "half_approved": ("Waits for a second reviewer", "warn"),
    "approved": ("Approved, not applied yet", "warn"),
    "deferred": ("Deferred by a reviewer", "quiet"),
    "rejected": ("Rejected by a reviewer", "bad"),
    "settled": ("Done", "good"),
    "gone": ("Closed", "quiet"),
}
FORGOTTEN = "(forgotten)"
WHOM = {
    "coming": "Old address, before the change",
    "off": "Old address, that it is called off",
    "old": "Old address",
    "new": "New address",
}


def line(row: RequestRow) -> dict[str, Any]:
    """One line of the list."""
    says, tone = LED_TO[str(row.finding_state)] if row.state == requests.FILED else STANDS[row.state]
    return {
        "id": row.id,
        "client": row.asked.get("client", FORGOTTEN),
        "known_as": _known_as(row),
        "new_address": row.asked.get("new_address"),
        "says": says,
        "tone": tone,
        "requester": row.requester,
        "day": _day(row.at),
    }


def whole(
    row: RequestRow,
    told: Sequence[tuple[str, str, str, str | None]],
    user: str,
    until: str | None = None,
    objected: bool = False,
) -> dict[str, Any]:
    """Everything about one request. `until`: when an approved one may be applied; `objected`: whether it is frozen."""
    mine = reviewing.person(row.requester) == reviewing.person(user)
    concerned = mine or reviewing.may_decide(user)
    undecided = row.state == requests.FILED and row.finding_state in requests.UNDECIDED
    return {
        **line(row),
        "state": row.state,
        "asked": [] if row.forgotten else _asked(Request.from_json(row.asked)),
        "forgotten": row.forgotten,
        "finding": row.finding_id,
        "client_found": row.found.get("client"),
        "candidates": row.found.get("candidates", []) if row.state == requests.CHOOSE else [],
        "more": row.found.get("more"),
        "troubles": [words.spelled(one) for one in row.found.get("troubles", ())],
        "remarks": [words.spelled(one) for one in row.found.get("remarks", ())],
        "problem": row.found.get("problem"),
        "told": [
            {"whom": WHOM[which], "address": address, "went": WENT[state], "tone": TONES[state], "problem": problem}
            for which, address, state, problem in told
        ],
        "waits": row.state in requests.TO_PLAN,
        "until": until,
        "objected": objected,
        "undecided": undecided,
        "may_choose": row.state == requests.CHOOSE and mine,
        "may_repeat": concerned and (row.state in {requests.TROUBLE, requests.CHOOSE} or undecided),
        "may_withdraw": concerned and row.state in requests.UNDER_WAY,
        "mine": mine,
        "genuine": row.genuine,
    }


def _asked(asked: Request) -> list[tuple[str, str]]:
    """What was asked, as a list of questions and answers."""
    seen = asked.proof
    person = f"A new person: {asked.first_name} {asked.last_name}" if asked.new_person else "The same person"
    proof = f"{PROOFS[seen.kind].capitalize()}: {seen.reference}"
    domains = f"The client agreed for {', '.join(asked.domains)}" if asked.domains else "Stay as they are"
    return [
        ("Client, as it was given", asked.client),
        ("New address", asked.new_address),
        ("Whose it is", person),
        ("Why", asked.reason),
        ("Proof of who asks", f"{proof}. Seen by {seen.seen_by} on {seen.seen_on.isoformat()}"),
        ("Old mailbox", "Lost: the client no longer reads it" if asked.mailbox_lost else "The client still reads it"),
        ("Sub-contacts", "The client agreed for those with the old address" if asked.contacts else "Stay as they are"),
        ("cPanel accounts", "The client agreed to the change" if asked.cpanel else "Stay as they are"),
        ("Domains (WHOIS)", domains),
    ]


def _known_as(row: RequestRow) -> str | None:
    """The name of the client that was found, where that says more than what was given."""
    known = row.found.get("client") or {}
    name = known.get("name") or known.get("company")
    return str(name) if name and str(name).casefold() != str(row.asked.get("client")).casefold() else None


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
