"""Talks to WHMCS about domains and their registrars' contacts. What the answers mean, `rows` and `fixes` say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from include.errors import NotFound, Refusal, UnexpectedAnswer
from include.platforms import About, Lane, Page, Pulled
from include.platforms.whois.about import about, account
from include.platforms.whois.roles import Roles, roles
from include.whmcs_endpoint import Endpoint
from include.whmcs_lists import Listed, Place, with_details
from include.whmcs_refusals import judge
from include.whmcs_shapes import record_id, rows, text

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["Api", "judge"]

DOMAINS = Listed("domains", "GetClientsDomains", "domain")
REGISTERED = {"Active", "Grace"}  # in any other status the registrar does not hold the domain for us (any more)
ELEMENT = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
UNSPELLED = (
    "nothing was sent to the registrar: it has a field {name!r}, and how WHMCS spells a blank in XML is not documented."
    " Spelled wrongly, the registrar may save every such field empty. Try on a domain of your own: send its contacts"
    " back by DomainUpdateWhoisInfo with `_` for each blank, and without any, and see in the registrar's panel at which"
    ' none is lost. Then put {{"whois_blank": "_"}} or {{"whois_blank": ""}} into the extra of the connection whmcs.'
)


class Api(Pulled):
    """WHMCS's domain actions through one API credential."""

    def __init__(self, http: Http, key: Key) -> None:
        self._whmcs = Endpoint(http, key)
        blank = key.options.get("whois_blank")
        self._blank = None if blank is None else str(blank)

    def about(self) -> About:
        """Which installation this is, and which actions its API role lacks."""
        return about(self._whmcs)

    def account(self) -> str:
        """The fingerprint of this installation."""
        return account(self._whmcs)

    def clock(self) -> datetime | None:
        return self._whmcs.date()

    def lanes(self) -> list[Lane]:
        _ = self._whmcs.version
        return [Lane("everything")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        """
        The full pull: `domains`, and `whois` with what the registrars said about the domains of one such page.

        A killed pull goes on beyond the last id it kept, where WHMCS lists domains by id.
        """
        place = Place.of(after or DOMAINS.stream)
        told = with_details(self._whmcs, DOMAINS, place, "whois", lambda found: {"whois": [*self._asked(found)]})
        yield from (Page(*each) for each in told)

    def require_version(self) -> None:
        """Refuse a WHMCS whose clients are their own logins."""
        _ = self._whmcs.version

    def domains(self, client_id: str) -> list[dict[str, Any]]:
        """Every domain of one client."""
        pages = self._whmcs.listing("GetClientsDomains", "domains", "domain", clientid=client_id)
        return [row for page in pages for row in rows(page.get("domains"), "domain", "whois domains")]

    @staticmethod
    def registered(row: dict[str, Any]) -> bool:
        """Whether the registrar holds this domain for us."""
        return text(row, "status", "whois domains") in REGISTERED

    def roles(self, domain_id: str) -> Roles:
        """What the registrar holds for a domain now, role by role."""
        return roles(self._whmcs.read("DomainGetWhoisInfo", domainid=domain_id), strict=True)

    def locked(self, domain_id: str) -> bool | None:
        """Whether the registrar holds a domain locked; None where the word it answers is none we know."""
        said = text(self._whmcs.read("DomainGetLockingStatus", domainid=domain_id), "lockstatus", "whois lock")
        return {"locked": True, "unlocked": False}.get((said or "").lower())

    def save(self, domain_id: str, wanted: Roles) -> None:
        """Send whole roles to the registrar, once. Refuses names with blanks unless it was told how to spell them."""
        self._whmcs.write("DomainUpdateWhoisInfo", domainid=domain_id, xml=self._xml(wanted))

    def _asked(self, found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        where = "whois domains"
        for row in found:
            if not self.registered(row):
                continue
            domain = record_id(row, where)
            try:
                yield {"domainid": domain, "said": self._whmcs.read("DomainGetWhoisInfo", domainid=domain)}
            except NotFound:
                continue  # deleted since it was listed
            except Refusal as error:
                if type(error) is not Refusal:
                    raise  # the key or its rights: that is about us, not about this domain
                yield {"domainid": domain, "said": None}  # this registrar would not tell: unknown, not different

    def _xml(self, wanted: Roles) -> str:
        parts = []
        for role, fields in wanted.items():
            inner = "".join(
                f"<{self._element(key)}>{escape(value)}</{self._element(key)}>" for key, value in fields.items()
            )
            parts.append(f"<{self._element(role)}>{inner}</{self._element(role)}>")
        return f"<contactdetails>{''.join(parts)}</contactdetails>"

    def _element(self, key: str) -> str:
        if " " in key and self._blank is None:
            raise Refusal(UNSPELLED.format(name=key))
        name = key.replace(" ", self._blank or "")
        if not ELEMENT.fullmatch(name):
            raise UnexpectedAnswer(f"whois: the registrar's field {key!r} cannot be sent back as XML.")
        return name
