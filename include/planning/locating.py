"""
Who a request is about: the one client in WHMCS that answers to what was said of it, or those to choose from.

What a person chose is looked at again; a name that fits one client only by its beginning fits none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.errors import Ambiguous, NotFound
from include.model import Ref
from include.platforms.whmcs.find import find_client, owned_with
from include.platforms.whmcs.profile import profile
from include.store import requests

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.requests import Request

MOST = 20  # clients to choose from; more than these answer to a name that says too little


@dataclass(frozen=True, slots=True)
class Located:
    """Where the request stands now, the client if it is one, and what the page shows of it."""

    state: str
    client: str | None = None
    told: dict[str, Any] = field(default_factory=dict)


def located(whmcs: Platform, asked: Request, chosen: str | None) -> Located:
    """Look for the client of a request, or for the one that was `chosen` among several."""
    try:
        client = Ref.parse(chosen) if chosen else find_client(whmcs.api, asked.client)
        return Located(requests.LOCATED, str(client), {"client": _shown(whmcs, client)})
    except Ambiguous as several:
        return _several(whmcs, [Ref.parse(one) for one in several.candidates])
    except NotFound as none:
        owned = owned_with(whmcs.api, asked.client) if "@" in asked.client and not chosen else ()
        if len(owned) > 1:
            return _several(whmcs, owned)
        if owned:
            return Located(requests.LOCATED, str(owned[0]), {"client": _shown(whmcs, owned[0])})
        return Located(requests.TROUBLE, None, {"troubles": [str(none)]})


def _several(whmcs: Platform, clients: Iterable[Ref]) -> Located:
    found = sorted(clients, key=lambda ref: int(ref.id))
    told: dict[str, Any] = {"candidates": [_shown(whmcs, ref) for ref in found[:MOST]]}
    if len(found) > MOST:
        told["more"] = len(found) - MOST
    return Located(requests.CHOOSE, None, told)


def _shown(whmcs: Platform, client: Ref) -> dict[str, str | None]:
    """What a person tells one client from another by."""
    known = profile(whmcs.api, client)
    told = {"name": known.name or None, "company": known.company, "email": known.email, "status": known.status}
    return {"ref": str(client), **told}
