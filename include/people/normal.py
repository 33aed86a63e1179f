"""
The normal forms of a night as tables, computed once per distinct value, to be joined by the rules.

    addresses   raw, key, role
    names       said, first, last, suffix   (`said`: see `said_name`)
    phones      raw, number
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.people import addresses, names, phones
from include.settings import settings

BETWEEN = "\x1f"  # the unit separator, which is in nobody's name

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables


def address_table(tables: Tables) -> ir.Table:
    """Every address of the night, in its normal form; what is no address is not in it."""
    import pyarrow as pa

    contacts, orders = tables.contacts, tables.orders
    raw = contacts.select(raw=contacts.email).union(contacts.select(raw=contacts.other_emails.unnest()))
    texts = raw.union(orders.select(raw=orders.email)).distinct().to_pyarrow().column("raw").to_pylist()
    rows = [(text, found) for text in sorted(filter(None, texts)) if (found := addresses.normal(text))]
    made = {"raw": [t for t, _ in rows], "key": [a.key for _, a in rows], "role": [a.role for _, a in rows]}
    schema = pa.schema([("raw", pa.string()), ("key", pa.string()), ("role", pa.bool_())])
    return tables.backend.create_table("normal_addresses", pa.table(made, schema=schema), temp=True, overwrite=True)


def said_name(contacts: ir.Table) -> ir.StringValue:
    """A contact's name as it was said, in one string: what `name_table` is joined by."""
    return contacts.first_name.fill_null("") + BETWEEN + contacts.last_name.fill_null("")


def name_table(tables: Tables) -> ir.Table:
    """Every contact's name of the night, in its normal form."""
    import pyarrow as pa

    texts = tables.contacts.select(said=said_name(tables.contacts)).distinct().to_pyarrow().column("said").to_pylist()
    rows = [(text, found) for text in sorted(texts) if (found := names.normal(*text.split(BETWEEN)))]
    made = {
        "said": [text for text, _ in rows],
        "first": [found.first for _, found in rows],
        "last": [found.last for _, found in rows],
        "suffix": [found.suffix for _, found in rows],
    }
    schema = pa.schema([(column, pa.string()) for column in made])
    return tables.backend.create_table("normal_names", pa.table(made, schema=schema), temp=True, overwrite=True)


def phone_table(tables: Tables) -> ir.Table:
    """Every contact's phone number of the night, in its normal form; fillers are not in it."""
    import pyarrow as pa

    texts = tables.contacts.select(raw="phone").distinct().to_pyarrow().column("raw").to_pylist()
    region = settings().region
    rows = [(text, found) for text in sorted(filter(None, texts)) if (found := phones.normal(text, region))]
    made = {"raw": [text for text, _ in rows], "number": [found for _, found in rows]}
    schema = pa.schema([("raw", pa.string()), ("number", pa.string())])
    return tables.backend.create_table("normal_phones", pa.table(made, schema=schema), temp=True, overwrite=True)
