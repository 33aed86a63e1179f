"""
What we may change in HubSpot, how each change reads, and the one request that makes it.

Nothing is deleted. An id is resolved before it is written to: a contact that was merged away goes on under another id.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from include.errors import Conflict, Refusal, RollcallError
from include.model import Action, Fix, Ref
from include.platforms.hubspot import additional, remains
from include.platforms.hubspot.api import ADDITIONAL, Api
from include.platforms.hubspot.refusals import STANDS
from include.platforms.hubspot.remains import plain
from include.platforms.hubspot.rows import PROPERTIES, addresses

TOUCHED = frozenset({"updatedAt", "lastmodifieddate"})

CAN: Mapping[Action, frozenset[str]] = {
    # Undocumented whether the old address stays on as an additional one.
    Action.SET_EMAIL: TOUCHED | {"email", ADDITIONAL},
    Action.ADD_EMAIL: TOUCHED | {ADDITIONAL},
    Action.SET_NAME: TOUCHED | {"firstname", "lastname"},
    Action.MERGE: frozenset({"*"}),
    Action.ADD_NOTE: TOUCHED,
}

ADDRESSES = frozenset({Action.SET_EMAIL, Action.ADD_EMAIL})  # what may be refused since another contact has an address
NOTE_MAX = 65_536


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """The fields the fix speaks of, as HubSpot holds them now. Raises NotFound."""
    contact = api.contact(fix.target.id)
    told = contact["properties"]
    match fix.action:
        case Action.SET_EMAIL:
            return {"email": told.get("email")}
        case Action.ADD_EMAIL:
            return {"other_emails": list(addresses(told.get(ADDITIONAL)))}
        case Action.SET_NAME:
            return {"first_name": told.get("firstname") or None, "last_name": told.get("lastname") or None}
        case Action.MERGE:
            return _two(contact, api.contact(_duplicate(fix)))
        case Action.ADD_NOTE:
            marker = str(fix.after["note"])
            return {"note": marker if any(marker in note for note in api.notes(contact["id"])) else None}
        case _:
            raise _cannot(fix)


def write(api: Api, fix: Fix) -> str | None:
    """
    Make the change, by one request.

    Answers what a person must still do: of the old address where it stays, and of others that are gone (`remains`).
    """
    if fix.action not in CAN:
        raise _cannot(fix)
    contact = api.contact(fix.target.id)
    id = str(contact["id"])
    try:
        match fix.action:
            case Action.SET_EMAIL:
                api.update_contact(id, email=str(fix.after["email"]))
            case Action.ADD_EMAIL:
                _add_email(api, contact, fix)
            case Action.SET_NAME:
                names = {"firstname": fix.after["first_name"], "lastname": fix.after["last_name"]}
                api.update_contact(id, **{name: value or "" for name, value in names.items()})
            case Action.MERGE:
                _merge(api, contact, fix)
            case Action.ADD_NOTE:
                api.create_note(id, _note(fix))
            case _:
                raise _cannot(fix)
    except Conflict as conflict:
        if fix.action not in ADDRESSES:
            raise Refusal(f"hubspot refused {fix.action} of {fix.target}: {STANDS}") from conflict
        holder = _holder(api, conflict, fix)
        if holder == f"hubspot:contact:{id}":
            raise Refusal(
                f"hubspot: {holder} has the address as an additional one, and this account does not let it become the "
                "first from outside. Make it the primary address by hand"
            ) from conflict
        says = f"hubspot refused: the address already belongs to {holder}" if holder else str(conflict)
        raise Conflict(says, holder) from conflict
    return remains.remark(api, contact, str(fix.after["email"])) if fix.action is Action.SET_EMAIL else None


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """
    The whole contact: every property that somebody could have set.

    What HubSpot calculates moves by itself and would prove nothing; only before a merge, which cannot be undone, is
    every property of both contacts kept.
    """
    known = api.properties()
    if fix.action is Action.MERGE:
        ids = {str(api.contact(id)["id"]) for id in (fix.target.id, _duplicate(fix))}
        return {f"hubspot:contact:{id}": _flat(api.whole(id, sorted(known))) for id in sorted(ids)}
    names = {name for name, told in known.items() if not additional.read_only(told)}
    return _flat(api.whole(str(api.contact(fix.target.id)["id"]), sorted(names | set(PROPERTIES))))


def current(api: Api, ref: Ref) -> Ref:
    """The contact that carries this id now: HubSpot forwards the ids of merged ones."""
    return Ref(ref.platform, ref.kind, str(api.contact(ref.id)["id"]))


def same(action: Action, field: str, a: Any, b: Any) -> bool:
    """Whether two values are one to HubSpot: it keeps no case in addresses, and no order among them."""
    if field in {"email", "duplicate_email"}:
        return plain(a) == plain(b)
    if field == "other_emails":
        return sorted(map(plain, a or ())) == sorted(map(plain, b or ()))
    if action is Action.SET_NAME:
        return (a or "").strip() == (b or "").strip()
    return bool(a == b)


def _add_email(api: Api, contact: Mapping[str, Any], fix: Fix) -> None:
    """The one address that is new, beside those that are there."""
    held = addresses(contact["properties"].get(ADDITIONAL))
    known = {plain(one) for one in (*held, contact["properties"].get("email"))}
    new = [one for one in fix.after["other_emails"] if plain(one) not in known]
    if len(new) != 1:
        raise Refusal(f"hubspot: {fix.target} is to get {len(new)} new addresses; one at a time can be added")
    additional.add(api, str(contact["id"]), held, new[0])


def _two(contact: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two contacts, or the one that they have become, as a merge speaks of them."""
    one = other["id"] == contact["id"]
    return {
        "duplicate": None if one else f"hubspot:contact:{other['id']}",
        "email": contact["properties"].get("email"),
        "duplicate_email": None if one else other["properties"].get("email"),
    }


def _merge(api: Api, contact: Mapping[str, Any], fix: Fix) -> None:
    """
    Merge the two that were approved. HubSpot forwards the ids of merged contacts: one that somebody merged into a third
    a moment ago answers as that third one, which nobody has approved to give up.
    """
    found = _two(contact, api.contact(_duplicate(fix)))
    if found["duplicate"] is None:
        raise Refusal(f"hubspot: {fix.target} and its duplicate are one contact already")
    if changed := [name for name in found if not same(fix.action, name, found[name], fix.before.get(name))]:
        raise Refusal(
            f"hubspot: nothing was merged, for {fix.target} or its duplicate was changed or merged a moment ago "
            f"({', '.join(changed)}); the next night finds what became of them"
        )
    api.merge_contacts(str(contact["id"]), _duplicate(fix))


def _note(fix: Fix) -> str:
    """The note as the HTML that HubSpot shows it as."""
    lines = [html.escape(line, quote=False) for line in str(fix.after["text"]).splitlines()]
    body = "<br>".join([*lines, f"[{fix.after['note']}]"])
    if len(body) > NOTE_MAX:
        raise Refusal(f"hubspot: a note holds {NOTE_MAX} characters at most")
    return body


def _holder(api: Api, conflict: Conflict, fix: Fix) -> str | None:
    """Who has the address, under the id it has today. The refusal stands whether or not this can be told."""
    asked = [*(fix.after.get("other_emails") or ()), fix.after.get("email")]
    held = {plain(one) for one in fix.before.get("other_emails") or ()}
    try:
        if conflict.holder:
            return str(current(api, Ref.parse(conflict.holder)))
        found = next((id for one in asked if one and plain(one) not in held and (id := api.holder(one))), None)
    except RollcallError:
        return conflict.holder
    return f"hubspot:contact:{found}" if found else None


def _duplicate(fix: Fix) -> str:
    return Ref.parse(str(fix.before["duplicate"])).id


def _flat(contact: Mapping[str, Any]) -> dict[str, Any]:
    """A contact with its properties as fields of their own."""
    own = {name: contact.get(name) for name in ("id", "archived", "createdAt", "updatedAt")}
    return own | {name: value or None for name, value in contact["properties"].items()}


def _cannot(fix: Fix) -> Refusal:
    return Refusal(f"hubspot: {fix.action} is not something we can do")
