"""
Finds the one client a request speaks of, its owner's login, and whether that login has access after a change.

Changes nothing. What it hands out are references and yes or no; no name or address is in them or in its errors.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.errors import Ambiguous, NotFound, Refusal, UnexpectedAnswer
from include.model import Ref
from include.whmcs_shapes import field, flag, record_id, rows, text

if TYPE_CHECKING:
    from include.platforms.whmcs.api import Api

# WHMCS may keep these as HTML entities, and then finds nothing when searched for them as they are written.
ENCODED = re.compile(r"[^ -~]|[&'\"<>]")


@dataclass(frozen=True, slots=True)
class Owner:
    """A client's owner, and the other clients that this login owns or may use: its address is theirs too."""

    login: Ref
    owns: tuple[Ref, ...]
    uses: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """
    What stands between an owner and its client.

    `listed`: both the client and the login say that it is the owner. `active`: the client is (WHMCS keeps no such state
    of a login). `addressed`: the login signs in with the wanted address.
    """

    login: Ref | None
    listed: bool
    active: bool
    addressed: bool

    @property
    def granted(self) -> bool:
        """Whether nothing is in the way."""
        return self.listed and self.active and self.addressed


def find_client(api: Api, asked: str) -> Ref:
    """
    The one client with this id, this address, or this name (its person's full one or its company's).

    Digits alone are an id. Raises NotFound when there is none, Ambiguous when there are several.
    """
    api.require_version()
    asked = asked.strip()
    if not asked:
        raise Refusal("Nothing was asked for: give a client's id, address or full name.")
    if asked.isascii() and asked.isdecimal():
        return _by_id(api, asked.lstrip("0") or "0")
    where, wanted = "whmcs GetClients", folded(asked)
    found = [_client(record_id(row, where)) for row in api.clients(searched(asked)) if wanted in _answers_to(row)]
    if not found:
        raise NotFound(
            "whmcs has no client with this address or name. Both must be whole and the client's own (its login may have"
            " others): look it up in WHMCS and ask by its id."
        )
    if len(found) > 1:
        raise Ambiguous([str(ref) for ref in found])
    return found[0]


def owned_with(api: Api, address: str) -> tuple[Ref, ...]:
    """The clients whose owner signs in with this address, be the client's own another one."""
    logins = api.logins(searched(address))
    named = (one for one in logins if folded(text(one, "email", "whmcs GetUsers") or "") == folded(address))
    return tuple(_client(client) for one in named for client, owned in _reach(one).items() if owned)


def owner_of(api: Api, client: Ref) -> Owner:
    """
    The login that owns `client`.

    Raises NotFound when it has no owner, and UnexpectedAnswer when WHMCS contradicts itself about who that is.
    """
    api.require_version()
    details = api.client(client.id)
    named, marked = _named(details), _marked(details)
    if named is None and not marked:
        raise NotFound(f"{client} has no owner: make one of its users the owner in WHMCS, then ask again.")
    if named is None or list(marked) != [named]:
        raise UnexpectedAnswer(
            f"whmcs GetClientsDetails: 'owner_user_id' and 'users' of {client} disagree. See its users in WHMCS."
        )
    try:
        login = api.login(named, (marked[named],))
    except NotFound as gone:
        raise UnexpectedAnswer(f"whmcs GetUsers: the owner of {client}, whmcs:login:{named}, is missing.") from gone
    reach = _reach(login)
    if not reach.pop(client.id, False):
        raise UnexpectedAnswer(
            f"whmcs GetUsers: whmcs:login:{named} is not marked as the owner of {client}, which says so."
        )
    return Owner(
        login=Ref("whmcs", "login", named),
        owns=tuple(_client(one) for one, owned in reach.items() if owned),
        uses=tuple(_client(one) for one, owned in reach.items() if not owned),
    )


def access(api: Api, client: Ref, wanted: str) -> Access:
    """Whether the owner of `client` can get at it with the address `wanted`, as WHMCS says now."""
    api.require_version()
    details = api.client(client.id)
    active = text(details, "status", "whmcs client") == "Active"
    named = _named(details)
    if named is None:
        return Access(None, listed=False, active=active, addressed=False)
    ref = Ref("whmcs", "login", named)
    try:
        login = api.login(named, (wanted,))
    except NotFound:
        return Access(ref, listed=False, active=active, addressed=False)
    listed = list(_marked(details)) == [named] and _reach(login).get(client.id, False)
    address = text(login, "email", "whmcs GetUsers") or ""
    return Access(ref, listed, active, addressed=folded(address) == folded(wanted))


def _by_id(api: Api, asked: str) -> Ref:
    try:
        details = api.client(asked)
    except NotFound as none:
        raise NotFound(f"whmcs has no client {asked}: look up its id in WHMCS, or ask by address or name.") from none
    if record_id(details, "whmcs client") != asked:
        raise UnexpectedAnswer(f"whmcs GetClientsDetails: another client than {asked} was answered.")
    return _client(asked)


def searched(asked: str) -> str:
    """The beginning of `asked` that WHMCS finds however it keeps the rest; maybe none, and then all are listed."""
    return ENCODED.split(unicodedata.normalize("NFC", asked), maxsplit=1)[0].strip()


def _answers_to(row: dict[str, Any]) -> set[str]:
    where = "whmcs GetClients"
    first, last = text(row, "firstname", where), text(row, "lastname", where)
    told = (text(row, "email", where), " ".join(filter(None, (first, last))), text(row, "companyname", where))
    return {folded(one) for one in told if one}


def folded(asked: str) -> str:
    """An address or a name as it is compared."""
    return unicodedata.normalize("NFC", asked).strip().casefold()


def _named(details: dict[str, Any]) -> str | None:
    """The owner that the client names; 0 and an empty field are none."""
    if text(details, "owner_user_id", "whmcs client") in (None, "0"):
        return None
    return record_id(details, "whmcs client", "owner_user_id")


def _marked(details: dict[str, Any]) -> dict[str, str]:
    """The users whom the client's list marks as its owner, with their addresses."""
    where = "whmcs client"
    return {
        record_id(user, where): text(user, "email", where) or ""
        for user in rows(field(details, "users", where), "user", where)
        if flag(user, "is_owner", where)
    }


def _reach(login: dict[str, Any]) -> dict[str, bool]:
    """The clients that a login can use, and whether it owns them."""
    where = "whmcs GetUsers"
    listed = rows(field(login, "clients", where), "client", where)
    return {record_id(one, where): flag(one, "isOwner", where) for one in listed}


def _client(client_id: str) -> Ref:
    return Ref("whmcs", "client", client_id)
