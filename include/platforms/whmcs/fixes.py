"""
What we may change in WHMCS: addresses of clients, their sub-contacts and logins, names, and notes on clients.

`check_access` changes nothing: it stops an option whose client could not sign in after what came before it.
Passwords: never.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.errors import Refusal, RollcallError, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms.whmcs.api import Api
from include.platforms.whmcs.find import access
from include.whmcs_shapes import rows, steady, text

CAN: Mapping[Action, frozenset[str]] = {
    Action.SET_EMAIL: frozenset({"email", "email_verified"}),
    Action.SET_NAME: frozenset({"firstname", "lastname", "fullname"}),
    Action.ADD_NOTE: frozenset(),
    Action.CHECK_ACCESS: frozenset(),
}
GRANTED, NOT_YET = "granted", "not yet"

# What a person is told where a change is known by reading alone, of which reading shows only the half.
HALF_SEEN: Mapping[Action, str] = {
    Action.ADD_NOTE: "The reason is in the client's activity log; the note may be missing, and WHMCS does not show it."
}


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """The fields that `fix` speaks of, as they are now."""
    record = _record(api, fix)
    where = f"whmcs {fix.target.kind}"
    match fix.action:
        case Action.SET_EMAIL:
            return {"email": text(record, "email", where)}
        case Action.SET_NAME:
            return {"first_name": text(record, "firstname", where), "last_name": text(record, "lastname", where)}
        case Action.ADD_NOTE:
            marker = str(fix.after["note"])
            return {"note": marker if api.logged(fix.target.id, marker) else None}
        case Action.CHECK_ACCESS:
            return {"access": GRANTED if access(api, fix.target, str(fix.after["email"])).granted else NOT_YET}
        case _:
            raise _cannot(fix)


def write(api: Api, fix: Fix) -> None:
    """Send the one request that makes `fix` true; a note takes two, see `_note`."""
    api.require_version()
    match fix.action, fix.target.kind:
        case Action.SET_EMAIL, "client":
            # Without skipvalidation an empty mandatory field that has nothing to do with us refuses the change.
            api.change("UpdateClient", clientid=fix.target.id, email=str(fix.after["email"]), skipvalidation="true")
        case Action.SET_EMAIL, "login":
            api.change("UpdateUser", user_id=fix.target.id, email=str(fix.after["email"]))
        case Action.SET_EMAIL, "contact":
            api.change("UpdateContact", contactid=fix.target.id, email=str(fix.after["email"]))
        case Action.SET_NAME, "client":
            api.change("UpdateClient", clientid=fix.target.id, **_names(fix), skipvalidation="true")
        case Action.SET_NAME, "login":
            api.change("UpdateUser", user_id=fix.target.id, **_names(fix))
        case Action.ADD_NOTE, "client":
            _note(api, fix)
        case Action.CHECK_ACCESS, "client":
            raise Refusal(_in_the_way(api, fix))
        case _:
            raise _cannot(fix)


def already(_api: Api, fix: Fix) -> str | None:
    """What a check that went well has shown; of anything else, nothing."""
    if fix.action is not Action.CHECK_ACCESS:
        return None
    return "The client is active, and its owner signs in with the new address."


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """The whole client or login, so told that two readings of an unchanged record are equal."""
    record = dict(_record(api, fix))
    for container, singular in (("users", "user"), ("clients", "client")):
        if container in record:
            record[container] = rows(record[container], singular, f"whmcs {fix.target.kind}")
    told: dict[str, Any] = steady(record)
    return told


def current(_api: Api, ref: Ref) -> Ref:
    """The record itself: WHMCS forwards no ids (it merges clients only by hand, and the merged one is gone)."""
    return ref


def _record(api: Api, fix: Fix) -> dict[str, Any]:
    match fix.target.kind:
        case "client":
            return api.client(fix.target.id)
        case "login":
            hints = [fix.before.get("email"), fix.after.get("email"), fix.before.get("last_name")]
            return api.login(fix.target.id, tuple(str(hint) for hint in hints if hint))
        case "contact" if fix.action is Action.SET_EMAIL:
            return api.contact(fix.target.id, tuple(str(side["email"]) for side in (fix.before, fix.after)))
        case _:
            raise _cannot(fix)


def _note(api: Api, fix: Fix) -> None:
    """
    Write a note so that it is never there twice.

    WHMCS tells no notes, so a line in the client's activity log is the anchor. It is written first and holds the same
    words as the note: should the second request fail in whatever way, the reason is on the record, nothing is written
    again, and the receipt says that the note may be missing (`HALF_SEEN` does, where this was cut off in between).
    Raises UnclearOutcome then.
    """
    words = f"{fix.after['text']} [{fix.after['note']}]"
    if api.logged(fix.target.id, str(fix.after["note"])):
        return
    try:
        api.change("LogActivity", clientid=fix.target.id, description=words)
    except UnclearOutcome as unclear:
        raise UnclearOutcome(f"{unclear} The note was not written.") from unclear
    try:
        api.change("AddClientNote", userid=fix.target.id, notes=words)  # `userid` is the client here
    except RollcallError as failed:
        raise UnclearOutcome(f"{failed} {HALF_SEEN[fix.action]}") from failed


def _in_the_way(api: Api, fix: Fix) -> str:
    """Why the owner of a client cannot get at it."""
    found = access(api, fix.target, str(fix.after["email"]))
    reasons = {
        "WHMCS does not name one owner of it": found.listed,
        "it is not active": found.active,
        "its owner signs in with another address": found.addressed,
    }
    told = ", and ".join(why for why, well in reasons.items() if not well) or "it could not be told a moment ago"
    return f"The owner of {fix.target} may have no access: {told}. See to it in WHMCS before anything else is changed."


def _names(fix: Fix) -> dict[str, str]:
    wanted = {"firstname": fix.after.get("first_name"), "lastname": fix.after.get("last_name")}
    return {name: str(value) for name, value in wanted.items() if value}


def _cannot(fix: Fix) -> Refusal:
    return Refusal(f"Rollcall has no way to {fix.action} a {fix.target.kind} on whmcs.")
