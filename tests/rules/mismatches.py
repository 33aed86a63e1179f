"""One person whose records on two platforms have different addresses, and what to read of a finding about them."""

from __future__ import annotations

from datetime import timedelta

from include.model import Action
from tests.rules.tables import ANN, NEW, OLD, SPRING, SUMMER, contact, found, night

HUBSPOT = contact("hubspot", "1", links=("shopify:customer:7",), **ANN)
SHOPIFY = contact("shopify", "7", NEW, updated_at=SUMMER, **ANN)
THIRD = "ann@third.example"
FIFTEENTH = SUMMER + timedelta(days=14)
MAY = SPRING + timedelta(days=61)


def the_night_before(*rows):
    """The night before, when the shop still had the old address."""
    return night(rows or [HUBSPOT, contact("shopify", "7", OLD, **ANN)])


def only(*rows, **more):
    (finding,) = found("email_mismatch", *rows, **more)
    return finding


def changes(option):
    return [
        (str(f.target), f.before.get("email"), f.after.get("email")) for f in option.fixes if f.action == "set_email"
    ]


def notes_of(option):
    return [fix for fix in option.fixes if fix.action == Action.ADD_NOTE]


def why(finding):
    return next(one.says for one in finding.because if one.evidence == "recommendation")
