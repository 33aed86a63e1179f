"""
What we may change in Shopify, how each change reads, and the one request that makes it.

Nothing is deleted, no password is set, and notes and tags are only ever added to (`notes`). How two customers are
merged is told in `merging`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.errors import Conflict, Refusal, RollcallError
from include.model import Action, Fix, Ref, State
from include.platforms.shopify import merging, notes
from include.platforms.shopify.api import NEW_ACCOUNTS, Api
from include.platforms.shopify.ownership import owner
from include.platforms.shopify.rows import state

CAN: Mapping[Action, frozenset[str]] = {
    Action.SET_EMAIL: frozenset({"defaultEmailAddress", "displayName", "verifiedEmail", "updatedAt"}),
    Action.SET_NAME: frozenset({"firstName", "lastName", "displayName", "updatedAt"}),
    # Undocumented whether the email follows the customer; the option's next fix puts it right where it does.
    Action.ATTACH: frozenset({"customer", "email", "updatedAt"}),
    Action.SET_ORDER_EMAIL: frozenset({"email", "updatedAt"}),
    Action.INVITE: frozenset({"state", "updatedAt"}),
    Action.MERGE: frozenset({"*"}),
    Action.RESET_ACCESS: frozenset({"updatedAt"}),
    Action.ADD_NOTE: frozenset({"note", "tags", "updatedAt"}),
}

# What no reading shows, neither at once nor ever: sent once, its outcome stays unknown, and a person has to look.
UNSEEN = frozenset({Action.RESET_ACCESS})

# Of a fix for which there is nothing to send in a shop with new customer accounts.
NOTHING_TO_SEND: Mapping[Action, str] = {
    Action.INVITE: "which need no invitation",
    Action.RESET_ACCESS: "which have no password",
}


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """
    The fields the fix speaks of, as Shopify holds them now. Raises NotFound.

    Access always reads as kept: the mail of a reset goes to the customer and leaves nothing behind that can be read.
    With new customer accounts nobody is invited and no password is reset: it reads as done, and `already` says why.
    """
    if fix.action is Action.MERGE:
        return merging.read(api, fix)
    record = image(api, fix)
    if already(api, fix):
        return {name: fix.after[name] for name in fix.before}
    match fix.action:
        case Action.SET_EMAIL:
            return {"email": (record["defaultEmailAddress"] or {}).get("emailAddress")}
        case Action.SET_NAME:
            return {"first_name": record["firstName"], "last_name": record["lastName"]}
        case Action.ATTACH:
            return {"contact": owner(api, record)}
        case Action.SET_ORDER_EMAIL:
            return {"email": record["email"]}
        case Action.INVITE:
            return {"state": str(state(record["state"]))}
        case Action.RESET_ACCESS:
            return {"access": "kept"}
        case Action.ADD_NOTE:
            return notes.read(api, fix, record)
        case _:
            raise _cannot(fix)


def write(api: Api, fix: Fix) -> None:
    """Make the change, by one request."""
    id = fix.target.id
    if nothing := already(api, fix):
        raise Refusal(nothing)
    match fix.action:
        case Action.SET_EMAIL:
            _set_email(api, id, fix.after["email"])
        case Action.SET_NAME:
            api.update_customer(id, firstName=fix.after["first_name"], lastName=fix.after["last_name"])
        case Action.ATTACH:
            api.set_order_customer(id, Ref.parse(fix.after["contact"]).id)
        case Action.SET_ORDER_EMAIL:
            api.update_order(id, email=fix.after["email"])
        case Action.INVITE:
            _invite(api, id)
        case Action.RESET_ACCESS:
            _reset_access(api, fix)
        case Action.MERGE:
            merging.merge(api, fix)
        case Action.ADD_NOTE:
            notes.add(api, fix, image(api, fix))
        case _:
            raise _cannot(fix)


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """The whole record, without the counters that lag; before a merge, every record that it touches."""
    if fix.action is Action.MERGE:
        return merging.image(api, fix)
    return api.order(fix.target.id) if fix.target.kind == "order" else api.customer(fix.target.id)


def current(api: Api, ref: Ref) -> Ref:
    """The record that carries this id now: always the same, for Shopify forwards no merged ids."""
    return ref


def aliases(fix: Fix) -> dict[str, str]:
    """After a merge that reads as done: the name that the duplicate goes by, which Shopify itself tells nowhere."""
    return {str(fix.before["duplicate"]): str(fix.target)}


def already(api: Api, fix: Fix) -> str | None:
    """Why nothing has to be sent for this fix though nothing was done; None where that is not so."""
    if fix.action not in NOTHING_TO_SEND or api.accounts_version() != NEW_ACCOUNTS:
        return None
    return (
        f"shopify: this shop uses new customer accounts, {NOTHING_TO_SEND[fix.action]}: nothing was sent. "
        "Tell the customer to sign in with the code that is sent to their address"
    )


def same(action: Action, field: str, a: Any, b: Any) -> bool:
    """Whether two values are one to Shopify: it drops spaces in an address and holds a blank name as none."""
    if field in {"email", "duplicate_email"} and isinstance(a, str) and isinstance(b, str):
        return "".join(a.split()) == "".join(b.split())
    if action is Action.MERGE and field == "orders":
        return merging.same_orders(a, b)
    if action is Action.SET_NAME:
        return (a or "").strip() == (b or "").strip()
    return bool(a == b)


def _set_email(api: Api, id: str, email: str) -> None:
    try:
        api.update_customer(id, email=email)
    except Conflict as conflict:
        holder = _holder(api, email)
        says = f"shopify refused: the address already belongs to {holder}" if holder else str(conflict)
        raise Conflict(says, holder) from conflict


def _holder(api: Api, email: str) -> str | None:
    """Who has the address. The refusal stands whether or not this can be told."""
    try:
        found = api.holder(email)
    except RollcallError:
        return None
    return f"shopify:customer:{found}" if found else None


def _invite(api: Api, id: str) -> None:
    """Invite only who can be: an invitation mails a real person."""
    customer = api.customer(id)
    if state(customer["state"]) is State.ACTIVATED:
        raise Refusal(f"shopify: customer {id} has an activated account and cannot be invited")
    if customer["defaultEmailAddress"] is None:
        raise Refusal(f"shopify: customer {id} has no address to invite")
    api.invite_customer(id)


def _reset_access(api: Api, fix: Fix) -> None:
    """
    Have the link to a new password mailed to the customer's address; only there where a password exists.

    An `email` in the fix's `after` is the address it was approved for: the mail goes to that one or to none.
    """
    customer = api.customer(fix.target.id)
    if state(customer["state"]) is not State.ACTIVATED:
        raise Refusal(f"shopify: {fix.target} has no activated account, and so no password to reset; invite it instead")
    address, approved = (customer["defaultEmailAddress"] or {}).get("emailAddress"), fix.after.get("email")
    if not address:
        raise Refusal(f"shopify: {fix.target} has no address to mail to")
    if approved is not None and not same(fix.action, "email", address, approved):
        raise Refusal(f"shopify: the address of {fix.target} is not the one that its reset was approved for")
    api.recover_customer(address)


def _cannot(fix: Fix) -> Refusal:
    return Refusal(f"shopify: {fix.action} is not something we can do")
