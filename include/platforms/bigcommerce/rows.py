"""BigCommerce's customers and orders in our words. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from include.columns import Columns, Rows
from include.columns.conditions import Flag, Is
from include.columns.ids import Number
from include.columns.kinds import Either, Lines, Text, Time
from include.columns.lists import List
from include.columns.parts import FirstOf, One, Within
from include.columns.times import RFC2822
from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State
from include.record import Record, objects

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

KINDS = {"customers": "customer", "orders": "order"}  # of whose references a stream's ids are

INCOMPLETE = 0  # the status of a checkout that was never finished

HOME = FirstOf("addresses")  # only evidence; a customer need not have any
BILLED = Within("billing_address")


def contacts(raw: Raw) -> Rows[Contact]:
    """Every customer, with the first address of its book."""
    return CONTACTS.rows(raw, "customers", partial(_listed, "customers"))


def orders(raw: Raw) -> Rows[Order]:
    """Every order that is a purchase. Its buyer is who is billed; customer 0 is a guest."""
    return ORDERS.rows(raw, "orders", partial(_listed, "orders"))


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_listed(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    columns = CONTACTS if page.stream == "customers" else ORDERS
    return columns.ids(_listed(page.stream, page.body))


def is_purchase(order: Mapping[str, Any]) -> bool:
    """Whether an order was placed, and not deleted since."""
    return not ORDERS.leaves_out(Record(ORDERS.where, order))


def buyer(order: Mapping[str, Any]) -> str | None:
    """The id of the customer that an order belongs to; None for a guest's."""
    return BUYER.of(One(Record(ORDERS.where, order)))


def channels(customer: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels that a customer may use; none are named when it may use all."""
    return CHANNELS.of(One(Record(CONTACTS.where, customer)))


def numbered(channels: list[Any] | None) -> list[str]:
    """The numbers of channels as texts."""
    return [str(channel) for channel in channels or ()]


BUYER = Number("customer_id", none=0)
CHANNELS = List("channel_ids", list, numbered)

CONTACTS = Columns(
    Contact,
    "bigcommerce customers",
    fixed={"platform": "bigcommerce", "kind": "customer", "state": State.ACTIVATED},
    at=("data",),
    id=Number("id"),
    columns={
        "email": Text("email"),
        "first_name": Text("first_name"),
        "last_name": Text("last_name"),
        "company": Text("company"),
        "phone": Either(Text("phone"), Text("phone", HOME)),
        "address": Lines((Text("address1", HOME), Text("address2", HOME))),
        "city": Text("city", HOME),
        "postcode": Text("postal_code", HOME),
        "country": Text("country_code", HOME),
        "channels": CHANNELS,
        "created_at": Time("date_created"),
        "updated_at": Time("date_modified"),
    },
)

ORDERS = Columns(
    Order,
    "bigcommerce orders",
    fixed={"platform": "bigcommerce"},
    without=(Is("status_id", INCOMPLETE), Flag("is_deleted")),
    id=Number("id"),
    columns={
        "number": Number("id"),
        "contact_id": BUYER,
        "email": Text("email", BILLED),
        "first_name": Text("first_name", BILLED),
        "last_name": Text("last_name", BILLED),
        "phone": Text("phone", BILLED),
        "address": Lines((Text("street_1", BILLED), Text("street_2", BILLED))),
        "city": Text("city", BILLED),
        "postcode": Text("zip", BILLED),
        "country": Text("country_iso2", BILLED),
        "status": Text("status", to=str.lower),
        "channel": Number("channel_id"),
        "placed_at": Time("date_created", RFC2822),
        "updated_at": Time("date_modified", RFC2822),
    },
)


def _listed(stream: str, body: Any) -> list[dict[str, Any]]:
    if stream == "customers":
        if not isinstance(body, dict):
            raise UnexpectedAnswer("bigcommerce customers: a page is not an object")
        return objects("bigcommerce customers", body.get("data"))
    return objects(f"bigcommerce {stream}", body)
