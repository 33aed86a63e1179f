"""
What we may change in BigCommerce, how each change reads, and the one request that makes it.

Nothing is deleted, no order is sent back whole, and no password is known to anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from include.errors import Conflict, Refusal, RollcallError
from include.model import Action, Fix, Ref
from include.platforms.bigcommerce.api import Api
from include.platforms.bigcommerce.rows import buyer, channels, is_purchase

TOUCHED = frozenset({"date_modified"})

CAN: Mapping[Action, frozenset[str]] = {
    Action.SET_EMAIL: TOUCHED | {"email"},
    Action.SET_NAME: TOUCHED | {"first_name", "last_name"},
    Action.ATTACH: TOUCHED | {"customer_id"},
    Action.RESET_ACCESS: TOUCHED | {"authentication", "notes"},
    Action.ADD_NOTE: TOUCHED | {"notes", "staff_notes"},
}

NOTE_FIELD = {"customer": "notes", "order": "staff_notes"}
NOTE_MAX = 65_535
LINKED = ("products", "shipping_addresses")  # what an order holds under an address of its own
HANDED_OVER = "The old password was taken away; the next sign-in needs a new one, by the store's own reset mail."
UNNAMED = "Which one could not be told: search the store's customers for it, whatever the case of its letters"


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """
    The fields the fix speaks of, as BigCommerce holds them now. Raises NotFound.

    Whether access was handed over is told by the marker that the same request put into the notes. A forced reset alone
    tells nothing: a customer who was imported with one may still know the password, and who has used it has none.
    """
    record = _record(api, fix)
    match fix.action, fix.target.kind:
        case Action.SET_EMAIL, "customer":
            return {"email": record.get("email")}
        case Action.SET_NAME, "customer":
            return {"first_name": record.get("first_name") or None, "last_name": record.get("last_name") or None}
        case Action.ATTACH, "order":
            return {"contact": _contact(record)}
        case Action.RESET_ACCESS, "customer":
            return {"access": "reset" if _marked(record, fix) else "kept"}
        case Action.ADD_NOTE, _:
            return {"note": str(fix.after["note"]) if _marked(record, fix) else None}
        case _:
            raise _cannot(fix)


def write(api: Api, fix: Fix) -> None:
    """Make the change, by one request."""
    id = fix.target.id
    match fix.action, fix.target.kind:
        case Action.SET_EMAIL, "customer":
            _set_email(api, id, str(fix.after["email"]))
        case Action.SET_NAME, "customer":
            api.update_customer(id, **_names(fix))
        case Action.ATTACH, "order":
            _attach(api, fix)
        case Action.RESET_ACCESS, "customer":
            _reset_access(api, fix)
        case Action.ADD_NOTE, "customer" | "order":
            _add_note(api, fix)
        case _:
            raise _cannot(fix)


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """
    The whole customer or order; with an order that is attached, also what it only links to.

    Neither its lines nor where it goes may change by that, though BigCommerce shows either only when it is asked.
    """
    record = _record(api, fix)
    if fix.action is Action.ATTACH:
        record |= {part: api.order_parts(fix.target.id, part) for part in LINKED}
    return record


def current(_api: Api, ref: Ref) -> Ref:
    """The record itself: BigCommerce merges nothing."""
    return ref


def _record(api: Api, fix: Fix) -> dict[str, Any]:
    match fix.target.kind:
        case "customer":
            return api.customer(fix.target.id)
        case "order":
            return api.order(fix.target.id)
        case _:
            raise _cannot(fix)


def _set_email(api: Api, id: str, email: str) -> None:
    try:
        api.update_customer(id, email=email)
    except Conflict as conflict:
        holder = _holder(api, id, email)
        says = f"bigcommerce refused: the address already belongs to {holder}" if holder else f"{conflict}. {UNNAMED}"
        raise Conflict(says, holder) from conflict


def _holder(api: Api, id: str, email: str) -> str | None:
    """Who has the address on a channel that this customer uses too. The refusal stands if this cannot be told."""
    try:
        mine = set(channels(api.customer(id)))
        others = [one for one in api.customers_with(email) if str(one["id"]) != id]
    except RollcallError:
        return None
    holders = [one for one in others if not mine or not channels(one) or mine & set(channels(one))]
    return f"bigcommerce:customer:{holders[0]['id']}" if len(holders) == 1 else None


def _attach(api: Api, fix: Fix) -> None:
    """Give an order to a customer, by its id alone; or back to nobody, when that is what is to be undone."""
    order = api.order(fix.target.id)
    if _contact(order) != fix.before["contact"]:
        raise Refusal(f"bigcommerce: {fix.target} was given to somebody else meanwhile")
    if not is_purchase(order):
        raise Refusal(f"bigcommerce: {fix.target} is incomplete or deleted")
    if fix.after["contact"] is None:
        api.update_order(fix.target.id, customer_id=0)
        return
    customer = Ref.parse(fix.after["contact"]).id
    allowed = channels(api.customer(customer))
    if allowed and str(order["channel_id"]) not in allowed:
        raise Refusal(f"bigcommerce: customer {customer} may not buy on the channel of {fix.target}")
    api.update_order(fix.target.id, customer_id=int(customer))


def _names(fix: Fix) -> dict[str, str]:
    """The names that change; BigCommerce refuses to be sent one that is empty, even where it holds none."""
    names = {name: fix.after[name] or "" for name in ("first_name", "last_name")}
    return {name: value for name, value in names.items() if value != (fix.before[name] or "")} or names


def _reset_access(api: Api, fix: Fix) -> None:
    """
    Put a password that nobody knows in the place of the old one, and a note of it, by one request.

    BigCommerce mails nothing about it: the customer asks for a reset mail at the store's sign-in. The password is kept
    nowhere here, and BigCommerce tells none, so that neither an image nor a receipt can hold it.
    """
    if not fix.after.get("note"):
        raise Refusal(f"bigcommerce: the change of {fix.target} has no marker, and could not be told from another one")
    access = {"force_password_reset": True, "new_password": _unknowable()}
    notes = _with_note(api, fix, str(fix.after.get("text") or HANDED_OVER))
    api.update_customer(fix.target.id, authentication=access, notes=notes)


def _add_note(api: Api, fix: Fix) -> None:
    change = api.update_order if fix.target.kind == "order" else api.update_customer
    change(fix.target.id, **{NOTE_FIELD[fix.target.kind]: _with_note(api, fix, str(fix.after["text"]))})


def _with_note(api: Api, fix: Fix, says: str) -> str:
    """
    The record's notes with one more below what is there: BigCommerce replaces the text as a whole.

    It cannot write only if nothing changed. What somebody adds between this look and the write is lost: usually some
    tenths of a second, and as long as a turn is waited for where the quota is spent (`request_seconds` at most).
    """
    there = str(_record(api, fix).get(NOTE_FIELD[fix.target.kind]) or "").rstrip()
    line = f"{says} [{fix.after['note']}]"
    text = f"{there}\n\n{line}" if there else line
    if len(text) > NOTE_MAX:
        raise Refusal(f"bigcommerce: the notes of {fix.target} are full ({NOTE_MAX} characters); shorten them by hand")
    return text


def _marked(record: Mapping[str, Any], fix: Fix) -> bool:
    """Whether the fix has left its marker in the record's notes."""
    marker = str(fix.after.get("note") or "")
    return bool(marker) and marker in str(record.get(NOTE_FIELD[fix.target.kind]) or "")


def _contact(order: Mapping[str, Any]) -> str | None:
    customer = buyer(order)
    return f"bigcommerce:customer:{customer}" if customer else None


def _unknowable() -> str:
    """A password that is forgotten as soon as it is sent: 32 random bytes, and a letter and a digit for sure."""
    return f"{secrets.token_urlsafe(32)}aA1"


def _cannot(fix: Fix) -> Refusal:
    return Refusal(f"bigcommerce: Rollcall has no way to {fix.action} a {fix.target.kind}")
