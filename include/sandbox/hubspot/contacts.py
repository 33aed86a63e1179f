"""Lists, reads and updates contacts as HubSpot does."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.hubspot.listing import Listing
from include.sandbox.hubspot.portal import BATCH, PROPERTIES, Contact, Portal, additional, stamp
from include.sandbox.hubspot.refusals import Refused, body_of, inputs_of, not_there

LIMIT = 100
ADDRESS = re.compile(r"[^@\s;]+@[^@\s;]+\.[^@\s;]+")


class Contacts:
    """The contacts' endpoints."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._listing = Listing(portal)

    async def page(self, request: Request) -> Response:
        """A page of contacts; merged ones are not among them."""
        limit = request.query_params.get("limit", "10")
        if not limit.isdecimal() or not 1 <= int(limit) <= LIMIT:
            raise Refused(400, "VALIDATION_ERROR", f"Page size must be between 1 and {LIMIT}")
        if request.query_params.get("archived", "false").lower() == "true":
            return JSONResponse({"results": []})
        page, after = self._listing.page(request.query_params.get("after"), int(limit))
        wanted = _wanted(request)
        body: dict[str, Any] = {"results": [self.portal.told(id, wanted) for id in page]}
        if after:
            body["paging"] = {"next": {"after": after, "link": str(request.url.include_query_params(after=after))}}
        return JSONResponse(body)

    async def get(self, request: Request) -> Response:
        """One contact; the id of a merged one leads to what it became."""
        id = self.portal.canonical(request.path_params["id"])
        return JSONResponse(self.portal.told(id, _wanted(request)))

    async def batch_read(self, request: Request) -> Response:
        """Several contacts by id or by address. An additional address finds its contact too, and does not say so."""
        asked, inputs = await inputs_of(request)
        if len(inputs) > LIMIT:
            raise Refused(400, "VALIDATION_ERROR", f"The maximum number of inputs is {LIMIT}")
        by_email = asked.get("idProperty") == "email"
        if not by_email and not all(one.isdecimal() for one in inputs):
            raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: an id is a number")
        found = {one: self.portal.holder(one) if by_email else int(one) for one in inputs}
        there = [id for id in dict.fromkeys(found.values()) if id in self.portal.contacts]
        results = [self.portal.told(id, asked.get("properties", ())) for id in there if id is not None]
        body: dict[str, Any] = BATCH | {"results": results}
        if missing := len(inputs) - len(there):
            lost = [one for one, id in found.items() if id not in self.portal.contacts]
            return JSONResponse(body | {"numErrors": missing, "errors": [not_there(lost)]}, 207)
        return JSONResponse(body)

    async def create(self, request: Request) -> Response:
        """A new contact."""
        wished = (await body_of(request, properties=dict)).get("properties", {})
        id, now = self.portal.new_id(), stamp(self.portal.desk.tick())
        blank: Contact = dict.fromkeys(name for name, (_, whose) in PROPERTIES.items() if whose != "calculated")
        self.portal.contacts[id] = blank | {"createdate": now, "lastmodifieddate": now}
        try:
            self.portal.contacts[id] |= self._allowed(request, id, wished)
        except Refused:
            del self.portal.contacts[id]
            raise
        self.portal.wrote(request, id, "create", {name: [None, value] for name, value in wished.items()}, "applied")
        return JSONResponse(self.portal.told(id, wished), 201)

    async def update(self, request: Request) -> Response:
        """Change the properties that are sent, all or none."""
        asked = request.path_params["id"]
        id = self.portal.canonical(asked)
        if id != asked and not self.portal.desk.switches["hubspot_merged_id_writable"]:
            raise Refused.gone(asked)
        wished = (await body_of(request, properties=dict)).get("properties", {})
        try:
            wanted = self._allowed(request, id, wished)
        except Refused:
            before = self.portal.contacts[id]
            asked_for = {name: [before.get(name), value] for name, value in wished.items()}
            self.portal.wrote(request, id, "update", asked_for, "refused")
            raise
        contact = self.portal.contacts[id]
        changed = {name: [contact[name], value] for name, value in wanted.items() if contact[name] != value}
        contact |= wanted
        self.portal.wrote(request, id, "update", changed, "applied" if changed else "none")
        if changed:
            self.portal.touch(id)
        return JSONResponse(self.portal.told(id, wanted))

    async def archive(self, request: Request) -> Response:
        """Take a contact out of the portal. A person could restore it; no request can."""
        id = self.portal.canonical(request.path_params["id"])
        del self.portal.contacts[id]
        self.portal.wrote(request, id, "archive", {"archived": [False, True]}, "applied")
        return Response(status_code=204)

    async def properties(self, _: Request) -> Response:
        """What properties there are, and which of them may be written."""
        writable = bool(self.portal.desk.switches["hubspot_additional_emails_writable"])
        return JSONResponse(
            {"results": [_property(name, *told, writable=writable) for name, told in PROPERTIES.items()]}
        )

    def _allowed(self, request: Request, id: int, sent: dict[str, str]) -> Contact:
        """What the contact will hold once this is written."""
        switches = self.portal.desk.switches
        for name, value in sent.items():
            whose = PROPERTIES.get(name, ("", "nobody"))[1]
            if whose == "nobody":
                raise Refused.invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
            if not (
                whose == "anyone" or (whose == "switch" and switches["hubspot_additional_emails_writable"] is True)
            ):
                raise Refused.invalid(name, "READ_ONLY_VALUE", f'"{name}" is read only')
            if not isinstance(value, str):
                raise Refused(400, "VALIDATION_ERROR", f"Invalid input JSON: {name} must be text")
        wanted: Contact = {name: value.strip() or None for name, value in sent.items()}
        if "2026-09" <= request.path_params.get("version", "") <= "9":
            after = self.portal.contacts[id] | wanted
            if missing := [name for name in switches["hubspot_required"] if not after.get(name)]:
                raise Refused.required(switches["hubspot_required_form"], missing)
        if wanted.get("email"):
            wanted |= self._email(id, str(wanted["email"]))
        if wanted.get("hs_additional_emails"):
            self._free(id, str(wanted["hs_additional_emails"]).split(";"))
        return wanted

    def _email(self, id: int, email: str) -> Contact:
        """A new first address, and what becomes of the old one."""
        switches, contact = self.portal.desk.switches, self.portal.contacts[id]
        stored = self.portal.stored(email)
        self._free(id, [stored])
        old, others = contact["email"], additional(contact)
        if old and old.casefold() == stored.casefold():
            return {"email": stored}
        own = next((one for one in others if one.casefold() == stored.casefold()), None)
        if own is None:
            keeps = switches["hubspot_old_email_stays"]
        elif switches["hubspot_own_secondary"] == "refused":
            raise self.portal.taken(stored, id)
        else:
            others.remove(own)
            keeps = switches["hubspot_own_secondary"] == "swap"
        if switches["hubspot_loses_others"]:
            others = []
        kept = [*others, old] if keeps and old else others
        member = {"member_email": contact["member_email"] or old} if switches["hubspot_memberships"] else {}
        return {"email": stored, "hs_additional_emails": ";".join(kept) or None} | member

    def _free(self, id: int, emails: list[str]) -> None:
        """Refuse addresses that are none, or that another contact has."""
        for email in emails:
            if not ADDRESS.fullmatch(email):
                raise Refused.invalid("email", "INVALID_EMAIL", f"Email address {email} is invalid")
            if (holder := self.portal.holder(email, but=id)) is not None:
                raise self.portal.taken(email, holder)


def _wanted(request: Request) -> list[str]:
    """The properties asked for: one name a parameter, or all in one parameter. The official clients do both."""
    return [name for value in request.query_params.getlist("properties") for name in value.split(",") if name]


def _property(name: str, kind: str, whose: str, writable: bool) -> dict[str, Any]:
    read_only = whose in {"hubspot", "calculated"} or (whose == "switch" and not writable)
    return {
        "name": name,
        "label": name,
        "description": "",
        "groupName": "contactinformation",
        "type": kind,
        "fieldType": "text",
        "options": [],
        "hasUniqueValue": False,
        "calculated": whose == "calculated",
        "hidden": False,
        "archived": False,
        "modificationMetadata": {"archivable": True, "readOnlyDefinition": True, "readOnlyValue": read_only},
    }
