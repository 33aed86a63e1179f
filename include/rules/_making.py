"""Makes the fixes that rules propose, in the form every platform's `fixes.py` reads, and weighs evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from include.digests import finding_id
from include.model import Action, Evidence, Finding, Fix, Option, Ref

# Which kinds of record take which changes, and the order in which an option changes them: the likely conflict first.
ORDER = ("whmcs:login", "whmcs:client", "shopify:customer", "bigcommerce:customer", "hubspot:contact")
TAKES_NAME = frozenset(ORDER[1:])
TAKES_NOTE = frozenset(ORDER[1:])


def kind_of(ref: Ref) -> str:
    return f"{ref.platform}:{ref.kind}"


def in_order(refs: Iterable[Ref]) -> list[Ref]:
    """References in the order an option changes them."""
    return sorted(refs, key=lambda ref: (ORDER.index(kind_of(ref)), ref))


def set_email(ref: Ref, before: str | None, after: str) -> Fix:
    return Fix(ref, Action.SET_EMAIL, {"email": before}, {"email": after})


def set_name(ref: Ref, before: tuple[str | None, str | None], after: tuple[str | None, str | None]) -> Fix:
    keys = ("first_name", "last_name")
    return Fix(ref, Action.SET_NAME, dict(zip(keys, before, strict=True)), dict(zip(keys, after, strict=True)))


def add_email(ref: Ref, known: Sequence[str], more: Sequence[str]) -> Fix:
    before = {"other_emails": sorted(known)}
    return Fix(ref, Action.ADD_EMAIL, before, {"other_emails": sorted({*known, *more})})


def merge(survivor: Ref, email: str | None, duplicate: Ref, duplicate_email: str | None) -> Fix:
    before = {"duplicate": str(duplicate), "email": email, "duplicate_email": duplicate_email}
    return Fix(survivor, Action.MERGE, before, {"duplicate": None, "email": email, "duplicate_email": None})


def attach(order: Ref, before: str | None, account: Ref) -> Fix:
    return Fix(order, Action.ATTACH, {"contact": before}, {"contact": str(account)})


def set_order_email(order: Ref, before: str | None, after: str | None) -> Fix:
    return Fix(order, Action.SET_ORDER_EMAIL, {"email": before}, {"email": after})


def invite(account: Ref, state: str) -> Fix:
    return Fix(account, Action.INVITE, {"state": state}, {"state": "invited"})


def notes(key: str, refs: Iterable[Ref], text: str) -> list[Fix]:
    """A note on each record that has a place for one. Its marker tells, ever after, that it was written."""
    marker = f"Rollcall {finding_id(key)[:12]}"
    return [
        Fix(ref, Action.ADD_NOTE, {"note": None}, {"note": marker, "text": text})
        for ref in refs
        if kind_of(ref) in TAKES_NOTE or ref.kind == "order"
    ]


def confidence(because: Iterable[Evidence]) -> float:
    """Evidence as a number between 0 and 1: every point of weight halves the doubt."""
    weight = sum(evidence.weight for evidence in because)
    return round(min(max(1 - 2.0**-weight, 0.0), 0.999), 3)


def key_of(rule: str, subject: Ref, others: Sequence[Ref]) -> str:
    """The key that a finding on these records will have."""
    return Finding(rule, subject, tuple(others), 0.0, ()).key


def option(label: str, fixes: Iterable[Fix]) -> Option:
    return Option(label, tuple(fixes))


def ref_of(row: dict[str, Any]) -> Ref:
    return Ref(row["platform"], row["kind"], row["id"])
