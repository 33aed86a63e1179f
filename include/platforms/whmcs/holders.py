"""
Who holds an address in WHMCS: logins, clients, and the sub-contacts of clients.

Asked about the new address, it shows what would refuse the change; asked about the old one, it shows what would be left
behind. Changes nothing. What it hands out are references; no address is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.model import Ref
from include.platforms.whmcs.find import folded, searched
from include.whmcs_shapes import record_id, text

if TYPE_CHECKING:
    from include.platforms.whmcs.api import Api


def holders(api: Api, address: str) -> tuple[Ref, ...]:
    """Every login, client and sub-contact whose address this is, in any spelling of its case."""
    api.require_version()
    begins = searched(address)
    logins = (Ref("whmcs", "login", _id(row)) for row in api.logins(begins) if _holds(row, address))
    clients = (Ref("whmcs", "client", _id(row)) for row in api.clients(begins) if _holds(row, address))
    contacts = (Ref("whmcs", "contact", _id(row)) for row in api.contacts(email=address) if _holds(row, address))
    return (*logins, *clients, *contacts)


def contacts_holding(api: Api, client: Ref, address: str) -> tuple[Ref, ...]:
    """
    The sub-contacts of one client that hold `address`.

    They get the client's mail as well, and no change of the client or its login moves them. Whether they are the same
    person is for the client to say: each is a fix of its own.
    """
    held = (row for row in api.contacts(userid=client.id) if _holds(row, address))
    return tuple(Ref("whmcs", "contact", _id(row)) for row in held)


def _holds(row: dict[str, Any], address: str) -> bool:
    return folded(text(row, "email", "whmcs holders") or "") == folded(address)


def _id(row: dict[str, Any]) -> str:
    return record_id(row, "whmcs holders")
