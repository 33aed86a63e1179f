"""
A request held against every platform it would change something on, and what comes of that: trouble, nothing, or a plan.

The plan is one finding with one option, in the order of the support procedure: the login, the profile, the note, the
look whether the client has access, the cPanel accounts, the shops, the registrants, the sub-contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotFound
from include.model import Action, Finding, Fix, Option, Ref
from include.planning.client import look_at_client
from include.planning.draft import Draft
from include.planning.hosting import look_at_domains, look_at_hosting
from include.planning.stores import look_at_stores
from include.requests import RULE, Request
from include.requests.cooling import wait
from include.rules import _making as making
from include.store import proofs, requests

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.settings import Settings
    from include.store.requests import RequestRow
    from include.store.snapshots import Snapshots

GRANTED, NOT_YET = "granted", "not yet"


@dataclass(frozen=True, slots=True)
class Checked:
    """Where the request stands now, and what the ledger keeps of it."""

    state: str
    told: dict[str, Any]


def checked(
    row: RequestRow,
    asked: Request,
    open_platform: Callable[[str], Platform],
    snapshots: Snapshots,
    settings: Settings,
    others: Sequence[int],
) -> Checked:
    """Look at everything, and say all that is in the way at once. `others`: requests about the same client."""
    draft = Draft(row.id, row.requester, asked, Ref.parse(str(row.client)))
    whmcs = open_platform("whmcs")
    try:
        look_at_client(draft, whmcs, row.at, datetime.now(UTC).date(), settings.proof_days)
    except NotFound as gone:
        return Checked(requests.TROUBLE, {"troubles": [str(gone)]})
    look_at_hosting(draft, whmcs, open_platform)
    look_at_domains(draft, open_platform, settings)
    if others:
        numbers = making.several(map(str, others))
        draft.troubles.append(f"Request {numbers} is about the same client and is not over: settle that first.")
    if draft.troubles:
        return Checked(requests.TROUBLE, {"troubles": draft.troubles})
    look_at_stores(draft, open_platform, snapshots)
    remarks = [one.says for one in draft.because if one.evidence not in {"asked", "proof"}]
    if not draft.changes:
        return Checked(requests.DONE, {"remarks": remarks})
    if late := _too_late(draft, settings, datetime.now(UTC)):
        return Checked(requests.TROUBLE, {"troubles": [late]})
    draft.saw(draft.me, draft.new, first_name=asked.first_name, last_name=asked.last_name)
    finding = _finding(draft).as_json()
    told = {"finding": finding, "accounts": draft.accounts, "records": draft.records}
    return Checked(requests.CHECKED, told)


def _finding(draft: Draft) -> Finding:
    others = tuple(ref for ref in draft.seen if ref != draft.client)
    key = making.key_of(RULE, draft.client, others)
    fixes = [*draft.first, *_recorded(draft, key), _access(draft)]
    fixes += [*draft.hosting, *draft.stores, *draft.domains, *draft.contacts]
    whose = " and the name" if draft.asked.new_person else ""
    option = Option(f"Change the address{whose} of WHMCS client {draft.client.id} to {draft.new}", tuple(fixes))
    doubtful = any(one.weight < 0 for one in draft.because)
    because = tuple(draft.because)
    recommended = None if doubtful else 0
    return Finding(RULE, draft.client, others, making.confidence(because), because, (option,), recommended)


def _too_late(draft: Draft, settings: Settings, now: datetime) -> str | None:
    """Why nobody could approve this, be it at once: its wait is over when the proof of who asks is too old."""
    waits = wait(draft.changes, now, settings.cool_off_hours)
    day = (now + waits).date() if waits else now.date()
    if proofs.fresh(draft.asked.proof.seen_on, day, settings.proof_days):
        return None
    return (
        f"This waits until {day.isoformat()} at least, for the old address to object, and the proof of who asks will "
        f"be older than {settings.proof_days} days then: make sure again, and ask anew."
    )


def _recorded(draft: Draft, key: str) -> list[Fix]:
    """The note on the client: when, why, and who authorised it (the approval is added when it is written)."""
    text = f"The client asked for another address (request {draft.number}). Why: {draft.asked.reason}. Who asked was"
    text += f" made sure of by: {draft.proof}. Taken down by {draft.requester}."
    return making.notes(key, draft.changes, [draft.client], text)


def _access(draft: Draft) -> Fix:
    """The look whether the client has access with the new address, before anything beyond WHMCS is changed."""
    wanted = {"access": GRANTED, "email": draft.new}
    return Fix(draft.client, Action.CHECK_ACCESS, {"access": NOT_YET}, wanted)
