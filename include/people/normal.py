"""
The normal forms of a night as tables, computed once per distinct value of its contacts and orders, to be joined.

    addresses   raw, key, role, free, disposable, site, looks_like      see `addresses.Address`
    names       said, first, last, suffix, given, middle                see `names.Name`; `said`: see `said_name`
    phones      raw, number                                             see `phones.normal`
    companies   raw, company                                            see `companies.normal`

A value that has no normal form is in none of them. Plain values are worked out by the engine, the others by the
functions that are the truth for both. A table is made when it is first asked for, and kept with the night's tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from include.people import addresses, companies, domains, names, phones
from include.settings import settings

BETWEEN = "\x1f"  # the unit separator, which is in nobody's name
BATCH = 1 << 16

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from include.people.addresses import Address
    from include.people.names import Name
    from include.store.tables import Tables


def address_table(tables: Tables) -> ir.Table:
    """Every address of the night, in its normal form; what is no address is not in it."""

    def make() -> ir.Table:
        contacts, orders = tables.contacts, tables.orders
        raw = contacts.select(raw=contacts.email).union(contacts.select(raw=contacts.other_emails.unnest()))
        raw = raw.union(orders.select(raw=orders.email)).filter(lambda row: row.raw.notnull()).distinct()
        told = addresses.plainly(raw, _made(tables, domains.table()))
        return _told(tables, told, "raw", lambda text: _parts(addresses.normal(text)))

    return _kept(tables, "addresses", make)


def said_name(contacts: ir.Table) -> ir.StringValue:
    """A contact's (or an order's) name as it was said, in one string: what `name_table` is joined by."""
    return contacts.first_name.fill_null("") + BETWEEN + contacts.last_name.fill_null("")


def name_table(tables: Tables) -> ir.Table:
    """Every name of the night, in its normal form; what is no name is not in it."""

    def make() -> ir.Table:
        both = [
            rows.select(raw_first=rows.first_name.fill_null(""), raw_last=rows.last_name.fill_null(""))
            for rows in (tables.contacts, tables.orders)
        ]
        said = both[0].union(both[1]).distinct()
        said = said.mutate(said=said.raw_first + BETWEEN + said.raw_last)
        return _told(tables, names.plainly(said), "said", lambda text: _parts(names.normal(*text.split(BETWEEN, 1))))

    return _kept(tables, "names", make)


def phone_table(tables: Tables) -> ir.Table:
    """Every phone number of the night, in its normal form; fillers are not in it."""
    region = settings().region

    def make() -> ir.Table:
        raw = tables.contacts.select(raw="phone").union(tables.orders.select(raw="phone"))
        raw = raw.filter(raw.raw.notnull()).distinct()
        return _told(tables, phones.plainly(raw, region), "raw", lambda text: _only(phones.normal(text, region)))

    return _kept(tables, f"phones {region}", make)


def company_table(tables: Tables) -> ir.Table:
    """Every company of the night's contacts, in its normal form; what names none is not in it."""

    def make() -> ir.Table:
        raw = tables.contacts.select(raw="company").filter(lambda row: row.raw.notnull()).distinct()
        return _told(tables, companies.plainly(raw), "raw", lambda text: _only(companies.normal(text)))

    return _kept(tables, "companies", make)


def _only(value: str | None) -> tuple[str] | None:
    return None if value is None else (value,)


def _parts(form: Address | Name | None) -> tuple[Any, ...] | None:
    return None if form is None else tuple(getattr(form, field.name) for field in fields(form))


def _kept(tables: Tables, name: str, make: Callable[[], ir.Table]) -> ir.Table:
    """The table of that name of these contacts and orders, made at most once."""
    of = (name, tables.contacts.op(), tables.orders.op())
    if of not in tables.kept:
        tables.kept[of] = make()
    return tables.kept[of]


def _told(tables: Tables, told: ir.Table, key: str, tell: Callable[[str], tuple[Any, ...] | None]) -> ir.Table:
    """
    `told` where it is `plain`, and for the other values what `tell` says of each, as a tuple of the same columns.

    ibis would make one projection of many, in which what a later step uses twice is worked out twice.
    """
    import ibis
    import pyarrow as pa

    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        engine = _made(tables, told)
    finally:
        ibis.options.sql.fuse_selects = fused
    columns = [column for column in engine.columns if column != "plain"]
    others = engine.filter(~engine.plain).select(key).to_pyarrow().column(0)
    schema = pa.schema([(name, kind.to_pyarrow()) for name, kind in engine.select(columns).schema().items()])
    batches = []
    for start in range(0, len(others), BATCH):
        texts = others.slice(start, BATCH).to_pylist()
        rows = [(text, *found) for text in texts if (found := tell(text)) is not None]
        if rows:
            batches.append(pa.record_batch([list(column) for column in zip(*rows, strict=True)], schema=schema))
    known = engine.filter(engine.plain).select(columns)
    return known.union(_made(tables, pa.Table.from_batches(batches, schema))) if batches else known


def _made(tables: Tables, table: ir.Table | pa.Table) -> ir.Table:
    import ibis

    return tables.backend.create_table(ibis.util.gen_name("normal"), table, temp=True)
