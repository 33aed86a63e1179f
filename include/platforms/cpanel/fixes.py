"""
What we may change in cPanel: the address of a hosting account, and nothing else.

A fix's `after` may name the account's main `domain` as WHMCS has it; the server must then agree before it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.errors import NotFound, Refusal
from include.model import Action, Fix, Ref
from include.platforms.cpanel.api import Api
from include.platforms.cpanel.rows import addresses

CAN: Mapping[Action, frozenset[str]] = {Action.SET_EMAIL: frozenset({"email"})}

# What a summary tells of the account itself; the rest (disk use, load, ...) moves by itself.
LASTING = ("user", "domain", "email", "owner", "plan", "suspended", "is_locked", "shell", "theme", "partition")


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """The fields that `fix` speaks of, as they are now."""
    _may(fix)
    return {"email": next(iter(addresses(api.hosting(fix.target.id))), None)}


def write(api: Api, fix: Fix) -> str | None:
    """
    Set the address, where the account is the one that was meant and still holds the old address and only that.

    Answers what a person must still do: a second contact (`CONTACTEMAIL2`) that keeps the old address.
    """
    _may(fix)
    account = api.hosting(fix.target.id)
    old, new, domain = fix.before["email"], str(fix.after["email"]), fix.after.get("domain")
    if domain and str(account.get("domain", "")).casefold() != str(domain).casefold():
        raise Refusal(
            f"{fix.target} has another main domain on this server than WHMCS says: see in WHMCS on which server the"
            " service is, and whether its domain was changed."
        )
    if addresses(account) != ([old] if old else []):
        raise Refusal(
            f"{fix.target} does not hold exactly the one address that was approved: change it by hand in WHM."
        )
    settings = api.set_contact_email(fix.target.id, new)
    if old and str(settings.get("CONTACTEMAIL2", "")).strip().casefold() == str(old).casefold():
        return (
            f"{fix.target} keeps the old address as its second contact (CONTACTEMAIL2), which can still reset its"
            " password: WHM lets nobody but a person change it."
        )
    return None


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """The account as its summary tells it, without what moves by itself."""
    row = api.hosting(fix.target.id)
    return {name: str(row[name]) for name in LASTING if name in row}


def current(_api: Api, ref: Ref) -> Ref:
    """The account itself: WHM forwards no names."""
    return ref


def _may(fix: Fix) -> None:
    if fix.target.kind == "elsewhere":
        raise NotFound(f"{fix.target} is on a server that the connection whm does not open: change it by hand there.")
    if fix.action not in CAN or fix.target.kind != "hosting":
        raise Refusal(f"Rollcall has no way to {fix.action} a {fix.target.kind} on cpanel.")
