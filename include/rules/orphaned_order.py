"""
A guest order whose buyer holds an account on the same platform.

**What is wrong.** An order belongs to nobody (a guest checkout), or on Shopify to a customer without a name that the
checkout left behind and nobody ever activated, while its buyer, by address or by name with number or street, holds an
account there. Or it belongs to a customer that was never activated, and bears the address of an account in use.

**Options.** Attach the order to the account: one option for each that fits, the likeliest first. On Shopify, put the
invoice's address back if attaching changed it (a misspelled one becomes the account's), and invite the buyer if the
account was never activated. Shipping and billing addresses are not touched. Recommended when exactly one account has
the order's address and bears the buyer's name, without a nickname or an initial. Accounts with another address are
for a person to judge: one with an address that looks misspelled, else one with the same name and the same phone number,
or house number and postcode. So are orders that were refunded, and an account made two years after the order with
nothing but the name to tell that the mailbox had not passed to somebody else by then.

**Left alone.** Orders that were cancelled, declined or never finished, and test orders. Buyers whose name is another
than the account's: in a family one buys with another's address, and providers hand old mailboxes to others. Role
mailboxes. Accounts of another storefront. Orders of an account that is gone. On Shopify an order placed for a company
looks like any other in our tables: Shopify refuses to move it, and the receipt will say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from include.model import Evidence, Finding, Option, Ref, State
from include.rules import _making as making
from include.rules._orphans import ADDRESS, NEVER, SHOPS, SLIP, Fit, orphans

if TYPE_CHECKING:
    from include.store.tables import Tables

__all__ = ["NEVER", "RULE", "SHOPS", "find"]

RULE = "orphaned_order"
REFUNDED = frozenset({"refunded"})
LONG_AFTER = timedelta(days=730)
STUB = Evidence("stub", 0.5, "The order belongs to a record that was never activated, as a guest checkout leaves one.")
BY = (
    Evidence("address", 4.0, "The order was placed with the address of an account in the same shop."),
    Evidence("looks_like", 2.0, "The address of the order or of the account looks like the other one, misspelled."),
    Evidence("other_address", -1.0, "The order was placed with another address than the account's."),
)
NAME = Evidence("name", 3.0, "The buyer's name is the account's.")
UNKNOWN_NAME = Evidence("name_unknown", -1.0, "The order or the account bears no whole name.")
PHONE = Evidence("phone", 1.5, "The order and the account have the same phone number.")
STREET = Evidence("street", 1.5, "The order and the account have the same house number and postcode.")
LATE = Evidence(
    "made_later", -2.0, "The account was made two years or more after the order: the mailbox may have passed on."
)
REFUND = Evidence("refunded", -1.0, "The order was refunded: it may not be worth attaching.")
SEVERAL = -3.0
SURE = "Attaching is recommended: it is the only account with the order's address, and the names are the same."


def find(tables: Tables) -> Iterator[Finding]:
    """Every orphaned order with the accounts it may belong to."""
    for order, fits in orphans(tables):
        yield _finding(order, fits)


def _finding(order: Ref, fits: list[Fit]) -> Finding:
    best = fits[0]
    stub = Ref(order.platform, "customer", best.stub) if best.stub else None
    accounts = [fit.ref for fit in fits]
    others = tuple(sorted({*accounts, stub} if stub else accounts))
    key = making.key_of(RULE, order, others)
    because = list(_because(best, several=len(fits)))
    options = tuple(_attach(key, order, stub, fit) for fit in fits)
    confidence = making.confidence(because)
    doubt = _doubt(fits, because)
    says = f"No option is recommended: {doubt}." if doubt else SURE
    because.append(Evidence("recommendation", 0.0, says))
    return Finding(RULE, order, others, confidence, tuple(because), options, None if doubt else 0)


def _doubt(fits: list[Fit], because: list[Evidence]) -> str | None:
    """Why a careful colleague would ask before attaching, if they would."""
    best = fits[0]
    if len(fits) > 1:
        return "more than one account fits"
    if best.found != ADDRESS:
        return "the addresses differ, and another person can have the same name"
    if not best.whole:
        return "it is not beyond doubt that the names are one person's"
    if LATE in because:
        return "the mailbox may have been somebody else's when the order was placed"
    return "the order was refunded" if REFUND in because else None


def _because(fit: Fit, several: int) -> Iterator[Evidence]:
    """What speaks for the likeliest account, and against it."""
    yield BY[fit.found]
    yield NAME if fit.agreed else UNKNOWN_NAME
    if fit.phone:
        yield PHONE
    if fit.street:
        yield STREET
    if fit.stub:
        yield STUB
    if several > 1:
        says = f"{several} accounts fit. What is said here is of account {fit.account}, the likeliest."
        yield Evidence("several", SEVERAL, says)
    if fit.status in REFUNDED:
        yield REFUND
    late = fit.placed_at and fit.created_at and fit.created_at - fit.placed_at >= LONG_AFTER
    if late and not (fit.phone or fit.street):
        yield LATE


def _attach(key: str, order: Ref, stub: Ref | None, fit: Fit) -> Option:
    account = fit.ref
    fixes = [making.attach(order, str(stub) if stub else None, account)]
    label = f"Attach the order to account {account.id}" + (f" ({fit.email})" if fit.email else "")
    if order.platform == "shopify":
        if fit.email and fit.order_email != fit.email:
            was, right = fit.email, fit.order_email
            if fit.found == SLIP:
                was, right = fit.order_email or "", fit.email
            fixes.append(making.set_order_email(order, was, right))
        if fit.state == State.DISABLED:
            fixes.append(making.invite(account, State.DISABLED))
            label += " and invite its holder to activate it"
    text = f"Rollcall attached this guest order to account {account.id}."
    return making.option(label, [*fixes, *making.notes(key, fixes, [order], text)])
