"""What we may change in cPanel: the address of a hosting account, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from include.errors import Refusal
from include.model import Action, Fix, Ref
from include.platforms.cpanel.api import Api
from include.platforms.cpanel.rows import addresses

logger = logging.getLogger(__name__)

CAN: Mapping[Action, frozenset[str]] = {Action.SET_EMAIL: frozenset({"email"})}

# What a summary tells of the account itself; the rest (disk use, load, ...) moves by itself.
LASTING = ("user", "domain", "email", "owner", "plan", "suspended", "is_locked", "shell", "theme", "partition")


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """The fields that `fix` speaks of, as they are now."""
    _may(fix)
    return {"email": next(iter(addresses(api.hosting(fix.target.id))), None)}


def write(api: Api, fix: Fix) -> None:
    """Set the address, where the account still holds the old one and only that."""
    _may(fix)
    before = addresses(api.hosting(fix.target.id))
    old, new = fix.before["email"], str(fix.after["email"])
    if before != ([old] if old else []):
        raise Refusal(
            f"{fix.target} does not hold exactly the one address that was approved: change it by hand in WHM."
        )
    settings = api.set_contact_email(fix.target.id, new)
    if old and str(settings.get("CONTACTEMAIL2", "")).casefold() == str(old).casefold():
        logger.warning(
            "%s keeps the old address as its second contact: WHM lets nobody but a person change it", fix.target
        )


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """The account as its summary tells it, without what moves by itself."""
    row = api.hosting(fix.target.id)
    return {name: str(row[name]) for name in LASTING if name in row}


def current(_api: Api, ref: Ref) -> Ref:
    """The account itself: WHM forwards no names."""
    return ref


def _may(fix: Fix) -> None:
    if fix.action not in CAN or fix.target.kind != "hosting":
        raise Refusal(f"Rollcall has no way to {fix.action} a {fix.target.kind} on cpanel.")
