"""Keeps notes and which contact each belongs to, as HubSpot does."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.hubspot.portal import BATCH, Portal, stamp
from include.sandbox.hubspot.refusals import Refused, body_of, inputs_of

NOTE_OF_CONTACT = 202
LONGEST = 65_536
LIMIT = 500


class Notes:
    """The notes' endpoints."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def create(self, request: Request) -> Response:
        """A new note on a contact. Nothing keeps it from being there twice."""
        body = await body_of(request, properties=dict, associations=list)
        properties = body.get("properties", {})
        for name in ("hs_timestamp", "hs_note_body"):
            if not properties.get(name) or not isinstance(properties[name], str):
                raise Refused.invalid(name, "REQUIRED_PROPERTY", f'"{name}" is required')
        if len(properties["hs_note_body"]) > LONGEST:
            raise Refused.invalid("hs_note_body", "TOO_LONG", f"At most {LONGEST} characters")
        contacts = [self.portal.canonical(int(to)) for to in _contacts(body)]
        id, now = self.portal.new_id(), stamp(self.portal.desk.tick())
        self.portal.notes[id] = {"hs_createdate": now, "hs_object_id": str(id)} | properties
        for contact in contacts:
            self.portal.notes_of.setdefault(contact, []).append(id)
            self.portal.wrote(request, contact, "note", {"note": [None, properties["hs_note_body"]]}, "applied")
            self.portal.touch(contact)
        return JSONResponse(self._told(id, ()), 201)

    async def batch_read(self, request: Request) -> Response:
        """Several notes by id."""
        asked, inputs = await inputs_of(request)
        ids = [int(one) for one in inputs if one.isdecimal()]
        there = [id for id in ids if id in self.portal.notes]
        body = BATCH | {"results": [self._told(id, asked.get("properties", ())) for id in there]}
        return JSONResponse(body, 200 if len(there) == len(inputs) else 207)

    async def of_contact(self, request: Request) -> Response:
        """The ids of a contact's notes, page by page."""
        limit = min(int(request.query_params.get("limit", LIMIT)), LIMIT)
        after = int(request.query_params.get("after", "0"))
        notes = self.portal.notes_of.get(self.portal.canonical(request.path_params["id"]), [])
        following = [id for id in sorted(notes) if id > after]
        kind = {"category": "HUBSPOT_DEFINED", "typeId": NOTE_OF_CONTACT - 1, "label": None}
        page = following[:limit]
        body: dict[str, Any] = {"results": [{"toObjectId": str(id), "associationTypes": [kind]} for id in page]}
        if len(following) > len(page):
            body["paging"] = {"next": {"after": str(page[-1])}}
        return JSONResponse(body)

    def _told(self, id: int, wanted: Any) -> dict[str, Any]:
        note = self.portal.notes[id]
        return {
            "id": str(id),
            "properties": {name: note.get(name) for name in (wanted or note)},
            "createdAt": note["hs_createdate"],
            "updatedAt": note["hs_createdate"],
            "archived": False,
        }


def _contacts(body: dict[str, Any]) -> list[str]:
    found = []
    for association in body.get("associations", ()):
        try:
            types = [(one["associationCategory"], one["associationTypeId"]) for one in association["types"]]
            to = str(association["to"]["id"])
        except (KeyError, TypeError) as error:
            raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: an association is not valid") from error
        if types != [("HUBSPOT_DEFINED", NOTE_OF_CONTACT)] or not to.isdecimal():
            raise Refused(400, "VALIDATION_ERROR", "An association type is not valid between note and contact")
        found.append(to)
    return found
