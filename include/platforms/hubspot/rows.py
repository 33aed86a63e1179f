"""HubSpot's contacts in our words. Pure: no network, no clock. HubSpot holds no orders that we ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.model import Contact, Order
from include.record import Record, records

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

KINDS = {"contacts": "contact"}  # of whose references a stream's ids are

# Every account has these; we cannot do without them.
PROPERTIES = (
    "email",
    "hs_additional_emails",
    "firstname",
    "lastname",
    "company",
    "phone",
    "mobilephone",
    "address",
    "city",
    "zip",
    "country",
    "createdate",
    "lastmodifieddate",
    "hs_merged_object_ids",
)

# Accounts may have these: their shop or billing integration writes another platform's id into them.
LINKS = {
    "bigcommerce_customer_id": "bigcommerce:customer",
    "shopify_customer_id": "shopify:customer",
    "whmcs_client_id": "whmcs:client",
}


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every contact."""
    for body in raw["contacts"]:
        for record in _records(body):
            yield _contact(record)


def orders(raw: Raw) -> Iterator[Order]:
    """None: HubSpot is asked for no orders."""
    yield from ()


def count(page: Page) -> int:
    """How many records a page holds."""
    return sum(1 for _ in _records(page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    return [_id(record) for record in _records(page.body)]


def replaced(page: Page) -> list[str]:
    """The ids of the contacts that were merged away into a page's records."""
    found = [(_id(record), record.part("properties").text("hs_merged_object_ids")) for record in _records(page.body)]
    return [old for id, said in found for old in _listed(said) if old != id]


def addresses(said: str | None) -> tuple[str, ...]:
    """The additional addresses in HubSpot's one text of them, sorted."""
    return tuple(sorted(_listed(said)))


def _listed(said: str | None) -> list[str]:
    return [one for part in (said or "").split(";") if (one := part.strip())]


def _contact(record: Record) -> Contact:
    told = record.part("properties")
    return Contact(
        platform="hubspot",
        kind="contact",
        id=_id(record),
        email=told.text("email"),
        other_emails=addresses(told.text("hs_additional_emails")),
        first_name=told.text("firstname"),
        last_name=told.text("lastname"),
        company=told.text("company"),
        phone=told.text("phone") or told.text("mobilephone"),
        address=told.text("address"),
        city=told.text("city"),
        postcode=told.text("zip"),
        country=told.text("country"),
        created_at=told.time("createdate"),
        updated_at=told.time("lastmodifieddate"),
        links=tuple(_links(told)),
    )


def _links(told: Record) -> Iterator[str]:
    """The records elsewhere that this one names. Only a number can be one: these properties can be typed into."""
    for name, prefix in LINKS.items():
        value = told.text(name) if name in told.fields else None
        if value and value.isdecimal():
            yield f"{prefix}:{value}"


def _records(body: Any) -> Iterator[Record]:
    return records("hubspot contacts", body.get("results") if isinstance(body, dict) else None)


def _id(record: Record) -> str:
    id = str(record.field("id", str))
    if not id.isdecimal():
        raise UnexpectedAnswer("hubspot contacts: id is not a number in text")
    return id
