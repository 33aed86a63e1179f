"""
Adds an additional address to a contact, by whichever of HubSpot's two ways this account has.

The property, where the account lets it be written; else the v1 route, which is documented but ends in September 2027.
Both are adapters of one change: nobody else knows which one was taken. Neither removes or replaces an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from include.errors import NotFound, Refusal
from include.platforms.hubspot.api import ADDITIONAL, Api

READ_ONLY = "READ_ONLY_VALUE"  # as HubSpot calls it when it refuses


def add(api: Api, id: str, held: Sequence[str], email: str) -> None:
    """
    Add `email` to the contact that has `held`. Raises Conflict, or Refusal when neither way is open.

    A property that says it can be written, and then that it cannot, has changed nothing: the other way is tried.
    """
    if not read_only(api.properties().get(ADDITIONAL, {})) and _by_property(api, id, held, email):
        return
    try:
        api.put_secondary_email(id, email)
    except NotFound as gone:
        raise Refusal(
            "hubspot: this account takes no additional address from outside. Add it by hand at "
            f"hubspot:contact:{id}, or approve the address as the first one"
        ) from gone


def read_only(told: Mapping[str, Any]) -> bool:
    """Whether a property is HubSpot's own to set. Where it does not say so, it is not for us to write either."""
    meta = told.get("modificationMetadata")
    return bool(told.get("calculated")) or not isinstance(meta, dict) or meta.get("readOnlyValue") is not False


def _by_property(api: Api, id: str, held: Sequence[str], email: str) -> bool:
    """Whether the property took it. Written whole: what was read a moment ago, and the new one behind it."""
    try:
        api.update_contact(id, **{ADDITIONAL: ";".join((*held, email))})
    except Refusal as refusal:
        if READ_ONLY not in str(refusal):  # a taken address or the account's own rules hold for either way
            raise
        return False
    return True
