"""
The orders of guests and of the stubs that guest checkouts leave, each with the accounts they may belong to.

All of it is selected, joined and put in order in the engine; only what findings are made of is read. It judges little:
who cannot be the buyer, by their name, is not among the accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from include.model import Ref, State
from include.people import names
from include.people.normal import address_table, name_table, phone_table, said_name
from include.rules import _making as making
from include.settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

SHOPS = ("shopify", "bigcommerce")
NEVER = frozenset({"cancelled", "canceled", "declined", "incomplete", "voided", "expired"})
ADDRESS, SLIP, DETAILS = 0, 1, 2  # how an account was found: the first that finds any is the one that counts
NAME = ("first", "last", "suffix", "given", "middle")
OF_ORDER = ("shop", "order", "stub", "order_email", "placed_at", "status")
OF_ACCOUNT = ("account", "email", "state", "created_at")


class Fit(NamedTuple):
    """An order and an account that it may belong to. `agreed`, `phone`, `street`: None where one of them says none."""

    shop: str
    order: str
    stub: str | None
    order_email: str | None
    placed_at: datetime | None
    status: str
    account: str
    email: str | None
    state: str | None
    created_at: datetime | None
    found: int
    agreed: bool | None
    whole: bool  # the names agree without a nickname or an initial
    phone: bool | None
    street: bool | None

    @property
    def ref(self) -> Ref:
        return Ref(self.shop, "customer", self.account)


def orphans(tables: Tables) -> Iterator[tuple[Ref, list[Fit]]]:
    """Every orphaned order with the accounts it may belong to, the likeliest first, in the order of references."""
    customers = making.kept(tables, "customers", _customers(tables))
    orders = making.kept(tables, "orphaned", _orphaned(tables, customers))
    accounts = customers.filter(~customers.stub)
    same = making.kept(tables, "same_address", _pairs(orders, accounts, "key", "key", ADDRESS))
    rest = orders.anti_join(same.filter(same.agreed.fill_null(True)), ["shop", "order"])
    slips = _pairs(rest, accounts, "looks_like", "key", SLIP).union(_pairs(rest, accounts, "key", "looks_like", SLIP))
    slips = making.kept(tables, "slips", slips.distinct())
    last = making.kept(
        tables, "unmatched", rest.anti_join(slips.filter(slips.agreed.fill_null(False)), ["shop", "order"])
    )
    found = same.union(slips).union(_by_details(last, accounts))
    found = found.filter(found.agreed.fill_null(found.found == ADDRESS))
    for _, rows in making.grouped(((row[0], row[1]), *row) for row in making.rows(_sorted(found))):
        fits = [Fit(*row[1:]) for row in rows]
        yield Ref(fits[0].shop, "order", fits[0].order), fits


def _sorted(found: ir.Table) -> ir.Table:
    found = found.distinct()
    score = found.agreed.fill_null(False).cast("int8") + found.phone.fill_null(False).cast("int8")
    ranked = found.mutate(score=score + found.street.fill_null(False).cast("int8"))
    return ranked.order_by("shop", "order", ranked.score.desc(), "account").select(*Fit._fields)


def _customers(tables: Tables) -> ir.Table:
    """Every customer of a shop; `stub`: without a name, and never activated: what Shopify makes of a guest checkout."""

    contacts = tables.contacts.filter((tables.contacts.kind == "customer") & tables.contacts.platform.isin(SHOPS))
    never = (contacts.platform == "shopify") & contacts.state.isin([State.DISABLED, State.GUEST]).fill_null(False)
    nameless = contacts.first_name.fill_null("") + contacts.last_name.fill_null("") == ""
    wanted = ("email", "state", "created_at", "channels", "phone", "first_name", "last_name", "address", "postcode")
    rows = contacts.select(*wanted, shop="platform", account="id", never=never, stub=never & nameless)
    return _in_normal_form(tables, rows)


def _orphaned(tables: Tables, customers: ir.Table) -> ir.Table:
    """Guests' orders, those of stubs, and those of a customer never activated that bear another one's address."""
    import ibis

    guests = _open(tables.orders.filter(tables.orders.contact_id.isnull()))
    guests = guests.mutate(holder_key=ibis.null("string"), nameless=True)
    never = customers.filter(customers.never)
    never = never.select("shop", stub="account", holder_key=never.key, nameless=never.stub, theirs=never.email)
    held = _open(tables.orders.filter(tables.orders.contact_id.notnull())).join(never, ["shop", "stub"])
    held = held.filter(held.nameless | (held.email != held.theirs.fill_null("")))
    # First the few that are anybody's question: the engine then looks them up, and not every value there is.
    rows = making.kept(tables, "questioned", guests.union(held.select(*guests.columns)))
    return _in_normal_form(tables, rows).rename(order_email="email")


def _open(orders: ir.Table) -> ir.Table:
    """
    The orders of shops that were not given up. Each asks for its own, lest the engine keep all of them aside, at their
    full width, to read them twice.
    """
    status = orders.status.fill_null("").lower()
    orders = orders.filter(orders.platform.isin(SHOPS) & ~status.isin(sorted(NEVER)))
    wanted = ("channel", "placed_at", "phone", "first_name", "last_name", "address", "postcode", "email")
    return orders.select(
        *wanted, status=orders.status.fill_null("").lower(), shop="platform", order="id", stub="contact_id"
    )


def _in_normal_form(tables: Tables, rows: ir.Table) -> ir.Table:
    """`rows` with the normal forms of what they say, the house's number and the postcode."""
    keys = address_table(tables)
    keys = keys.filter(~keys.role).select("key", "looks_like", raw_email="raw")
    spelled = name_table(tables).select("said", *NAME)
    numbers = phone_table(tables).select("number", raw_phone="raw")
    rows = rows.mutate(said=said_name(rows), house=rows.address.re_extract("([0-9]+)", 1).nullif(""))
    rows = rows.mutate(zip=rows.postcode.re_replace("[^0-9A-Za-z]", "").upper().nullif(""))
    rows = rows.drop("first_name", "last_name", "address", "postcode")
    rows = rows.left_join(keys, [("email", "raw_email")]).drop("raw_email")
    rows = rows.left_join(spelled, "said").drop("said", "said_right")
    return rows.left_join(numbers, [("phone", "raw_phone")]).drop("raw_phone", "phone")


def _pairs(orders: ir.Table, accounts: ir.Table, ours: str, theirs: str, found: int) -> ir.Table:
    """Orders and accounts of one shop of which one value is the same."""
    return _compared(
        orders.filter(orders[ours].notnull()), accounts, [("shop", "shop_other"), (ours, f"{theirs}_other")], found
    )


def _by_details(orders: ir.Table, accounts: ir.Table) -> ir.Table:
    """Orders and accounts of one whole name with the same number, or the same house and postcode."""
    import ibis

    guests = orders.filter(orders.nameless)
    pairs = []
    for values in (("last", "number"), ("last", "house", "zip")):
        held = accounts.filter([accounts[value].notnull() for value in values] + [accounts["last"] != ""])
        size = held.group_by("shop", *values).agg(size=ibis._.count()).filter(ibis._.size <= settings().hub_size)
        few = held.semi_join(size, ["shop", *values])
        on = [(value, f"{value}_other") for value in ("shop", *values)]
        pairs.append(_compared(guests, few, on, DETAILS))
    both = pairs[0].union(pairs[1]).distinct()
    return both.filter(both.whole)


def _compared(orders: ir.Table, accounts: ir.Table, on: list[tuple[str, str]], found: int) -> ir.Table:
    """Joined, with what the two say of each other."""
    import ibis

    other = accounts.rename(
        {f"{name}_other": name for name in ("shop", "key", "looks_like", "house", "zip", "number", *NAME)}
    )
    other = other.drop("never", "stub")
    both = orders.join(other, on)
    both = both.filter(both.stub.isnull() | (both.stub != both.account))
    used = both.state.fill_null("") == State.ACTIVATED
    both = both.filter(both.nameless | (used & (both.holder_key.fill_null("") != both.key)))
    allowed = (both.channels.length().fill_null(0) == 0) | both.channels.contains(both.channel.fill_null(""))
    both = both.filter(allowed.fill_null(False))
    left = {name: both[name] for name in NAME}
    right = {name: both[f"{name}_other"] for name in NAME}
    equal = (left["given"] == right["given"]) & (left["last"] == right["last"]) & (left["given"].length() > 1)
    both = both.mutate(agreed=names.agreed(left, right), equal=(equal & (left["last"] != "")).fill_null(False))
    street = (both.house == both.house_other) & (both.zip == both.zip_other)
    return both.select(
        *OF_ORDER,
        *OF_ACCOUNT,
        found=ibis.literal(found, type="int32"),
        agreed=both.agreed,
        whole=both.equal & both.agreed.fill_null(False),
        phone=both.number == both.number_other,
        street=street,
    )
