"""The registrants of domains in our words. Pure: no network, no clock. A registrar knows no orders of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.model import Contact, Order
from include.platforms.whois import roles
from include.whmcs_shapes import field, moment, record_id, rows, text

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

RECORDS = {"domains": "domain", "whois": "domain"}  # of whose references a stream's ids are


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every domain that a registrar answered for, as its registrant."""
    listed = {record_id(row, "whois domains"): row for body in raw["domains"] for row in _in("domains", body)}
    for body in raw["whois"]:
        for answer in _in("whois", body):
            domain = record_id(answer, "whois whois", "domainid")
            if domain not in listed:
                raise UnexpectedAnswer("whois whois: a domain was answered for that is not in the stream 'domains'.")
            yield _contact(domain, listed[domain], answer["said"])


def orders(_raw: Raw) -> Iterator[Order]:
    """A registrar's register holds no orders."""
    return iter(())


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_in(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records."""
    name = "domainid" if page.stream == "whois" else "id"
    return [record_id(row, f"whois {page.stream}", name) for row in _in(page.stream, page.body)]


def _contact(domain: str, row: dict[str, Any], said: dict[str, Any] | None) -> Contact:
    fields = roles.registrant(roles.roles(said or {}, strict=False))
    first, last = roles.value(fields, roles.FIRST_NAME), roles.value(fields, roles.LAST_NAME)
    if first is None and last is None:
        first, _, last = (roles.value(fields, roles.FULL_NAME) or "").rpartition(" ")
    streets = [roles.value(fields, (name,)) for name in roles.STREETS]
    return Contact(
        platform="whois",
        kind="domain",
        id=domain,
        email=roles.email(fields),
        first_name=first or None,
        last_name=last or None,
        company=roles.value(fields, roles.COMPANY),
        phone=roles.value(fields, roles.PHONE),
        address=", ".join(filter(None, streets)) or None,
        city=roles.value(fields, roles.CITY),
        postcode=roles.value(fields, roles.POSTCODE),
        country=roles.value(fields, roles.COUNTRY),
        created_at=moment(row, "regdate", "whois domains"),
        links=(f"whmcs:client:{record_id(row, 'whois domains', 'userid')}", *_name(row)),
    )


def _name(row: dict[str, Any]) -> tuple[str, ...]:
    """The domain's own name, as a reference: `whois:name:example.com`."""
    name = text(row, "domainname", "whois domains")
    return (f"whois:name:{name.casefold()}",) if name else ()


def _in(stream: str, body: Any) -> list[dict[str, Any]]:
    if stream == "whois":
        return list(field(body, "whois", "whois whois"))  # a list of our own making: one answer per domain
    return rows(field(body, "domains", "whois domains"), "domain", "whois domains")
