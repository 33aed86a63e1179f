"""
Merging two customers: what a reviewer must have seen of it, what stands against it, and the one request that does it.

It cannot be undone, the duplicate's address is lost, and its orders take on the survivor's: all of that is in the fix.
Shopify is never left to choose who survives: the preview must name the approved one, or nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from include.errors import NotFound, Refusal, RollcallError, UnclearOutcome
from include.model import Fix, Ref
from include.platforms.shopify.api import Api, gid
from include.platforms.shopify.ownership import owner
from include.platforms.shopify.rows import number

PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds between two looks at the job; what comes later, the read-back sees

# What stands against a merge (CustomerMergeErrorFieldType, 2026-10), and what to do about it.
BLOCKERS: Mapping[str, str] = {
    "COMPANY_CONTACT": "one of them is a contact of a company; remove it from the company first",
    "CUSTOMER_PAYMENT_METHODS": "one of them has saved payment methods; the customer has to remove them first",
    "DELETED_AT": "one of them is being deleted; leave them apart",
    "GIFT_CARDS": "one of them has gift cards; take the customer off them first",
    "MERGE_IN_PROGRESS": "one of them is being merged already; wait until that is done",
    "MULTIPASS_IDENTIFIER": "one of them signs in through Multipass; leave them apart",
    "OVERRIDE_FIELDS": "the survivor lacks a value that it is to keep; look at both by hand",
    "PENDING_DATA_REQUEST": "one of them has asked for their data; answer that request first",
    "REDACTED_AT": "the data of one of them was erased; leave them apart",
    "STORE_CREDIT": "one of them has store credit; settle it first",
    "SUBSCRIPTIONS": "one of them has subscriptions; cancel or move them first",
}

# The field of a customer, and the override by which the survivor's own value is kept.
KEEPS: Mapping[str, str] = {
    "defaultEmailAddress": "customerIdOfEmailToKeep",
    "firstName": "customerIdOfFirstNameToKeep",
    "lastName": "customerIdOfLastNameToKeep",
    "defaultPhoneNumber": "customerIdOfPhoneNumberToKeep",
    "defaultAddress": "customerIdOfDefaultAddressToKeep",
}


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """
    Both customers, and whose the duplicate's orders are and under which address. Raises NotFound without a survivor.

    A merge shows by the duplicate's id leading nowhere and by its orders, which are the survivor's then.
    """
    survivor, other = api.customer(fix.target.id), _there(api, duplicate_of(fix))
    return {
        "duplicate": f"shopify:customer:{duplicate_of(fix)}" if other else None,
        "email": _email(survivor),
        "duplicate_email": _email(other) if other else None,
        "orders": {
            name: {"contact": owner(api, order), "email": order["email"]} for name, order in _orders(api, fix, other)
        },
    }


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """Every record that the merge touches, whole: both customers, and the duplicate's orders."""
    survivor, other = api.customer(fix.target.id), _there(api, duplicate_of(fix))
    customers = [survivor, other] if other else [survivor]
    told = {f"shopify:customer:{number(one['id'], 'Customer')}": one for one in customers}
    return told | dict(_orders(api, fix, other))


def merge(api: Api, fix: Fix) -> None:
    """Ask for the preview, hold it to what was approved, send the merge once, and see its job out for a while."""
    survivor, duplicate = fix.target.id, duplicate_of(fix)
    if survivor == duplicate:
        raise Refusal(f"shopify: {fix.target} and its duplicate are one customer already")
    if not isinstance(fix.before.get("orders"), Mapping):
        raise Refusal(
            f"shopify: the orders of shopify:customer:{duplicate} take on the address of {fix.target} when the two are "
            "merged, and this was approved without showing them; file it again with `orders`"
        )
    kept = api.customer(survivor)
    keep = {name: gid("Customer", survivor) for field, name in KEEPS.items() if kept[field]}
    _insist(fix, api.preview_merge(duplicate, survivor, keep))
    _see_out(api, api.merge_customers(duplicate, survivor, keep))


def duplicate_of(fix: Fix) -> str:
    """The number of the customer who goes."""
    return Ref.parse(str(fix.before["duplicate"])).id


def same_orders(a: Any, b: Any) -> bool:
    """Whether two tellings of the orders are one: an address is one whatever its case and spaces."""
    return _plain(a) == _plain(b)


def _insist(fix: Fix, told: Mapping[str, Any]) -> None:
    """Refuse all that stands against the merge, and every outcome but the approved one."""
    sides = (told["survivor"], told["duplicate"])
    if None in sides:
        raise NotFound(f"shopify: {fix.target} or its duplicate is gone; the next night finds what became of it")
    preview = told["customerMergePreview"]
    fields = [field for side in sides for field in side["mergeable"]["errorFields"]]
    fields += [field for error in preview["customerMergeErrors"] or () for field in error["errorFields"]]
    unable = not all(side["mergeable"]["isMergeable"] for side in sides)
    if fields or unable or preview["customerMergeErrors"]:
        raise Refusal(f"shopify cannot merge {fix.target} and its duplicate: {sentences(fields)}")
    blocking = preview["blockingFields"] or {}
    if blocking.get("note") or blocking.get("tags"):
        raise Refusal(
            f"shopify cannot merge {fix.target} and its duplicate: their notes together are longer than 5,000 "
            "characters, or they have more than 250 tags; shorten them by hand first"
        )
    resulting = preview["resultingCustomerId"]
    if resulting != gid("Customer", fix.target.id):
        named = f"shopify:customer:{number(resulting, 'Customer')}" if resulting else "nobody"
        raise Refusal(
            f"shopify would let {named} survive and not {fix.target}, as was approved; nothing was sent. "
            "File the merge the other way round, or give the survivor an address first"
        )
    address = _address((preview["defaultFields"] or {}).get("email"))
    if _compared(address) != _compared(fix.after.get("email")):
        raise Refusal(f"shopify would give {fix.target} another address than was approved; nothing was sent")


def sentences(fields: Iterable[str]) -> str:
    """What stands against a merge, in plain words."""
    told = dict.fromkeys(BLOCKERS.get(field, f"{field}; look at both by hand") for field in fields)
    return "; ".join(told) or "it does not say why; look at both by hand"


def _see_out(api: Api, job: str) -> None:
    """
    Wait for the job that merges, as long as that is worth it.

    Whatever keeps us from looking, the merge was sent: only reading the records tells what became of it.
    """
    for pause in PAUSES:
        try:
            status = api.merge_status(job)
        except RollcallError as error:
            raise UnclearOutcome(f"shopify accepted the merge, and how it went could not be asked: {error}") from error
        if status is None or status["status"] == "COMPLETED":
            return
        if status["status"] == "FAILED":
            fields = [field for error in status["customerMergeErrors"] for field in error["errorFields"]]
            raise UnclearOutcome(f"shopify accepted the merge, and its job failed: {sentences(fields)}")
        api.wait(pause)


def _orders(api: Api, fix: Fix, other: Mapping[str, Any] | None) -> Sequence[tuple[str, dict[str, Any]]]:
    """The orders that the fix speaks of and those that the duplicate has now, by their references."""
    named = {Ref.parse(name).id for name in fix.before.get("orders") or ()}
    held = api.order_ids(duplicate_of(fix)) if other else []
    return [(f"shopify:order:{id}", api.order(id)) for id in sorted(named | set(held))]


def _there(api: Api, id: str) -> dict[str, Any] | None:
    try:
        return api.customer(id)
    except NotFound:
        return None


def _email(customer: Mapping[str, Any]) -> str | None:
    return _address(customer["defaultEmailAddress"])


def _address(told: Mapping[str, Any] | None) -> str | None:
    return told["emailAddress"] if told else None


def _compared(email: str | None) -> str:
    return "".join((email or "").split()).casefold()


def _plain(orders: Any) -> dict[str, tuple[Any, str]]:
    return {name: (told.get("contact"), _compared(told.get("email"))) for name, told in (orders or {}).items()}
