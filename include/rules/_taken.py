"""
A refused address leads to a merge that people decide on: it belongs to another HubSpot contact.

It sees what is so tonight: the proposal is made anew each night for as long as one contact was to get an address and
another one has it, and no longer. It makes none where a rule found the two by other evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from include.model import Action, Finding, Fix, Ref
from include.rules import duplicate_contact
from include.rules._making import ref_of

if TYPE_CHECKING:
    from include.store.tables import Tables

WANTED = ("platform", "kind", "id", "email", "other_emails")


def proposals(refused: Iterable[Fix], tables: Tables, found: Iterable[Finding]) -> list[Finding]:
    """One finding for each two contacts that a refused change of an address names, unless `found` has it."""
    refused = [fix for fix in refused if concerns(fix.target)]
    known = [{one.subject, *one.others} for one in found if one.rule == duplicate_contact.RULE]
    emails, holders = _contacts(tables, {fix.target.platform for fix in refused})
    made: dict[str, Finding] = {}
    for fix in refused:
        for address in new_addresses(fix):
            holder = holders.get((fix.target.platform, fix.target.kind, address.casefold()))
            if holder is None or fix.target not in emails or holder == fix.target:
                continue
            if any({fix.target, holder} <= refs for refs in known):
                continue
            one = duplicate_contact.proposed(fix.target, emails[fix.target], holder, emails[holder], address)
            made.setdefault(one.key, one)
    return list(made.values())


def concerns(ref: Ref) -> bool:
    """Whether `duplicate_contact` speaks of such records."""
    return (ref.platform, ref.kind) == ("hubspot", "contact")


def new_addresses(fix: Fix) -> Iterator[str]:
    """The addresses that a fix gives to its record."""
    if fix.action is Action.SET_EMAIL:
        yield str(fix.after["email"])
    else:
        held = {str(email).casefold() for email in fix.before["other_emails"]}
        yield from (str(email) for email in fix.after["other_emails"] if str(email).casefold() not in held)


def _contacts(tables: Tables, platforms: set[str]) -> tuple[dict[Ref, str | None], dict[tuple[str, str, str], Ref]]:
    """The first address of each contact, and who has which address, first or additional."""
    emails: dict[Ref, str | None] = {}
    holders: dict[tuple[str, str, str], Ref] = {}
    if not platforms:
        return emails, holders
    held = tables.contacts.filter(tables.contacts.platform.isin(sorted(platforms))).select(*WANTED)
    for row in held.to_pyarrow().to_pylist():
        ref = ref_of(row)
        emails[ref] = row["email"]
        for email in _all(row):
            holders[ref.platform, ref.kind, email.casefold()] = ref
    return emails, holders


def _all(row: dict[str, Any]) -> list[str]:
    return [email for email in (row["email"], *(row["other_emails"] or ())) if email]
