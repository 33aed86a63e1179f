"""
Shopify's customers and orders in our words.

Pure: the same pages give the same rows. A field that is missing or of another type is an error that names it, never
an empty value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from include.columns import Columns, Rows
from include.columns.conditions import Flag
from include.columns.ids import Digits
from include.columns.kinds import Either, Exact, Lines, Text, Time
from include.columns.parts import ITSELF, MayBe, Part
from include.errors import UnexpectedAnswer
from include.model import Contact, Order, State

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

EMAIL, PHONE, ADDRESS = MayBe("defaultEmailAddress"), MayBe("defaultPhoneNumber"), MayBe("defaultAddress")
CUSTOMER = MayBe("customer")
BUYER = MayBe("billingAddress", otherwise="shippingAddress")


def contacts(raw: Raw) -> Rows[Contact]:
    """Every customer."""
    return CONTACTS.rows(raw, "customers", partial(_nodes, "customers"))


def orders(raw: Raw) -> Rows[Order]:
    """Every order that is not a test. Its buyer is who is billed; without a billing address, who is shipped to."""
    return ORDERS.rows(raw, "orders", partial(_nodes, "orders"))


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_nodes(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records, in order."""
    columns = CONTACTS if page.stream == "customers" else ORDERS
    return columns.ids(_nodes(page.stream, page.body))


def state(said: Any) -> State:
    """A customer's state in our words."""
    if said not in STATES:
        raise UnexpectedAnswer("shopify customers: state is not one we know")
    return STATES[said]


def number(gid: Any, kind: str) -> str:
    """The numeric id in `gid://shopify/<kind>/<number>`, which references carry."""
    before = f"gid://shopify/{kind}/"
    if isinstance(gid, str) and gid.startswith(before) and (found := gid[len(before) :]).isdecimal():
        return found
    raise UnexpectedAnswer(f"shopify: an id is not of the form gid://shopify/{kind}/<number>")


def status(said: str) -> str:
    """A financial status in words: `PARTIALLY_REFUNDED` is partially refunded."""
    return said.lower().replace("_", " ")


def cancelled(_when: str) -> str:
    """What an order that was cancelled is, whatever was paid."""
    return "cancelled"


def _id(kind: str, part: Part = ITSELF) -> Digits:
    return Digits("id", partial(number, kind=kind), before=f"gid://shopify/{kind}/", part=part)


CONTACTS = Columns(
    Contact,
    "shopify customers",
    fixed={"platform": "shopify", "kind": "customer"},
    at=("data", "customers", "nodes"),
    id=_id("Customer"),
    columns={
        "email": Exact("emailAddress", EMAIL),
        "first_name": Text("firstName"),
        "last_name": Text("lastName"),
        "company": Text("company", ADDRESS),
        "phone": Either(Exact("phoneNumber", PHONE), Text("phone", ADDRESS)),
        "address": Lines((Text("address1", ADDRESS), Text("address2", ADDRESS))),
        "city": Text("city", ADDRESS),
        "postcode": Text("zip", ADDRESS),
        "country": Text("countryCodeV2", ADDRESS),
        "state": Exact("state", to=state),
        "created_at": Time("createdAt", always=True),
        "updated_at": Time("updatedAt", always=True),
    },
)

ORDERS = Columns(
    Order,
    "shopify orders",
    fixed={"platform": "shopify"},
    at=("data", "orders", "nodes"),
    without=(Flag("test"),),
    id=_id("Order"),
    columns={
        "number": Exact("name"),
        "contact_id": _id("Customer", CUSTOMER),
        "email": Text("email"),
        "first_name": Text("firstName", BUYER),
        "last_name": Text("lastName", BUYER),
        "phone": Either(Text("phone"), Text("phone", BUYER)),
        "address": Lines((Text("address1", BUYER), Text("address2", BUYER))),
        "city": Text("city", BUYER),
        "postcode": Text("zip", BUYER),
        "country": Text("countryCodeV2", BUYER),
        "status": Either(Text("cancelledAt", to=cancelled), Text("displayFinancialStatus", to=status)),
        "channel": Text("sourceName"),
        "placed_at": Time("processedAt", always=True),
        "updated_at": Time("updatedAt", always=True),
    },
)


def _nodes(stream: str, body: Any) -> list[dict[str, Any]]:
    try:
        nodes = body["data"][stream]["nodes"]
    except (KeyError, TypeError) as error:
        raise UnexpectedAnswer(f"shopify {stream}: a page holds no data.{stream}.nodes") from error
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise UnexpectedAnswer(f"shopify {stream}: nodes is not a list of objects")
    return nodes
