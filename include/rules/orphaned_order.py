"""
A guest order whose buyer holds an account on the same platform.

**What is wrong.** An order belongs to nobody (a guest checkout), or on Shopify to the nameless customer that the guest
checkout left behind, while exactly that buyer, by address and name, holds an account there.

**Options.** Attach the order to the account, one option for each account that fits; on Shopify put the invoice's
address back if attaching changed it, and invite the buyer if the account was never activated. Shipping and billing
addresses are not touched. Recommended when exactly one account fits and the names agree.

**Left alone.** Orders that were cancelled, declined or never finished. Buyers whose name is another than the
account's: in a family, one often buys with another's address. Role mailboxes. Accounts of another storefront.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from include.model import Evidence, Finding, Option, Ref, State
from include.people import names
from include.people.normal import address_table
from include.rules import _making as making

if TYPE_CHECKING:
    from include.store.tables import Tables

RULE = "orphaned_order"
SHOPS = ("shopify", "bigcommerce")
NEVER = frozenset({"cancelled", "canceled", "declined", "incomplete", "voided"})
SAME_ADDRESS, SAME_NAME, UNKNOWN_NAME, SEVERAL = 4.0, 3.0, -1.0, -3.0


def find(tables: Tables) -> Iterator[Finding]:
    """Every orphaned order with the accounts it may belong to."""
    for ref, rows in sorted(_candidates(tables).items()):
        fitting = [row for row in rows if _fits(row)]
        if fitting:
            yield _finding(ref, fitting)


def _candidates(tables: Tables) -> dict[Ref, list[dict[str, Any]]]:
    """Guest orders and orders of stubs, each with every account of its platform that holds its address."""
    import ibis

    contacts, orders = tables.contacts, tables.orders
    customers = contacts.filter((contacts.kind == "customer") & contacts.platform.isin(SHOPS))
    nameless = customers.first_name.fill_null("") + customers.last_name.fill_null("") == ""
    stub = (customers.platform == "shopify") & customers.state.isin([State.DISABLED, State.GUEST]) & nameless
    stubs = customers.filter(stub).select("platform", contact_id="id")
    accounts = customers.filter(~stub)
    guests = orders.filter(orders.platform.isin(SHOPS) & orders.contact_id.isnull())
    orphans = guests.union(orders.semi_join(stubs, ["platform", "contact_id"]))
    keys = address_table(tables).filter(~ibis._.role).select("raw", "key")
    bought = orphans.join(keys, [("email", "raw")]).select(
        "platform",
        "key",
        "status",
        "channel",
        order="id",
        stub="contact_id",
        email="email",
        order_first="first_name",
        order_last="last_name",
    )
    held = accounts.join(keys, [("email", "raw")]).select(
        "platform",
        "key",
        "channels",
        "state",
        "first_name",
        "last_name",
        account="id",
        account_email="email",
    )
    found: dict[Ref, list[dict[str, Any]]] = defaultdict(list)
    for row in bought.join(held, ["platform", "key"]).to_pyarrow().to_pylist():
        found[Ref(row["platform"], "order", row["order"])].append(row)
    return {ref: sorted(rows, key=lambda row: str(row["account"])) for ref, rows in found.items()}


def _fits(row: dict[str, Any]) -> bool:
    if (row["status"] or "").lower() in NEVER:
        return False
    if row["channels"] and row["channel"] not in row["channels"]:
        return False
    return _agree(row) is not False


def _agree(row: dict[str, Any]) -> bool | None:
    buyer = names.normal(row["order_first"], row["order_last"])
    return names.agree(buyer, names.normal(row["first_name"], row["last_name"]))


def _finding(order: Ref, rows: list[dict[str, Any]]) -> Finding:
    accounts = [Ref(order.platform, "customer", row["account"]) for row in rows]
    stub = Ref(order.platform, "customer", rows[0]["stub"]) if rows[0]["stub"] else None
    others = tuple(sorted({*accounts, *([stub] if stub else [])}))
    key = making.key_of(RULE, order, others)
    agreed = [_agree(row) for row in rows]
    because = [Evidence("address", SAME_ADDRESS, "The order has the address of an account on the same platform.")]
    if all(agreed):
        because.append(Evidence("name", SAME_NAME, "The buyer's name is the account's."))
    else:
        because.append(Evidence("name_unknown", UNKNOWN_NAME, "The order or the account bears no whole name."))
    if stub:
        says = "The order hangs on a customer without a name, made by the guest checkout."
        because.append(Evidence("stub", 0.5, says))
    if len(rows) > 1:
        because.append(Evidence("several", SEVERAL, f"{len(rows)} accounts fit."))
    options = tuple(_attach(key, order, stub, row) for row in rows)
    sure = len(rows) == 1 and agreed[0] is True
    return Finding(RULE, order, others, making.confidence(because), tuple(because), options, 0 if sure else None)


def _attach(key: str, order: Ref, stub: Ref | None, row: dict[str, Any]) -> Option:
    account = Ref(order.platform, "customer", row["account"])
    fixes = [making.attach(order, str(stub) if stub else None, account)]
    label = f"Attach the order to account {account.id}"
    if order.platform == "shopify":
        if row["email"] != row["account_email"]:
            fixes.append(making.set_order_email(order, row["account_email"], row["email"]))
        if row["state"] == State.DISABLED:
            fixes.append(making.invite(account, State.DISABLED))
            label += " and invite its holder"
    text = f"Rollcall attached this guest order to account {account.id}."
    return making.option(label, [*fixes, *making.notes(key, fixes, [order], text)])
