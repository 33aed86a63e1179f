"""Merges two contacts as HubSpot does: into a third one with a new id, for good."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.hubspot.portal import Contact, Portal, additional, all_of
from include.sandbox.hubspot.refusals import Refused, body_of


async def merge(portal: Portal, request: Request) -> Response:
    """The survivor's values win; its duplicate's addresses become additional ones; both old ids lead to the new one."""
    body = await body_of(request)
    asked = [str(body.get(name, "")) for name in ("primaryObjectId", "objectIdToMerge")]
    if not all(id.isdecimal() for id in asked):
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: primaryObjectId and objectIdToMerge are required")
    survivor, duplicate = map(int, asked)
    try:
        _may(portal, survivor, duplicate)
    except Refused:
        portal.wrote(request, survivor, "merge", {"duplicate": [f"hubspot:contact:{duplicate}", None]}, "refused")
        raise
    first, second = portal.contacts.pop(survivor), portal.contacts.pop(duplicate)
    new = portal.new_id()
    merged = _merged(portal, first, second, survivor, duplicate)
    portal.contacts[new] = merged
    portal.forwards |= {survivor: new, duplicate: new}
    portal.notes_of[new] = portal.notes_of.pop(survivor, []) + portal.notes_of.pop(duplicate, [])
    changed: dict[str, list[Any]] = {
        "id": [str(survivor), str(new)],
        "duplicate": [f"hubspot:contact:{duplicate}", None],
    }
    changed |= {name: [first[name], value] for name, value in merged.items() if first[name] != value}
    portal.wrote(request, survivor, "merge", changed, "applied")
    portal.touch(new)
    return JSONResponse(portal.told(new, ()))


def _may(portal: Portal, survivor: int, duplicate: int) -> None:
    status = portal.desk.switches["hubspot_merge_refused"]
    gone = [id for id in (survivor, duplicate) if id not in portal.contacts]
    if gone and status == 404:
        raise Refused.gone(gone[0])
    if gone or survivor == duplicate:
        raise Refused(status, "VALIDATION_ERROR", "Object ids to merge must be two different existing contacts")
    consumed = sum(len(_consumed(portal.contacts[id])) for id in (survivor, duplicate))
    if consumed >= 2 * portal.desk.switches["hubspot_merge_cap"]:
        raise Refused(414, "VALIDATION_ERROR", "Cannot have more than 250 identities on a profile")


def _merged(portal: Portal, first: Contact, second: Contact, survivor: int, duplicate: int) -> Contact:
    own = {email.casefold() for email in all_of(first)}
    emails = additional(first) + [email for email in all_of(second) if email.casefold() not in own]
    fills = portal.desk.switches["hubspot_merge_fills_blanks"]
    values = {name: value or second[name] for name, value in first.items()} if fills else dict(first)
    primary = first["email"] or (emails.pop(0) if emails else None)
    consumed = [*_consumed(first), *_consumed(second), str(survivor), str(duplicate)]
    return values | {
        "email": primary,
        "hs_additional_emails": ";".join(emails) or None,
        "createdate": min(filter(None, (first["createdate"], second["createdate"]))),
        "hs_merged_object_ids": ";".join(consumed),
    }


def _consumed(contact: Contact) -> list[str]:
    return [id for id in (contact["hs_merged_object_ids"] or "").split(";") if id]
