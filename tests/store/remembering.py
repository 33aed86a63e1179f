"""People decided on a mismatch of addresses, and a later night comes: what tests of memory say."""

from __future__ import annotations

from dataclasses import replace

from include.model import Action, Evidence, Fix, Option, Ref
from include.store import findings
from tests.store.cases import (
    NEXT_NIGHT,
    NIGHT,
    a_finding,
    after,
    again,
    by_hand,
    decide,
    everything,
    set_email,
)

HERE = {"hubspot": "a" * 16, "shopify": "b" * 16}
OLD, NEW = "old@a.example", "new@b.example"
NOTE = Fix(Ref.parse("hubspot:contact:1"), Action.ADD_NOTE, {"note": None}, {"note": "Rollcall 1", "text": "Done."})

PHONE = Evidence("phone", 0.5, "The phone numbers are equal.")
STREET = Evidence("street", 2.0, "They live in one house.")


def use(email: str, contact: str = "1", was: str = OLD, *more: Fix) -> Option:
    return Option(f"Use {email}", (set_email(f"hubspot:contact:{contact}", email, was), *more))


def mismatch(contact: str = "1", *because: Evidence, was: str = OLD, customer: str = "5"):
    """A HubSpot contact with one address and a Shopify customer with another."""
    theirs = Option(f"Use {was}", (set_email(f"shopify:customer:{customer}", was, NEW),))
    told = a_finding(
        use(NEW, contact, was, NOTE),
        theirs,
        subject=f"hubspot:contact:{contact}",
        others=(f"shopify:customer:{customer}",),
    )
    return replace(told, because=because or told.because)


def file(ledger, *told, night=NEXT_NIGHT, accounts=HERE, **given):
    return findings.file(ledger, told, night, accounts=accounts, **given)


def decided(ledger, told, verdict, reason="They share an office."):
    file(ledger, told, night=NIGHT)
    row = again(ledger, told)
    decide(ledger, row, verdict, reason=reason, until="2026-12-01" if verdict == "deferred" else None)
    return row


def merged(ledger, **names):
    """Records that go by other names from now on, in the order of the merges."""
    for number, (old, new) in enumerate(names.items()):
        by_hand(
            ledger,
            "INSERT INTO alias (old, new, at) VALUES (:old, :new, :at)",
            old=f"hubspot:contact:{old.strip('_')}",
            new=f"hubspot:contact:{new}",
            at=after(number).replace(tzinfo=None).isoformat(" "),
        )


def stands(ledger):
    return sorted((row.state, row.version) for row in everything(ledger))
