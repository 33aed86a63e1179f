"""Which domains a client has at its registrars, each of which needs a consent of its own, and how they are kept there.

Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.errors import Refusal, Unauthorized
from include.model import Ref
from include.whmcs_shapes import record_id, text

if TYPE_CHECKING:
    from include.platforms.whois.api import Api


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain and its own name. `registered`: the registrar holds it for us, so that its contacts can be read."""

    domain: Ref
    name: str | None
    registered: bool


def domains_of(api: Api, client: Ref) -> tuple[Domain, ...]:
    """Every domain of one client, whatever became of it."""
    where = "whois domains"
    return tuple(
        Domain(Ref("whois", "domain", record_id(row, where)), text(row, "domainname", where), api.registered(row))
        for row in api.domains(client.id)
        if record_id(row, where, "userid") == client.id
    )


def locked(api: Api, domain: Ref) -> bool | None:
    """Whether the registrar holds the domain locked; None where it does not say, or our role may not ask."""
    try:
        return api.locked(domain.id)
    except Unauthorized:
        raise
    except Refusal:
        return None  # the role lacks the action, or the registrar's module has no such function
