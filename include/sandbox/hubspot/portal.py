"""
The sandbox's portal: its contacts and notes, kept in memory as HubSpot words them, and where merged ids lead.

It holds and finds records; what may be changed, and with which refusals, is for the other files here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.sandbox.hubspot.refusals import Refused
from include.sandbox.world import TODAY

if TYPE_CHECKING:
    from starlette.requests import Request

    from include.sandbox.desk import Desk
    from include.sandbox.world import Account, World

# name: (type, whose it is to set)
PROPERTIES: dict[str, tuple[str, str]] = {
    "email": ("string", "anyone"),
    "hs_additional_emails": ("enumeration", "switch"),
    "firstname": ("string", "anyone"),
    "lastname": ("string", "anyone"),
    "company": ("string", "anyone"),
    "phone": ("string", "anyone"),
    "member_email": ("string", "hubspot"),
    "mobilephone": ("string", "anyone"),
    "address": ("string", "anyone"),
    "city": ("string", "anyone"),
    "zip": ("string", "anyone"),
    "country": ("string", "anyone"),
    "jobtitle": ("string", "anyone"),
    "lifecyclestage": ("enumeration", "anyone"),
    "bigcommerce_customer_id": ("string", "anyone"),
    "shopify_customer_id": ("string", "anyone"),
    "whmcs_client_id": ("string", "anyone"),
    "createdate": ("datetime", "hubspot"),
    "lastmodifieddate": ("datetime", "hubspot"),
    "hs_object_id": ("number", "hubspot"),
    "hs_merged_object_ids": ("enumeration", "hubspot"),
    "hs_email_domain": ("string", "calculated"),
    "num_notes": ("number", "calculated"),
}
DEFAULTS = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")
LINKS = {
    "bigcommerce:customer": "bigcommerce_customer_id",
    "shopify:customer": "shopify_customer_id",
    "whmcs:client": "whmcs_client_id",
}

Contact = dict[str, str | None]  # its properties; every value is text or null


class Portal:
    """Contacts by id, the ids that forward to others, and notes."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.desk = desk
        self.contacts = {int(account.id): _contact(account) for account in world.of("hubspot", "contact")}
        self.forwards: dict[int, int] = {}
        self.notes: dict[int, Contact] = {}
        self.notes_of: dict[int, list[int]] = {}
        self._last = max(self.contacts, default=10_000)

    def new_id(self) -> int:
        """An id that no record had before."""
        self._last += 3
        return self._last

    def canonical(self, id: int) -> int:
        """The id of the contact that `id` leads to."""
        while id in self.forwards:
            id = self.forwards[id]
        if id not in self.contacts:
            raise Refused.gone(id)
        return id

    def holder(self, email: str, but: int | None = None) -> int | None:
        """The contact that has an address, first or additional, whatever its case."""
        wanted = email.strip().casefold()
        for id, contact in self.contacts.items():
            if id != but and wanted in map(str.casefold, all_of(contact)):
                return id
        return None

    def taken(self, email: str, holder: int) -> Refused:
        """The refusal of an address that `holder` has, in the form and under the id that are switched."""
        switches = self.desk.switches
        olds = [old for old in self.forwards if self.canonical(old) == holder]
        named = olds[0] if olds and switches["hubspot_conflict_id"] == "merged" else holder
        return Refused.taken(switches["hubspot_conflict"], email, str(named))

    def stored(self, email: str) -> str:
        """An address as it is kept."""
        plain = email.strip()
        return plain.lower() if self.desk.switches["hubspot_email_case"] == "lower" else plain

    def touch(self, id: int) -> None:
        """The contact was changed just now."""
        self.contacts[id]["lastmodifieddate"] = stamp(self.desk.tick())

    def wrote(self, request: Request, id: int, action: str, changed: dict[str, list[Any]], effect: str) -> None:
        """Write down what a request did to a contact."""
        self.desk.wrote("hubspot", request, f"hubspot:contact:{id}", action, changed, effect)

    def told(self, id: int, wanted: Iterable[str]) -> dict[str, Any]:
        """A contact as HubSpot tells it. Names it does not know are ignored; what has no value is null."""
        contact = self.contacts[id]
        counted = {
            "hs_object_id": str(id),
            "hs_email_domain": (contact["email"] or "").rpartition("@")[2] or None,
            "num_notes": str(len(self.notes_of.get(id, ()))),
        }
        names = [name for name in wanted if name in PROPERTIES] or DEFAULTS
        return {
            "id": str(id),
            "properties": {name: (contact | counted).get(name) for name in names},
            "createdAt": contact["createdate"],
            "updatedAt": contact["lastmodifieddate"],
            "archived": False,
        }


def all_of(contact: Contact) -> list[str]:
    """All addresses of a contact, the first one first."""
    return [email for email in (contact["email"], *additional(contact)) if email]


def additional(contact: Contact) -> list[str]:
    """The additional addresses of a contact."""
    return [email for email in (contact["hs_additional_emails"] or "").split(";") if email]


def stamp(moment: datetime) -> str:
    """A time as HubSpot writes it: UTC, milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


# What every answer to a batch begins with; the sandbox needs no time for one.
BATCH: dict[str, Any] = {"status": "COMPLETE", "startedAt": stamp(TODAY), "completedAt": stamp(TODAY)}


def _contact(account: Account) -> Contact:
    contact: Contact = dict.fromkeys(name for name, (_, whose) in PROPERTIES.items() if whose != "calculated")
    contact |= {
        "email": account.email or None,
        "hs_additional_emails": ";".join(account.other_emails) or None,
        "firstname": account.first_name or None,
        "lastname": account.last_name or None,
        "company": account.company or None,
        "phone": account.phone or None,
        "address": account.street or None,
        "city": account.city or None,
        "zip": account.postcode or None,
        "country": account.country or None,
        "lifecyclestage": "customer",
        "createdate": stamp(account.created_at),
        "lastmodifieddate": stamp(account.updated_at),
    }
    for link in account.links:
        kind, _, id = link.rpartition(":")
        contact[LINKS[kind]] = id
    return contact
