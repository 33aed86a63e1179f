"""The changes that the tests want of HubSpot, as the rules word them."""

from __future__ import annotations

from typing import Any

from include.model import Action, Fix, Ref
from tests.sandbox.people_world import ANN, ANN_AGAIN

MARKER = "Rollcall 0123456789ab"


def fix(id: str, action: Action, before: dict[str, Any], after: dict[str, Any]) -> Fix:
    return Fix(Ref("hubspot", "contact", id), action, before, after)


def set_email(id: str, old: str | None, new: str) -> Fix:
    return fix(id, Action.SET_EMAIL, {"email": old}, {"email": new})


def add_email(id: str, held: list[str], new: str) -> Fix:
    return fix(id, Action.ADD_EMAIL, {"other_emails": held}, {"other_emails": sorted([*held, new])})


def merge(survivor: str, email: str, duplicate: str, duplicate_email: str) -> Fix:
    before = {"duplicate": f"hubspot:contact:{duplicate}", "email": email, "duplicate_email": duplicate_email}
    return fix(survivor, Action.MERGE, before, {"duplicate": None, "email": email, "duplicate_email": None})


ANN_MERGED = merge(ANN, "ann@example.com", ANN_AGAIN, "ann.lee@example.com")
