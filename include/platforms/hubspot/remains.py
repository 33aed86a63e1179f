"""
What is left of the old address on a contact whose first one was changed, and what of its others is gone.

HubSpot documents neither: a person is told, in words that repeat no address. It reads once, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.errors import RollcallError
from include.platforms.hubspot.api import ADDITIONAL, Api
from include.platforms.hubspot.rows import addresses

MEMBER = "member_email"  # what a person signs in with, in accounts that have memberships
STAYS = (
    "keeps the old address as an additional one, and a form that is sent in with it makes it the first again: take it "
    "away by hand if it is another person's"
)
SIGNS_IN = "still has the old address as member_email, by which members sign in: change it by hand"


def remark(api: Api, contact: Mapping[str, Any], new: str) -> str | None:
    """What a person must know of `contact` (as it was before) now that its first address is `new`; None for nothing."""
    id, told = str(contact["id"]), contact["properties"]
    who, old = f"hubspot:contact:{id}", plain(told.get("email"))
    held = {plain(one) for one in addresses(told.get(ADDITIONAL))} - {plain(new)}
    try:
        now = api.whole(id, ("email", ADDITIONAL, MEMBER))["properties"]
    except RollcallError as error:  # the change was made: it must not look as if it were not
        return f"What became of the other addresses of {who} could not be read ({type(error).__name__}): look there."
    left = {plain(one) for one in addresses(now.get(ADDITIONAL))}
    says = []
    if old and old != plain(new) and old in left:
        says.append(STAYS)
    if gone := len(held - left):
        says.append(f"has lost {gone} of its additional addresses: add by hand what it should have")
    if old and old != plain(new) and plain(now.get(MEMBER)) == old:
        says.append(SIGNS_IN)
    return " ".join(f"{who} {one}." for one in says) or None


def plain(email: str | None) -> str:
    return (email or "").strip().casefold()
