"""HubSpot's contacts in our words. Pure: no network, no clock. HubSpot holds no orders that we ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from include.columns import Columns, Rows
from include.columns.ids import Digits
from include.columns.kinds import Either, Text, Time
from include.columns.lists import List, References
from include.columns.parts import Within
from include.errors import UnexpectedAnswer
from include.model import Contact, Order
from include.record import objects

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

KINDS = {"contacts": "contact"}  # of whose references a stream's ids are
MERGES = True  # a record names those that were merged into it: fewer records need not mean that some were deleted

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


TOLD = Within("properties")


def contacts(raw: Raw) -> Rows[Contact]:
    """Every contact."""
    return CONTACT.rows(raw, "contacts", _listed)


def orders(raw: Raw) -> Iterator[Order]:
    """None: HubSpot is asked for no orders."""
    yield from ()


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_listed(page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    return CONTACT.ids(_listed(page.body))


def addresses(said: str | None) -> tuple[str, ...]:
    """The additional addresses in HubSpot's one text of them, sorted."""
    return tuple(sorted(_parts(said)))


def number(said: str) -> str:
    """An id, which is a number in text."""
    if not said.isdecimal():
        raise UnexpectedAnswer("hubspot contacts: id is not a number in text")
    return said


def _parts(said: str | None) -> list[str]:
    return [one for part in (said or "").split(";") if (one := part.strip())]


CONTACT = Columns(
    Contact,
    "hubspot contacts",
    fixed={"platform": "hubspot", "kind": "contact"},
    at=("results",),
    id=Digits("id", number),
    columns={
        "email": Text("email", TOLD),
        "other_emails": List("hs_additional_emails", str, addresses, TOLD),
        "first_name": Text("firstname", TOLD),
        "last_name": Text("lastname", TOLD),
        "company": Text("company", TOLD),
        "phone": Either(Text("phone", TOLD), Text("mobilephone", TOLD)),
        "address": Text("address", TOLD),
        "city": Text("city", TOLD),
        "postcode": Text("zip", TOLD),
        "country": Text("country", TOLD),
        "created_at": Time("createdate", part=TOLD),
        "updated_at": Time("lastmodifieddate", part=TOLD),
        "links": References(LINKS, TOLD),
    },
    replaced=List("hs_merged_object_ids", str, _parts, TOLD),
)


def _listed(body: Any) -> list[dict[str, Any]]:
    return objects("hubspot contacts", body.get("results") if isinstance(body, dict) else None)
