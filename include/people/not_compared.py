"""
What could not be compared when contacts were linked, and why: each contact with each reason, by reference alone.

    no_address          it has none
    unreadable_address  it has none that can be read as one
    task_address        it has only a task's (info@), which says nothing of who it is
    shared_address      more than `ROLLCALL_HUB_SIZE` contacts have its address
    shared_phone        more than `ROLLCALL_HUB_SIZE` contacts have its phone number
    no_name             it bears no name, so that no name can agree with another
    full_group          its person has as many contacts as one may have (`ROLLCALL_GROUP_SIZE`): more may belong there

It links nothing and changes nothing. One that cannot be compared by its address may have been by its name and phone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.people.normal import address_table, name_table, phone_table, said_name
from include.settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from include.store.tables import Tables

NAMED = ("customer", "contact", "client", "login")  # others are linked by what they name, and never compared


def listed(tables: Tables) -> pa.Table:
    """Every contact that could not be compared: reference, why; sorted, each reason once."""
    import ibis
    import pyarrow as pa

    contacts = tables.contacts.filter(tables.contacts.kind.isin(NAMED))
    who = contacts.select("email", "other_emails", "phone", said=said_name(contacts), reference=_reference(contacts))
    full = tables.people.group_by("person").agg(size=ibis._.contact.count())
    full = tables.people.semi_join(full.filter(full.size >= settings().group_size), "person").select(
        reference="contact"
    )
    found = [
        *_by_address(tables, who),
        _of(
            _held_by_many(who.join(phone_table(tables).select("number", phone="raw"), "phone"), "number"),
            "shared_phone",
        ),
        _of(who.anti_join(name_table(tables), "said"), "no_name"),
        _of(full.semi_join(who, "reference"), "full_group"),
    ]
    told = ibis.union(*found, distinct=True).order_by("reference", "why").to_pyarrow()
    return told.cast(pa.schema([("reference", pa.string()), ("why", pa.string())]))


def _by_address(tables: Tables, who: ir.Table) -> list[ir.Table]:
    """The contacts that no address of theirs could be compared by."""
    said = who.select("reference", raw="email").union(who.select("reference", raw=who.other_emails.unnest()))
    said = said.filter(said.raw.notnull())
    known = said.join(address_table(tables).select("raw", "key", "role"), "raw")
    personal = known.filter(~known.role)
    return [
        _of(who.anti_join(said, "reference"), "no_address"),
        _of(said.anti_join(known, "reference"), "unreadable_address"),
        _of(known.anti_join(personal, "reference"), "task_address"),
        _of(_held_by_many(personal, "key"), "shared_address"),
    ]


def _held_by_many(held: ir.Table, value: str) -> ir.Table:
    """What holds a value that too many hold for it to say who somebody is."""
    sizes = held.group_by(value).agg(size=held.reference.nunique())
    return held.semi_join(sizes.filter(sizes.size > settings().hub_size), value)


def _of(contacts: ir.Table, why: str) -> ir.Table:
    import ibis

    return contacts.select("reference", why=ibis.literal(why))


def _reference(contacts: ir.Table) -> ir.StringValue:
    return contacts.platform + ":" + contacts.kind + ":" + contacts.id
