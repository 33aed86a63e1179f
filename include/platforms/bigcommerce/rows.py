"""BigCommerce's customers and orders in our words. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.record import Record, joined, records

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

KINDS = {"customers": "customer", "orders": "order"}  # of whose references a stream's ids are

INCOMPLETE = 0  # the status of a checkout that was never finished


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every customer, with the first address of its book."""
    for body in raw["customers"]:
        for record in _records("customers", body):
            yield _contact(record)


def orders(raw: Raw) -> Iterator[Order]:
    """Every order that is a purchase. Its buyer is who is billed; customer 0 is a guest."""
    for body in raw["orders"]:
        for record in _records("orders", body):
            if is_purchase(record.fields):
                yield _order(record)


def count(page: Page) -> int:
    """How many records a page holds."""
    return sum(1 for _ in _records(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    return [str(record.number("id")) for record in _records(page.stream, page.body)]


def replaced(page: Page) -> list[str]:
    """None: BigCommerce's records do not replace one another."""
    return []


def is_purchase(order: Mapping[str, Any]) -> bool:
    """Whether an order was placed, and not deleted since."""
    record = Record("bigcommerce orders", order)
    return record.number("status_id") != INCOMPLETE and not record.flag("is_deleted")


def buyer(order: Mapping[str, Any]) -> str | None:
    """The id of the customer that an order belongs to; None for a guest's."""
    customer = Record("bigcommerce orders", order).number("customer_id")
    return str(customer) if customer else None


def channels(customer: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels that a customer may use; none are named when it may use all."""
    said = Record("bigcommerce customers", customer).field("channel_ids", list, type(None))
    return tuple(str(channel) for channel in said or ())


def _contact(record: Record) -> Contact:
    book = record.fields.get("addresses") or []  # only evidence; a customer need not have any
    home = next(records("bigcommerce customers.addresses", book), None)
    return Contact(
        platform="bigcommerce",
        kind="customer",
        id=str(record.number("id")),
        email=record.text("email"),
        first_name=record.text("first_name"),
        last_name=record.text("last_name"),
        company=record.text("company"),
        phone=record.text("phone") or (home.text("phone") if home else None),
        address=joined((home.text("address1"), home.text("address2"))) if home else None,
        city=home.text("city") if home else None,
        postcode=home.text("postal_code") if home else None,
        country=home.text("country_code") if home else None,
        state=State.ACTIVATED,
        channels=channels(record.fields),
        created_at=record.time("date_created"),
        updated_at=record.time("date_modified"),
    )


def _order(record: Record) -> Order:
    billed = record.part("billing_address")
    return Order(
        platform="bigcommerce",
        id=str(record.number("id")),
        number=str(record.number("id")),
        contact_id=buyer(record.fields),
        email=billed.text("email"),
        first_name=billed.text("first_name"),
        last_name=billed.text("last_name"),
        phone=billed.text("phone"),
        address=joined((billed.text("street_1"), billed.text("street_2"))),
        city=billed.text("city"),
        postcode=billed.text("zip"),
        country=billed.text("country_iso2"),
        status=(record.text("status") or "").lower() or None,
        channel=str(record.number("channel_id")),
        placed_at=record.time("date_created", _rfc2822),
        updated_at=record.time("date_modified", _rfc2822),
    )


def _rfc2822(said: str) -> datetime:
    return parsedate_to_datetime(said)


def _records(stream: str, body: Any) -> Iterator[Record]:
    if stream == "customers":
        if not isinstance(body, dict):
            raise UnexpectedAnswer("bigcommerce customers: a page is not an object")
        return records("bigcommerce customers", body.get("data"))
    return records(f"bigcommerce {stream}", body)
