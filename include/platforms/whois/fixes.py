"""
What we may change at a registrar: an address, wherever a domain's roles hold exactly the old one.

Only with the client's consent for this very domain, which the fix carries (`registrant_change`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.errors import Refusal
from include.model import Action, Fix, Ref
from include.platforms.whois.api import Api
from include.platforms.whois.roles import email, email_fields, redacted, registrant
from include.registrant_change import consented, deadlines

CAN: Mapping[Action, frozenset[str]] = {Action.SET_EMAIL: frozenset({"addresses"})}


def read(api: Api, fix: Fix) -> dict[str, Any]:
    """
    The registrant's address, as it is now.

    Where the registrant has the new one and other roles still hold the old one, they are told too: a registrar that
    saved only a part of what was sent has not made the fix true.
    """
    _may(fix)
    found = api.roles(fix.target.id)
    told: dict[str, Any] = {"email": email(registrant(found))}
    if old := fix.before.get("email"):
        left = sorted(role for role, fields in found.items() if any(_holds(fields, key, str(old)) for key in fields))
        if left and told["email"] == fix.after.get("email") != old:
            told["roles with the old address"] = left
    return told


def write(api: Api, fix: Fix) -> str | None:
    """
    Send every role back whole, with the old address replaced wherever it stands and nothing else touched.

    Answers by when what must happen: the new address verified, the domain free to be transferred. WHMCS takes roles
    as a whole only: what somebody changes in one between this look and the request is put back to what it was. For the
    same reason nothing is sent while the registrar hides a value of any role.
    """
    _may(fix)
    if not consented(fix):
        raise Refusal(
            f"Nobody wrote down that the client agreed to what a change of registrant sets off for {fix.target}: ask,"
            " then propose it again with that consent."
        )
    api.require_version()
    old, new = str(fix.before["email"]), str(fix.after["email"])
    found = api.roles(fix.target.id)
    wanted = {
        role: {key: new if _holds(fields, key, old) else told for key, told in fields.items()}
        for role, fields in found.items()
    }
    if wanted == found:
        raise Refusal(f"{fix.target} holds the old address in no role (any more): nothing was sent.")
    if hidden := sorted({role for role, fields in wanted.items() if any(map(redacted, fields.values()))}):
        raise Refusal(
            f"The registrar hides values of {fix.target} (in {', '.join(hidden)}) and takes whole roles only: the words"
            " that hide them would be saved in their place. Nothing was sent; change it in the registrar's panel."
        )
    api.save(fix.target.id, wanted)
    return " ".join(deadlines(fix.after, datetime.now(UTC).date(), fix.after.get("domain"))) or None


def image(api: Api, fix: Fix) -> dict[str, Any]:
    """Each role as the registrar tells it; what holds the old or the new address stands apart, under `addresses`."""
    ours = {str(fix.before.get("email")).casefold(), str(fix.after.get("email")).casefold()}
    told: dict[str, Any] = {"addresses": {}}
    for role, fields in api.roles(fix.target.id).items():
        moving = {key for key in email_fields(fields) if fields[key].strip().casefold() in ours}
        told["addresses"][role] = {key: fields[key] for key in sorted(moving)}
        told[role] = {key: value for key, value in fields.items() if key not in moving}
    return told


def current(_api: Api, ref: Ref) -> Ref:
    """The domain itself: WHMCS forwards no ids."""
    return ref


def _holds(fields: Mapping[str, str], key: str, old: str) -> bool:
    return key in email_fields(fields) and fields[key].strip().casefold() == old.casefold()


def _may(fix: Fix) -> None:
    if fix.action not in CAN or fix.target.kind != "domain":
        raise Refusal(f"Rollcall has no way to {fix.action} a {fix.target.kind} on whois.")
