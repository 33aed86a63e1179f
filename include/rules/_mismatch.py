"""
The records of people whose addresses disagree, and what tells which of them is the newer one.

All of it is selected, joined and put in order in the engine; only what findings are made of is read. It judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from include.model import Ref
from include.people import addresses
from include.people.names import Name
from include.people.normal import address_table, name_table, said_name
from include.rules import _making as making
from include.rules._reasons import Reasons, reasons

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

EDGES = r"^\s+|\s+\z"  # not `strip`: see `people.names`
HOLDERS = ("customer", "contact", "client")  # a login goes with its client


class Held(NamedTuple):
    """One record with its address: as it is spelled, in normal form, and as it was the night before."""

    ref: Ref
    email: str
    other_emails: tuple[str, ...]
    first_name: str | None
    last_name: str | None
    state: str | None
    updated_at: datetime | None
    key: str
    usable: bool  # it can be one person's: no task's, no disposable one
    looks_like: str | None
    name: Name | None
    then: str | None  # the normal form of the address of the night before, where that was another
    called: str | None  # the name of the night before, where that was another

    @property
    def platform(self) -> str:
        return self.ref.platform


class Bought(NamedTuple):
    """The orders of one account with one address: in normal form, the first and the last of them."""

    ref: Ref
    key: str
    first: datetime
    last: datetime


@dataclass
class Disputed:
    """A person whose addresses disagree, and why the records are linked."""

    records: list[Held]
    reasons: Reasons = field(default_factory=Reasons)
    bought: list[Bought] = field(default_factory=list)
    elsewhere: dict[str, list[Ref]] = field(default_factory=dict)  # who else has one of the addresses


def holding(tables: Tables) -> ir.Table:
    """The records of every person whose addresses disagree: person, contact, platform, kind, id, key."""
    keys = address_table(tables)
    rows = making.kept(tables, "mismatch", _several(tables, keys))
    people = making.kept(tables, "mismatched", _disagreeing(rows, keys))
    held = rows.semi_join(people, "person").select("person", "contact", "platform", "kind", "id", "key")
    return making.kept(tables, "held", held)


def disputed(tables: Tables, held: ir.Table) -> Iterator[Disputed]:
    """Every person of whom `held` has the records, in the order of their names."""
    keys = address_table(tables)
    people = held.select("person").distinct()
    why = reasons(tables, people)
    bought, elsewhere = _bought(tables, keys, held), _elsewhere(tables, keys, held)
    for person, found in making.grouped(making.rows(_facts(tables, keys, held))):
        records = [_record(row) for row in found]
        yield Disputed(records, why.get(person, Reasons()), bought[person], elsewhere[person])


def _several(tables: Tables, keys: ir.Table) -> ir.Table:
    """The records of everybody who has more than one address, on more than one platform."""
    contacts = tables.contacts
    held = contacts.filter(contacts.kind.isin(HOLDERS) & contacts.email.notnull())
    # First those on several platforms with addresses that are not spelled alike: the others are not looked up.
    held = held.select("platform", "kind", "id", "email", "other_emails", contact=_reference(held))
    known = making.kept(tables, "holders", _differing(_of_people(tables, held), "platform", "email"))
    known = _differing(known.join(keys.select("raw", "key"), [("email", "raw")]), "platform", "key")
    return known.select("person", "contact", "platform", "kind", "id", "key", "other_emails")


def _of_people(tables: Tables, held: ir.Table) -> ir.Table:
    """The records that are known to be a person's, with the person."""
    return held.join(tables.people.select("person", "contact"), "contact")


def _differing(known: ir.Table, *values: str) -> ir.Table:
    """The records of everybody of whom they differ in each of these values."""
    import ibis

    spans = {f"{end}_{value}": getattr(known[value], end)() for value in values for end in ("min", "max")}
    sizes = known.group_by("person").agg(**spans)
    several = sizes.filter(ibis.and_(*(sizes[f"min_{value}"] != sizes[f"max_{value}"] for value in values)))
    return known.semi_join(several, "person")


def _disagreeing(rows: ir.Table, keys: ir.Table) -> ir.Table:
    """The people of whom two platforms hold addresses that no platform holds side by side."""
    main = rows.select("person", "platform", "key").distinct()
    more = rows.filter(rows.other_emails.length() > 0)
    more = more.select("person", "platform", raw=more.other_emails.unnest()).join(keys.select("raw", "key"), "raw")
    beside = main.union(more.select("person", "platform", "key")).distinct()
    theirs = beside.select("person", "platform", other="key")
    side = beside.join(theirs, ["person", "platform"])
    side = side.filter(side.key < side.other).select("person", "key", "other").distinct()
    apart = main.join(main.select("person", there="platform", other="key"), "person")
    apart = apart.filter((apart.key < apart.other) & (apart.platform != apart.there))
    return (
        apart.select("person", "key", "other").anti_join(side, ["person", "key", "other"]).select("person").distinct()
    )


def _facts(tables: Tables, keys: ir.Table, held: ir.Table) -> ir.Table:
    """What is known of each record, by person and reference."""
    import ibis

    contacts = tables.contacts.filter(tables.contacts.kind.isin(HOLDERS))
    told = contacts.join(held.select("person", "platform", "kind", "id", "contact"), ["platform", "kind", "id"])
    told = making.kept(tables, "told", told.mutate(said=said_name(told)))
    told = told.join(keys, [("email", "raw")]).left_join(name_table(tables), "said")
    then = called = ibis.null("string")
    if tables.before is not None:
        before = tables.before.contacts.filter(tables.before.contacts.kind.isin(HOLDERS))
        before = before.select(reference=_reference(before), then=before.email, called=_called(before))
        told = told.left_join(before, [("contact", "reference")])
        then, called = told.then.nullif(told.email), told.called.nullif(_called(told))
    wanted = ["person", "platform", "kind", "id", "email", "other_emails", "first_name", "last_name", "state"]
    spelled = ["first", "last", "suffix", "given", "middle"]
    usable = ~told.role & ~told.disposable
    rows = told.select(*wanted, "updated_at", "key", "looks_like", *spelled, usable=usable, then=then, called=called)
    return rows.order_by("person", "platform", "kind", "id")


def _record(row: tuple[Any, ...]) -> Held:
    (
        _,
        platform,
        kind,
        id,
        email,
        more,
        first_name,
        last_name,
        state,
        updated_at,
        key,
        like,
        *name,
        usable,
        then,
        called,
    ) = row
    was = addresses.normal(then) if then else None
    return Held(
        Ref(platform, kind, id),
        email,
        tuple(more or ()),
        first_name,
        last_name,
        state,
        updated_at,
        key,
        usable,
        like,
        Name(*name) if name[0] is not None else None,
        was.key if was and was.key != key else None,
        called,
    )


def _bought(tables: Tables, keys: ir.Table, held: ir.Table) -> dict[str, list[Bought]]:
    """The orders of each account with one of its person's addresses."""
    orders = tables.orders.filter(tables.orders.contact_id.notnull() & tables.orders.placed_at.notnull())
    customers = held.filter(held.kind == "customer").select("person", "contact", "platform", contact_id="id")
    orders = orders.select("email", "placed_at", "platform", "contact_id")
    theirs = making.kept(tables, "bought", orders.join(customers, ["platform", "contact_id"]))
    theirs = theirs.join(keys.select("raw", "key"), [("email", "raw")])
    theirs = theirs.semi_join(held, ["person", "key"]).group_by("person", "contact", "key")
    spans = theirs.agg(first=lambda row: row.placed_at.min(), last=lambda row: row.placed_at.max())
    found: dict[str, list[Bought]] = defaultdict(list)
    for person, contact, *told in making.rows(spans.order_by("person", "contact", "key")):
        found[person].append(Bought(Ref.parse(contact), *told))
    return found


def _elsewhere(tables: Tables, keys: ir.Table, held: ir.Table) -> dict[str, dict[str, list[Ref]]]:
    """The records of others that have one of a person's addresses."""
    import ibis

    contacts = tables.contacts.filter(tables.contacts.kind.isin(HOLDERS) & tables.contacts.email.notnull())
    contacts = contacts.select("platform", "kind", "id", "email", contact=_reference(contacts))
    having = contacts.join(keys.semi_join(held, "key").select("raw", "key"), [("email", "raw")])
    having = having.left_join(tables.people.select("contact", owner="person"), "contact")
    theirs = held.select("person", "key").distinct().join(having.drop("contact_right"), "key")
    others = theirs.filter(ibis._.owner.fill_null("") != ibis._.person)
    found: dict[str, dict[str, list[Ref]]] = defaultdict(lambda: defaultdict(list))
    for person, key, *ref in making.rows(
        others.select("person", "key", "platform", "kind", "id").order_by("person", "key", "platform", "kind", "id")
    ):
        found[person][key].append(Ref(*ref))
    return found


def _called(contacts: ir.Table) -> ir.StringValue:
    return (contacts.first_name.fill_null("") + " " + contacts.last_name.fill_null("")).re_replace(EDGES, "")


def _reference(contacts: ir.Table) -> ir.StringValue:
    return contacts.platform + ":" + contacts.kind + ":" + contacts.id
