"""
What is known of each contact, in normal form and by number: what link works on. It judges nothing.

A contact's number is the rank of its reference, so that numbers stand in the order that references do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.model import State
from include.people.normal import address_table, company_table, name_table, phone_table, said_name

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

NAMED = ("customer", "contact", "client", "login")  # the kinds that bear a name; others are linked by reference only
PARTS = ("first", "last", "suffix", "given", "middle")  # of a name


@dataclass(frozen=True)
class Forms:
    """The normal forms of a night: see `normal`."""

    addresses: ir.Table
    names: ir.Table
    phones: ir.Table
    companies: ir.Table

    @classmethod
    def of(cls, tables: Tables) -> Forms:
        return cls(address_table(tables), name_table(tables), phone_table(tables), company_table(tables))

    @property
    def personal(self) -> ir.Table:
        """The addresses that can be one person's."""
        return self.addresses.filter(~self.addresses.role).select("raw", "key")


def contacts_of(tables: Tables, forms: Forms) -> ir.Table:
    """
    Every contact by number.

    `slot`: platform and kind, where it can sign in. `site`: the domain of its address that may speak for a company.
    `street`: the number of its house. What is unknown is null, but the parts of a name are then empty.
    """
    import ibis

    contacts = tables.contacts
    named = contacts.kind.isin(NAMED)
    rows = contacts.select(
        "platform",
        "kind",
        "email",
        "phone",
        named=named,
        ref=reference(contacts),
        said=said_name(contacts),
        active=named & (contacts.state == State.ACTIVATED).fill_null(False),
        naming=named & (contacts.links.length() > 0).fill_null(False),
        firm=contacts.company,
        street=contacts.address.re_extract("([0-9]+)", 1).nullif(""),
        postcode=contacts.postcode.re_replace("[^0-9A-Za-z]", "").upper().nullif(""),
    )
    addresses = forms.addresses.select("key", "role", "site", raw_email="raw")
    rows = rows.left_join(forms.names, "said").left_join(addresses, [("email", "raw_email")])
    rows = rows.left_join(forms.phones.select("number", raw_phone="raw"), [("phone", "raw_phone")])
    rows = rows.left_join(forms.companies.select("company", raw_firm="raw"), [("firm", "raw_firm")])
    rows = rows.select(
        *("ref", "platform", "kind", "named", "naming", "key", "number", "company", "street", "postcode"),
        role=rows.role.fill_null(False),
        site=ibis.ifelse(rows.role, ibis.null("string"), rows.site),
        slot=ibis.ifelse(rows.active, rows.platform + ":" + rows.kind, ibis.null("string")),
        **{part: rows[part].fill_null("") for part in PARTS},
    )
    # Numbered apart, lest the engine put the whole rows in order.
    refs = contacts.select(ref=reference(contacts))
    return rows.join(refs.select("ref", n=ibis.dense_rank().over(order_by=refs.ref).cast("int64")).distinct(), "ref")


def listed(tables: Tables, who: ir.Table, column: str) -> ir.Table:
    """What stands in a list of each contact: n, value."""
    contacts = tables.contacts.filter(tables.contacts[column].length() > 0)
    values = contacts.select(ref=reference(contacts), value=contacts[column].unnest())
    return values.join(who.select("n", "ref"), "ref").select("n", "value")


def reference(contacts: ir.Table) -> ir.StringValue:
    """A contact's reference, as text."""
    return contacts.platform + ":" + contacts.kind + ":" + contacts.id
