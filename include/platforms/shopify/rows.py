"""
Shopify's customers and orders in our words.

Pure: the same pages give the same rows. A field that is missing or of another type is an error that names it, never
an empty value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.record import Record

if TYPE_CHECKING:
    from include.platforms import Page

Raw: TypeAlias = "Mapping[str, Iterable[Any]]"

KINDS = {"customers": "customer", "orders": "order"}  # of whose references a stream's ids are

STATES = {
    "ENABLED": State.ACTIVATED,
    "INVITED": State.INVITED,
    "DISABLED": State.DISABLED,
    "DECLINED": State.DISABLED,
}

GID = re.compile(r"gid://shopify/(Customer|Order)/(\d+)")


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every customer."""
    for record in _records("customers", raw["customers"]):
        email, phone = record.part_or_none("defaultEmailAddress"), record.part_or_none("defaultPhoneNumber")
        address = record.part_or_none("defaultAddress")
        yield Contact(
            platform="shopify",
            kind="customer",
            id=_id(record, "Customer"),
            email=str(email.field("emailAddress", str)) if email else None,
            first_name=record.text("firstName"),
            last_name=record.text("lastName"),
            company=address.text("company") if address else None,
            phone=str(phone.field("phoneNumber", str)) if phone else address.text("phone") if address else None,
            state=state(record.field("state", str)),
            created_at=_time(record, "createdAt"),
            updated_at=_time(record, "updatedAt"),
            **_place(address),
        )


def orders(raw: Raw) -> Iterator[Order]:
    """Every order that is not a test. Its buyer is who is billed; without a billing address, who is shipped to."""
    for record in _records("orders", raw["orders"]):
        if record.flag("test"):
            continue
        customer = record.part_or_none("customer")
        buyer = record.part_or_none("billingAddress") or record.part_or_none("shippingAddress")
        yield Order(
            platform="shopify",
            id=_id(record, "Order"),
            number=str(record.field("name", str)),
            contact_id=_id(customer, "Customer") if customer else None,
            email=record.text("email"),
            first_name=buyer.text("firstName") if buyer else None,
            last_name=buyer.text("lastName") if buyer else None,
            phone=record.text("phone") or (buyer.text("phone") if buyer else None),
            status=_status(record),
            channel=record.text("sourceName"),
            placed_at=_time(record, "processedAt"),
            updated_at=_time(record, "updatedAt"),
            **_place(buyer),
        )


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_nodes(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    kind = {"customers": "Customer", "orders": "Order"}[page.stream]
    return [_id(record, kind) for record in _records(page.stream, [page.body])]


def replaced(page: Page) -> list[str]:
    """None: Shopify's records do not say which others were merged into them."""
    return []


def state(said: Any) -> State:
    """A customer's state in our words."""
    if said not in STATES:
        raise UnexpectedAnswer("shopify customers: state is not one we know")
    return STATES[said]


def number(gid: Any, kind: str) -> str:
    """The numeric id in `gid://shopify/<kind>/<number>`, which references carry."""
    if isinstance(gid, str) and (found := GID.fullmatch(gid)) and found[1] == kind:
        return found[2]
    raise UnexpectedAnswer(f"shopify: an id is not of the form gid://shopify/{kind}/<number>")


def _id(record: Record, kind: str) -> str:
    return number(record.field("id", str), kind)


def _time(record: Record, name: str) -> datetime:
    """A time that Shopify always tells."""
    moment = record.time(name)
    if moment is None:
        raise UnexpectedAnswer(f"{record.where}: {name} is not a time")
    return moment


def _nodes(stream: str, body: Any) -> list[Any]:
    try:
        nodes = body["data"][stream]["nodes"]
    except (KeyError, TypeError) as error:
        raise UnexpectedAnswer(f"shopify {stream}: a page holds no data.{stream}.nodes") from error
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise UnexpectedAnswer(f"shopify {stream}: nodes is not a list of objects")
    return nodes


def _records(stream: str, bodies: Iterable[Any]) -> Iterator[Record]:
    for body in bodies:
        for node in _nodes(stream, body):
            yield Record(f"shopify {stream}", node)


class _Place(TypedDict, total=False):
    address: str | None
    city: str | None
    postcode: str | None
    country: str | None


def _place(address: Record | None) -> _Place:
    if address is None:
        return {}
    lines = [line for line in (address.text("address1"), address.text("address2")) if line]
    return {
        "address": ", ".join(lines) or None,
        "city": address.text("city"),
        "postcode": address.text("zip"),
        "country": address.text("countryCodeV2"),
    }


def _status(record: Record) -> str | None:
    if record.text("cancelledAt"):
        return "cancelled"
    said = record.text("displayFinancialStatus")
    return said and said.lower().replace("_", " ")
