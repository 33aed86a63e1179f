"""
The registrars behind the sandbox's WHMCS: each names roles and fields in its own way, and reads every field on saving.

The three ways are those of public registrar modules: WHMCS's sample module, Realtime Register's, and the example on the
page of DomainGetWhoisInfo, which gives a role as a JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.sandbox.whmcs.shapes import Wrong

if TYPE_CHECKING:
    from include.sandbox.desk import Desk
    from include.sandbox.world import Account


@dataclass(frozen=True)
class Module:
    """One registrar module: its roles, and what it calls each of our fields."""

    roles: tuple[str, ...]
    fields: Mapping[str, str]
    as_text: bool = False  # a role is a JSON text


SAMPLE = Module(
    ("Registrant", "Technical", "Billing", "Admin"),
    {
        "first_name": "First Name",
        "last_name": "Last Name",
        "company": "Company Name",
        "email": "Email Address",
        "street": "Address 1",
        "city": "City",
        "postcode": "Postcode",
        "country": "Country",
        "phone": "Phone Number",
    },
)
REALTIME = Module(
    ("Registrant", "Admin", "Tech"),
    {
        "company": "Company Name",
        "name": "Contact Name",
        "street": "Address 1",
        "postcode": "Postcode",
        "city": "City",
        "country": "Country",
        "email": "Email",
        "phone": "Phone",
    },
)
EXAMPLE = Module(
    ("Registrant", "Admin", "Tech"),
    {
        "first_name": "First_Name",
        "last_name": "Last_Name",
        "company": "Organisation_Name",
        "email": "Email",
        "street": "Address_1",
        "city": "City",
        "postcode": "Postcode",
        "country": "Country",
        "phone": "Phone",
    },
    as_text=True,
)
MODULES = (SAMPLE, REALTIME, EXAMPLE)
PROVIDER = {  # who stands in the technical roles of every domain
    "first_name": "Host",
    "last_name": "Master",
    "name": "Host Master",
    "company": "Example Hosting",
    "email": "hostmaster@example.net",
    "street": "1 Rack Road",
    "city": "Springfield",
    "postcode": "00001",
    "country": "US",
    "phone": "+1.5550100",
}


class Registrar:
    """Every domain's roles."""

    def __init__(self, domains: Sequence[Account], desk: Desk) -> None:
        self._desk = desk
        names = sorted({str(account.extra["registrar"]) for account in domains})
        self._module = {int(one.id): MODULES[names.index(one.extra["registrar"]) % len(MODULES)] for one in domains}
        self.roles = {int(one.id): _roles(one, self._module[int(one.id)]) for one in domains}

    def told(self, domain: int) -> dict[str, Any]:
        """The roles as the module tells them."""
        self._answer_for(domain)
        hidden = self._desk.switches["whois_hidden"]
        roles = {
            role: {name: hidden.get(f"{role} {name}", value) for name, value in fields.items()}
            for role, fields in self.roles[domain].items()
        }
        if not self._module[domain].as_text:
            return {role: dict(fields) for role, fields in roles.items()}
        return {role: json.dumps(fields) for role, fields in roles.items()}

    def save(self, domain: int, sent: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
        """Store what was sent, reading every field of every role; answers what that changed."""
        self._answer_for(domain)
        if self._desk.switches["whois_lock_refuses"] and self.locked(domain):
            raise Wrong("Registrar Error: object status prohibits operation")
        module, blanks = self._module[domain], self._desk.switches["whois_blanks"]
        wanted = {
            role: {name: sent.get(role, {}).get(_element(name, blanks), "") for name in module.fields.values()}
            for role in module.roles
        }
        required = [module.fields["email"], module.fields["street"]]
        lacks = any(not fields[name] for fields in wanted.values() for name in required)
        if lacks and self._desk.switches["whois_empty_refused"]:
            raise Wrong("Registrar Error: a contact lacks a required field")
        if self._desk.switches["whois_save"] == "ignored":
            return {}
        before = self.roles[domain]
        if self._desk.switches["whois_save"] == "registrant":
            wanted = before | {"Registrant": wanted["Registrant"]}
        self.roles[domain] = wanted
        return {
            f"{role} {name}": [before[role][name], value]
            for role, fields in wanted.items()
            for name, value in fields.items()
            if before[role][name] != value
        }

    def locked(self, domain: int) -> bool:
        """Whether the domain is locked."""
        self._answer_for(domain)
        return str(domain) in {str(one) for one in self._desk.switches["whois_locked"]}

    def _answer_for(self, domain: int) -> None:
        if str(domain) in {str(one) for one in self._desk.switches["whois_refused"]}:
            raise Wrong("Registrar Error: the domain of Jane Doe (jane@example.com) is locked")


def _roles(account: Account, module: Module) -> dict[str, dict[str, str]]:
    person = {
        "first_name": account.first_name,
        "last_name": account.last_name,
        "name": f"{account.first_name or ''} {account.last_name or ''}".strip(),
        "company": account.company,
        "email": account.email,
        "street": account.street,
        "city": account.city,
        "postcode": account.postcode,
        "country": account.country,
        "phone": account.phone,
    }
    told: dict[str, dict[str, str]] = {}
    for role in module.roles:
        who: Mapping[str, str | None] = person if role in ("Registrant", "Admin") else PROVIDER
        told[role] = {name: who[ours] or "" for ours, name in module.fields.items()}
    return told


def _element(name: str, blanks: str) -> str:
    """How the field's name arrives in XML: with `verbatim`, a name with a blank cannot arrive at all."""
    return name.replace(" ", {"underscore": "_", "removed": ""}.get(blanks, " "))
