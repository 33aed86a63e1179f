"""Talks to WHMCS about clients, logins, services and orders. What its answers mean, `rows` and `fixes` say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, UnexpectedAnswer
from include.platforms import About, Lane, Page, Pulled
from include.platforms.whmcs.about import about, account
from include.whmcs_endpoint import Endpoint
from include.whmcs_lists import Listed, Place, Told, walked, with_details
from include.whmcs_refusals import judge
from include.whmcs_shapes import record_id, rows

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["Api", "judge"]

CLIENTS = Listed("clients", "GetClients", "client", {"orderby": "id", "sorting": "ASC"})
LISTS = {
    "users": Listed("users", "GetUsers", "user", {"sorting": "ASC"}),
    "products": Listed("products", "GetClientsProducts", "product"),
    "orders": Listed("orders", "GetOrders", "order"),
}
STREAMS = ("clients", "users", "products", "servers", "orders")


class Api(Pulled):
    """WHMCS through one API credential."""

    def __init__(self, http: Http, key: Key) -> None:
        self._whmcs = Endpoint(http, key)

    def about(self) -> About:
        """Which installation this is, and which actions its API role lacks."""
        return about(self._whmcs)

    def account(self) -> str:
        """The fingerprint of this installation."""
        return account(self._whmcs)

    def clock(self) -> datetime | None:
        return self._whmcs.date()

    def lanes(self) -> list[Lane]:
        self.require_version()
        return [Lane("everything")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        """
        The full pull: `clients`, `details`, `users`, `products`, `servers`, `orders`.

        GetClients tells neither phone nor address, so each client is asked for by itself; the answers about the
        clients of one page of `clients` are one page of `details`. A killed pull goes on beyond the last id it kept.
        """
        place = Place.of(after or CLIENTS.stream)
        begun = STREAMS.index(place.stream)
        for stream in STREAMS[begun:]:
            at = place if stream == place.stream else Place(stream)
            yield from (Page(*told) for told in self._stream(stream, at))

    def require_version(self) -> None:
        """Refuse a WHMCS whose clients are their own logins."""
        _ = self._whmcs.version

    def client(self, client_id: str) -> dict[str, Any]:
        """One client with its users."""
        client = self._whmcs.read("GetClientsDetails", clientid=client_id).get("client")
        if not isinstance(client, dict):
            raise UnexpectedAnswer("whmcs GetClientsDetails: the field 'client' is missing.")
        return client

    def clients(self, begins: str) -> list[dict[str, Any]]:
        """Every client whose address, first, last, full or company name begins so, in GetClients' short form."""
        narrowed: dict[str, str | int] = {"search": begins} if begins else {}
        order: dict[str, str | int] = {"orderby": "id", "sorting": "ASC"}
        pages = self._whmcs.listing("GetClients", "clients", "client", **order, **narrowed)
        return [row for page in pages for row in rows(page.get("clients"), "client", "whmcs GetClients")]

    def logins(self, begins: str) -> Iterator[dict[str, Any]]:
        """Every user whose name or address begins so, page by page."""
        narrowed: dict[str, str | int] = {"search": begins} if begins else {}
        for page in self._whmcs.pages("GetUsers", "users", "user", **narrowed):
            yield from rows(page.get("users"), "user", "whmcs GetUsers")

    def login(self, user_id: str, hints: tuple[str, ...]) -> dict[str, Any]:
        """
        One user. WHMCS cannot be asked for one by its id: those whose names or address begin like a hint are looked
        through first, then all.
        """
        for hint in (*dict.fromkeys(filter(None, hints)), ""):
            for row in self.logins(hint):
                if record_id(row, "whmcs GetUsers") == user_id:
                    return row
        raise NotFound(f"whmcs:login:{user_id} does not exist (any more).")

    def contacts(self, **narrowed: str) -> Iterator[dict[str, Any]]:
        """The sub-contacts of clients, those of one client (`userid`) or about one address (`email`)."""
        for page in self._whmcs.pages("GetContacts", "contacts", "contact", **narrowed):
            yield from rows(page.get("contacts"), "contact", "whmcs GetContacts")

    def contact(self, contact_id: str, hints: tuple[str, ...]) -> dict[str, Any]:
        """One sub-contact, for which WHMCS cannot be asked by its id either: those at a hint's address first."""
        for narrowed in (*({"email": hint} for hint in dict.fromkeys(hints)), {}):
            for row in self.contacts(**narrowed):
                if record_id(row, "whmcs GetContacts") == contact_id:
                    return row
        raise NotFound(f"whmcs:contact:{contact_id} does not exist (any more).")

    def services(self, client_id: str) -> list[dict[str, Any]]:
        """Every service of one client."""
        pages = self._whmcs.listing("GetClientsProducts", "products", "product", clientid=client_id)
        return [row for page in pages for row in rows(page.get("products"), "product", "whmcs GetClientsProducts")]

    def servers(self) -> list[dict[str, Any]]:
        """Every server WHMCS knows of."""
        return rows(self._whmcs.read("GetServers").get("servers"), "server", "whmcs GetServers")

    def logged(self, client_id: str, marker: str) -> bool:
        """Whether a line of the client's activity log holds `marker`."""
        said = self._whmcs.read("GetActivityLog", clientid=client_id, description=marker)
        lines = rows(said.get("activity"), "entry", "whmcs GetActivityLog")
        return any(marker in str(line.get("description", "")) for line in lines)

    def change(self, action: str, **fields: str) -> None:
        """Send one changing action, once."""
        self._whmcs.write(action, **fields)

    def _stream(self, stream: str, place: Place) -> Iterator[Told]:
        if stream == CLIENTS.stream:
            return with_details(
                self._whmcs, CLIENTS, place, "details", lambda found: {"clients": [*self._details(found)]}
            )
        if stream in LISTS:
            return walked(self._whmcs, LISTS[stream], place)
        return iter([(stream, self._whmcs.read("GetServers"), "orders")])

    def _details(self, found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in found:
            try:
                yield self._whmcs.read("GetClientsDetails", clientid=record_id(row, "whmcs GetClients"))
            except NotFound:
                continue  # deleted since it was listed: it is not there, and so not in the tables
