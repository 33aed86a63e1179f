"""The v1 route for additional addresses, which HubSpot calls a preview."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.hubspot.contacts import ADDRESS
from include.sandbox.hubspot.portal import Portal, additional, all_of
from include.sandbox.hubspot.refusals import Refused


class Secondary:
    """The endpoints of v1."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def get(self, request: Request) -> Response:
        """A contact's additional addresses."""
        return self._told(self._contact(request))

    async def put(self, request: Request) -> Response:
        """Add one."""
        id, email = self._contact(request), self.portal.stored(request.path_params["email"])
        contact = self.portal.contacts[id]
        holder = self.portal.holder(email, but=id)
        if not ADDRESS.fullmatch(email) or holder is not None:
            asked = {"hs_additional_emails": [contact["hs_additional_emails"], email]}
            self.portal.wrote(request, id, "update", asked, "refused")
            if holder is not None:
                raise self.portal.taken(email, holder)
            raise Refused(400, "VALIDATION_ERROR", "Email address is invalid")
        there = email.casefold() in map(str.casefold, all_of(contact))
        return self._set(request, id, additional(contact) + ([] if there else [email]))

    async def delete(self, request: Request) -> Response:
        """Take one away."""
        id, email = self._contact(request), str(request.path_params["email"]).casefold()
        left = [one for one in additional(self.portal.contacts[id]) if one.casefold() != email]
        return self._set(request, id, left)

    def _contact(self, request: Request) -> int:
        served = self.portal.desk.switches["hubspot_v1"]
        if served is not True:
            raise Refused(served or 404, "NOT_FOUND", "This API is no longer available")
        return self.portal.canonical(request.path_params["id"])

    def _set(self, request: Request, id: int, emails: list[str]) -> Response:
        contact = self.portal.contacts[id]
        before, after = contact["hs_additional_emails"], ";".join(emails) or None
        contact["hs_additional_emails"] = after
        changed = {"hs_additional_emails": [before, after]} if before != after else {}
        self.portal.wrote(request, id, "update", changed, "applied" if changed else "none")
        if changed:
            self.portal.touch(id)
        return self._told(id)

    def _told(self, id: int) -> Response:
        emails = additional(self.portal.contacts[id])
        return JSONResponse({"portalId": 891936587, "vid": id, "secondaryEmails": emails})
