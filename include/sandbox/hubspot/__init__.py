"""
A HubSpot to practice on: contacts with several addresses, merges into a third record, notes and their associations.

Every path is served in the v3 form and in the dated form (`/crm/objects/2026-03/...`). It mails nobody, and
forgets everything when it stops. What HubSpot does not document is a switch on the desk.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from include.sandbox.hubspot.account import PORTAL, Account
from include.sandbox.hubspot.contacts import Contacts
from include.sandbox.hubspot.merges import merge
from include.sandbox.hubspot.notes import Notes
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.refusals import Refused, refused, unknown_key
from include.sandbox.hubspot.search import Search
from include.sandbox.hubspot.secondary import Secondary

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from include.sandbox.desk import Desk
    from include.sandbox.world import World

SWITCHES = {
    "hubspot_portal": PORTAL,  # another number is another portal
    "hubspot_old_email_stays": False,  # does PATCH of `email` keep the old address as an additional one?
    "hubspot_loses_others": False,  # does PATCH of `email` drop the additional addresses?
    "hubspot_memberships": False,  # do members sign in by `member_email`, which stays as the first address was?
    "hubspot_own_secondary": "swap",  # PATCH to an address of its own: "swap", "drop" (the old one goes), "refused"
    "hubspot_additional_emails_writable": False,  # may it be written? "told": no, though it says so
    "hubspot_v1": True,  # is the v1 route for additional addresses still there? 404 or 410: how it says that it is gone
    "hubspot_conflict": "plain",  # or "rich", "profile", "exists", "no_id", "validation", "bad": how one is taken
    "hubspot_conflict_id": "current",  # or "merged": an id that the holder had before it was merged, where it had one
    "hubspot_merge_refused": 400,  # or 404: the status for merging a contact with itself or with one merged away
    "hubspot_merged_id_writable": True,  # does PATCH by the id of a merged contact forward?
    "hubspot_merge_cap": 250,  # merges that one contact may hold
    "hubspot_merge_fills_blanks": False,  # does the merged contact take values where the survivor has none?
    "hubspot_email_case": "lower",  # or "kept": how an address is stored
    "hubspot_required": [],  # properties that the portal's own rules require on every write (2026-09 and later)
    "hubspot_required_form": "value",  # or "errors", "context": where a refusal names them
    "hubspot_cursor": "last",  # the list's: the "last" id, the "next" one, "own" (an id it gave, no other), "opaque"
    "hubspot_list_by_id": True,  # is the list in the order of ids?
    "hubspot_search_lag": 0,  # seconds before the newest change in which a changed contact is not found yet
    "hubspot_search": True,  # may this key search?
    "hubspot_scopes": ["crm.objects.contacts.read", "crm.objects.contacts.write"],
    "hubspot_details_want": None,  # or "oauth": the scope without which the account's details are not told
    "hubspot_tells_scopes": True,  # is a key told its scopes? Documented for private apps, not for service keys
}

Handler = Callable[["Request"], Awaitable["Response"]]

VERSION = re.compile(r"v3|20\d\d-(03|09)")
READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"


def routes(world: World, desk: Desk) -> list[BaseRoute]:
    """The portal's routes, below HubSpot's own host."""
    for name, value in SWITCHES.items():
        desk.switches.setdefault(name, value)
    portal = Portal(world, desk)
    contacts, notes, secondary, account = Contacts(portal), Notes(portal), Secondary(portal), Account(portal)
    search = Search(portal)

    async def merged(request: Request) -> Response:
        return await merge(portal, request)

    def route(path: str, method: str, scope: str | None, handler: Handler) -> Route:
        async def guarded(request: Request) -> Response:
            if not VERSION.fullmatch(request.path_params.get("version", "v3")):
                return refused(Refused(404, "NOT_FOUND", "This version of the API does not exist"))
            if request.headers.get("Authorization") != "Bearer sandbox":
                return unknown_key()
            if scope is not None and scope not in desk.switches["hubspot_scopes"]:
                return refused(Refused.scope(scope))
            try:
                return await handler(request)
            except Refused as no:
                return refused(no)

        return Route(path, guarded, methods=[method])

    def both(path: str, method: str, scope: str, handler: Handler) -> list[Route]:
        """An objects' path in its two forms."""
        prefixes = ("/crm/v3/objects", "/crm/objects/{version}")
        return [route(prefix + path, method, scope, handler) for prefix in prefixes]

    v1 = "/contacts/v1/secondary-email/{id:int}"
    return [
        route("/account-info/v3/details", "GET", None, account.details),
        route("/oauth/v2/private-apps/get/access-token-info", "POST", None, account.key),
        route("/crm/v3/properties/contacts", "GET", READ, contacts.properties),
        route("/crm/properties/{version}/contacts", "GET", READ, contacts.properties),
        *both("/contacts", "GET", READ, contacts.page),
        *both("/contacts", "POST", WRITE, contacts.create),
        *both("/contacts/search", "POST", READ, search.contacts),
        *both("/contacts/merge", "POST", WRITE, merged),
        *both("/contacts/batch/read", "POST", READ, contacts.batch_read),
        *both("/contacts/{id:int}", "GET", READ, contacts.get),
        *both("/contacts/{id:int}", "PATCH", WRITE, contacts.update),
        *both("/contacts/{id:int}", "DELETE", WRITE, contacts.archive),
        *both("/notes", "POST", WRITE, notes.create),
        *both("/notes/batch/read", "POST", READ, notes.batch_read),
        route("/crm/v4/objects/contacts/{id:int}/associations/notes", "GET", READ, notes.of_contact),
        route("/crm/objects/{version}/contacts/{id:int}/associations/notes", "GET", READ, notes.of_contact),
        route(v1, "GET", READ, secondary.get),
        route(v1 + "/email/{email:path}", "PUT", WRITE, secondary.put),
        route(v1 + "/email/{email:path}", "DELETE", WRITE, secondary.delete),
    ]
