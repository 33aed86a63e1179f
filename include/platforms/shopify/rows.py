"""
Shopify's customers and orders in our words.

Pure: the same pages give the same rows. A field that is missing or of another type is an error that names it, never
an empty value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State

if TYPE_CHECKING:
    from include.platforms import Page

Raw: TypeAlias = "Mapping[str, Iterable[Any]]"

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
        email, phone = record.part("defaultEmailAddress"), record.part("defaultPhoneNumber")
        address = record.part("defaultAddress")
        yield Contact(
            platform="shopify",
            kind="customer",
            id=record.id("Customer"),
            email=email.needed("emailAddress") if email else None,
            first_name=record.text("firstName"),
            last_name=record.text("lastName"),
            company=address.text("company") if address else None,
            phone=phone.needed("phoneNumber") if phone else address.text("phone") if address else None,
            state=record.state(),
            created_at=record.time("createdAt"),
            updated_at=record.time("updatedAt"),
            **_place(address),
        )


def orders(raw: Raw) -> Iterator[Order]:
    """Every order that is not a test. Its buyer is who is billed; without a billing address, who is shipped to."""
    for record in _records("orders", raw["orders"]):
        if record.flag("test"):
            continue
        customer = record.part("customer")
        buyer = record.part("billingAddress") or record.part("shippingAddress")
        yield Order(
            platform="shopify",
            id=record.id("Order"),
            number=record.needed("name"),
            contact_id=customer.id("Customer") if customer else None,
            email=record.text("email"),
            first_name=buyer.text("firstName") if buyer else None,
            last_name=buyer.text("lastName") if buyer else None,
            phone=record.text("phone") or (buyer.text("phone") if buyer else None),
            status=_status(record),
            channel=record.text("sourceName"),
            placed_at=record.time("processedAt"),
            updated_at=record.time("updatedAt"),
            **_place(buyer),
        )


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_nodes(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    kind = {"customers": "Customer", "orders": "Order"}[page.stream]
    return [record.id(kind) for record in _records(page.stream, [page.body])]


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


@dataclass(frozen=True, slots=True)
class _Record:
    """One JSON object and where it was found; reads a field as what it must be or says which one is not."""

    where: str
    fields: Mapping[str, Any]

    def _field(self, name: str, *kinds: type) -> Any:
        if name not in self.fields:
            raise UnexpectedAnswer(f"shopify {self.where}: {name} is missing")
        if not isinstance(value := self.fields[name], kinds):
            raise UnexpectedAnswer(f"shopify {self.where}: {name} is of the wrong type ({type(value).__name__})")
        return value

    def text(self, name: str) -> str | None:
        return (self._field(name, str, type(None)) or "").strip() or None

    def needed(self, name: str) -> str:
        return str(self._field(name, str))

    def flag(self, name: str) -> bool:
        return bool(self._field(name, bool))

    def part(self, name: str) -> _Record | None:
        value = self._field(name, dict, type(None))
        return None if value is None else _Record(f"{self.where}.{name}", value)

    def time(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.needed(name))
        except ValueError:
            raise UnexpectedAnswer(f"shopify {self.where}: {name} is not a time") from None  # its words hold the value
        if moment.tzinfo is None:
            raise UnexpectedAnswer(f"shopify {self.where}: {name} has no time zone")
        return moment.astimezone(UTC)

    def id(self, kind: str) -> str:
        return number(self._field("id", str), kind)

    def state(self) -> State:
        return state(self._field("state", str))


def _nodes(stream: str, body: Any) -> list[Any]:
    try:
        nodes = body["data"][stream]["nodes"]
    except (KeyError, TypeError) as error:
        raise UnexpectedAnswer(f"shopify {stream}: a page holds no data.{stream}.nodes") from error
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise UnexpectedAnswer(f"shopify {stream}: nodes is not a list of objects")
    return nodes


def _records(stream: str, bodies: Iterable[Any]) -> Iterator[_Record]:
    for body in bodies:
        for node in _nodes(stream, body):
            yield _Record(stream, node)


class _Place(TypedDict, total=False):
    address: str | None
    city: str | None
    postcode: str | None
    country: str | None


def _place(address: _Record | None) -> _Place:
    if address is None:
        return {}
    lines = [line for line in (address.text("address1"), address.text("address2")) if line]
    return {
        "address": ", ".join(lines) or None,
        "city": address.text("city"),
        "postcode": address.text("zip"),
        "country": address.text("countryCodeV2"),
    }


def _status(record: _Record) -> str | None:
    if record.text("cancelledAt"):
        return "cancelled"
    said = record.text("displayFinancialStatus")
    return said and said.lower().replace("_", " ")
