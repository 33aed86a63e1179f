"""
What a contact held for a time: the address it had on the night before, and what stands on its orders.

It counts only where the name it was held under agrees with the contact's own: an address handed to a successor, and an
order for somebody else, say nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from include.people.facts import PARTS, Forms, reference
from include.people.guards import agree
from include.people.normal import said_name
from include.store import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

BUYERS = ("customer", "client")  # the kinds that an order names as its contact


def on_orders(tables: Tables, forms: Forms, who: ir.Table) -> ir.Table:
    """Addresses and numbers on a contact's orders that are not its own: n, key, number."""

    orders = tables.orders.filter(tables.orders.contact_id.notnull())
    orders = orders.select("platform", "first_name", "last_name", "email", "phone", id="contact_id")
    buyers = tables.contacts.filter(tables.contacts.kind.isin(BUYERS))
    own = {"own_email": buyers.email.fill_null(""), "own_phone": buyers.phone.fill_null("")}
    other = orders.join(buyers.select("platform", "id", ref=reference(buyers), **own), ["platform", "id"])
    other = other.filter((other.email != other.own_email) | (other.phone != other.own_phone))
    other = other.select("ref", "email", "phone", said=said_name(other)).distinct()
    other = other.left_join(forms.personal.rename(raw_email="raw"), [("email", "raw_email")])
    other = other.left_join(forms.phones.select("number", raw_phone="raw"), [("phone", "raw_phone")])
    other = other.filter(other.key.notnull() | other.number.notnull()).select("ref", "said", "key", "number")
    whose = who.select("ref", "n", *PARTS, own_key=who.key.fill_null(""), own_number=who.number.fill_null(""))
    other = other.distinct().join(whose, "ref")
    other = other.mutate(key=other.key.nullif(other.own_key), number=other.number.nullif(other.own_number))
    other = other.filter(other.key.notnull() | other.number.notnull())
    return _in_its_name(other, forms).select("n", "key", "number").distinct()


def changed_since(tables: Tables, who: ir.Table) -> ir.Table:
    """The addresses that contacts had on the night before and have no more: n, key."""
    assert tables.before is not None
    then = tables.before.contacts.filter(tables.before.contacts.email.notnull())
    now = tables.contacts
    changed = then.mutate(ref=reference(then)).join(now.select(ref=reference(now), own_email=now.email), "ref")
    changed = changed.filter(changed.email != changed.own_email.fill_null("")).drop("own_email")
    changed = engine.worked_out(tables.backend, "link_changed", changed)
    forms = Forms.of(replace(tables, contacts=changed.drop("ref"), orders=tables.orders.limit(0)))
    whose = who.filter(who.named).select("ref", "n", *PARTS, own_key=who.key.fill_null(""))
    earlier = changed.select("ref", "email", said=said_name(changed)).join(whose, "ref")
    earlier = earlier.join(forms.personal, [("email", "raw")])
    earlier = earlier.filter(earlier.key != earlier.own_key)
    return _in_its_name(earlier, forms).select("n", "key").distinct()


def _in_its_name(held: ir.Table, forms: Forms) -> ir.Table:
    """What was held under a name (`said`) that agrees with the contact's own."""
    spelled = forms.names.select("said", **{f"{part}_other": forms.names[part] for part in PARTS})
    both = held.join(spelled, "said")
    return both.filter(agree(both).fill_null(False))
