"""What can be done about a person's different addresses: the options of `email_mismatch`, the same ones every night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.model import Action, Fix, Option, Ref, State
from include.people import addresses
from include.registry import load, said
from include.rules import _making as making
from include.rules._billing import owned_by_clients
from include.rules._mismatch import Held

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

USED = "Rollcall changed the email address of this record to the one this person uses elsewhere."
ADDED = "Rollcall added the address this person uses elsewhere as an additional address."
TAKEN_OVER = "Rollcall gave this record the address and the name of the person who took the account over."


def spelled(records: list[Held]) -> dict[str, str]:
    """
    Each address as one of its records spells it, by its normal form: rather in that form, in small letters, short.

    Which record was changed last does not count, for that may be another one every night.
    """
    found: dict[str, str] = {}
    for record in sorted(
        records,
        key=lambda each: (each.email != each.key, each.email != each.email.lower(), len(each.email), each.email),
    ):
        found.setdefault(record.key, record.email)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Options:
    """`beside`: the logins and cPanel accounts of each client, which are changed with it."""

    beside: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, tables: Tables, held: ir.Table) -> Options:
        """`held`: see `_mismatch.holding`."""
        return cls(owned_by_clients(tables, held))

    def made(
        self, key: str, records: list[Held], values: dict[str, str], *, succession: bool
    ) -> list[tuple[str | None, Option]]:
        """Every option with the address it would have all records use; None where it is not only that."""
        usable = {address: text for address, text in values.items() if _writable(text)}
        found: list[tuple[str | None, Option]] = []
        for address, text in usable.items():
            if fixes := self._changes(records, address, text):
                targets = list(dict.fromkeys(fix.target for fix in fixes))
                found.append(
                    (
                        address,
                        making.option(f"Use {text} everywhere", [*fixes, *making.notes(key, fixes, targets, USED)]),
                    )
                )
        found += [(None, option) for option in _keep_both(key, records, usable)]
        if succession:
            found += [
                (None, option) for address in usable for option in self._taken_over(key, records, address, values)
            ]
        return found

    def _changes(self, records: list[Held], address: str, text: str) -> list[Fix]:
        """One address everywhere. A platform that holds it already, or holds the person twice, is asked only once."""
        changes: dict[Ref, tuple[str, str | None]] = {}
        taken = {record.platform for record in records if record.key == address}
        by_ref = {record.ref: record for record in records}
        for ref in making.in_order(by_ref):
            record = by_ref[ref]
            if record.key == address or record.platform in taken:
                continue
            taken.add(record.platform)
            for one in self.beside.get(str(ref), ()) if ref.kind == "client" else ():
                if one["key"] == record.key:
                    changes[making.ref_of(one)] = (one["email"], one["domain"])
            changes[ref] = (record.email, None)
        return [_set_email(ref, *changes[ref], text) for ref in making.in_order(changes)]

    def _taken_over(self, key: str, records: list[Held], address: str, values: dict[str, str]) -> list[Option]:
        """The succession: the address and the name of its holder on every other record, and access handed over."""
        heir = next(record for record in records if record.key == address)
        name = (heir.first_name, heir.last_name)
        emails = self._changes(records, address, values[address])
        changed = {fix.target for fix in emails}
        by_ref = {record.ref: record for record in records if record.ref in changed}
        renamed = [
            making.set_name(ref, (by_ref[ref].first_name, by_ref[ref].last_name), name)
            for ref in making.in_order(by_ref)
            if (by_ref[ref].first_name, by_ref[ref].last_name) != name
        ]
        if not any(name) or not renamed:
            return []
        fixes = [*emails, *renamed]
        note = making.marker(key, fixes)
        fixes += [fix for ref in making.in_order(by_ref) for fix in _handed_over(by_ref[ref], values[address], note)]
        targets = list(dict.fromkeys(fix.target for fix in fixes))
        who = " ".join(filter(None, name))
        label = f"A new person took the account over: {who}, {values[address]}"
        return [making.option(label, [*fixes, *making.notes(key, fixes, targets, TAKEN_OVER)])]


def _handed_over(record: Held, email: str, note: str) -> list[Fix]:
    """Whoever signed in until now no longer can: where an account is in use, or waits to be, and its platform can."""
    ref = record.ref
    if ref.kind not in said("SIGNS_IN").get(ref.platform, ()):
        return []
    can = load("platforms", ref.platform, "fixes").CAN
    if record.state == State.ACTIVATED and Action.RESET_ACCESS in can:
        return [making.reset_access(ref, email, note)]
    if record.state == State.DISABLED and Action.INVITE in can:
        return [making.invite(ref, State.DISABLED)]
    return []


def _keep_both(key: str, records: list[Held], values: dict[str, str]) -> list[Option]:
    """The other addresses as additional ones of HubSpot's contact, but for those that look misspelled."""
    contact = next((record for record in records if record.platform == "hubspot"), None)
    if contact is None:
        return []
    held = {contact.key, *(address.key for text in contact.other_emails if (address := addresses.normal(text)))}
    slips = {record.key for record in records if record.looks_like in values}
    more = [text for address, text in values.items() if address not in held | slips]
    if not more:
        return []
    added = making.add_emails(contact.ref, contact.other_emails, more)
    label = f"Keep both: add {', '.join(more)} to the HubSpot contact"
    return [making.option(label, [*added, *making.notes(key, added, [contact.ref], ADDED)])]


def _set_email(ref: Ref, before: str, domain: str | None, after: str) -> Fix:
    return making.set_email(ref, before, after, **({"domain": domain} if domain else {}))


def _writable(text: str) -> bool:
    """Whether an address stands for itself, without blanks, a name or a scheme around it."""
    return text.isprintable() and not set(text) & set(" <>") and not text.lower().startswith("mailto:")
