"""
The HubSpot contacts that are one person, with what ties each two of them and what else is known of that person.

All of it is selected and joined in the engine; only what findings are made of is read. It judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from include.model import Evidence, Ref, State
from include.people.names import Name
from include.people.normal import address_table, name_table, said_name
from include.rules import _making as making

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

FIELDS = ("email", "first_name", "last_name", "company", "phone", "address", "city", "postcode", "country")
Pair = tuple[Ref, Ref]


class Known(NamedTuple):
    """One HubSpot contact. `signs_in`: how many of the records that it names somebody signs in with or is billed by."""

    ref: Ref
    said: dict[str, str | None]  # the fields of `FIELDS`
    links: tuple[str, ...]
    created_at: datetime | None
    signs_in: int
    role: bool  # its address is a task's
    name: Name | None

    @property
    def email(self) -> str | None:
        return self.said["email"]

    @property
    def filled(self) -> int:
        return sum(1 for value in self.said.values() if value)


@dataclass
class Twice:
    """A person whom HubSpot holds more than once. `accounts`: its accounts in use, by platform."""

    contacts: list[Known]
    ties: dict[Pair, list[Evidence]] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)


def held_twice(tables: Tables) -> Iterator[Twice]:
    """Every person whom HubSpot holds more than once, in the order of their names."""
    held = making.kept(tables, "twice", _held(tables))
    ties, accounts = _ties(tables, held), _accounts(tables, held)
    for person, rows in making.grouped(making.rows(_facts(tables, held))):
        yield Twice([_known(row) for row in rows], ties[person], accounts[person])


def _held(tables: Tables) -> ir.Table:
    """The contacts of everybody who has more than one: person, contact."""
    import ibis

    people = tables.people.filter((tables.people.platform == "hubspot") & (tables.people.kind == "contact"))
    several = people.group_by("person").agg(size=ibis._.count()).filter(ibis._.size > 1)
    return people.semi_join(several, "person").select("person", "contact")


def _facts(tables: Tables, held: ir.Table) -> ir.Table:
    """What is known of each contact, by person and id."""
    contacts = tables.contacts.filter((tables.contacts.platform == "hubspot") & (tables.contacts.kind == "contact"))
    contacts = contacts.select(
        "id", *FIELDS, "links", "created_at", said=said_name(contacts), contact=_reference(contacts)
    )
    rows = held.join(contacts, "contact").left_join(name_table(tables), "said")
    keys = address_table(tables).select("role", raw_email="raw")
    rows = rows.left_join(keys, [("email", "raw_email")])
    signs_in = _signing_in(tables, held).rename(named_by="contact")
    rows = rows.left_join(signs_in, [("contact", "named_by")])
    spelled = ("first", "last", "suffix", "given", "middle")
    wanted = ("person", "id", *FIELDS, "links", "created_at", *spelled)
    rows = rows.select(*wanted, signs_in=rows.signs_in.fill_null(0), role=rows.role.fill_null(False))
    return rows.order_by("person", "id")


def _known(row: tuple[Any, ...]) -> Known:
    said = dict(zip(FIELDS, row[2 : 2 + len(FIELDS)], strict=True))
    links, created_at, *name, signs_in, role = row[2 + len(FIELDS) :]
    spelled = Name(*name) if name[0] is not None else None
    return Known(Ref("hubspot", "contact", row[1]), said, tuple(links or ()), created_at, signs_in, role, spelled)


def _signing_in(tables: Tables, held: ir.Table) -> ir.Table:
    """How many accounts in use, and clients who are billed, each contact names: contact, signs_in."""
    contacts = tables.contacts
    naming = contacts.filter((contacts.platform == "hubspot") & (contacts.links.length() > 0))
    naming = naming.select(contact=_reference(naming), to=naming.links.unnest()).distinct()
    naming = naming.join(held.select("contact"), "contact")
    used = contacts.filter((contacts.kind == "client") | (contacts.state.fill_null("") == State.ACTIVATED))
    used = used.select(to=_reference(used))
    return naming.join(used, "to").group_by("contact").agg(signs_in=lambda row: row.to.nunique())


def _accounts(tables: Tables, held: ir.Table) -> dict[str, dict[str, int]]:
    """How many accounts in use, or clients, the records of each person are on each platform."""
    contacts = tables.contacts
    used = contacts.filter((contacts.kind == "client") | (contacts.state.fill_null("") == State.ACTIVATED))
    used = used.filter(used.kind.isin(["customer", "client"])).select("platform", contact=_reference(used))
    people = tables.people.semi_join(held, "person").select("person", "contact")
    counts = people.join(used, "contact").group_by("person", "platform").agg(size=lambda row: row.contact.nunique())
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for person, platform, size in making.rows(counts.order_by("person", "platform")):
        found[person][platform] = size
    return found


def _ties(tables: Tables, held: ir.Table) -> dict[str, dict[Pair, list[Evidence]]]:
    """Why each two contacts of a person are linked, and what speaks against it."""
    edges = tables.edges.join(held.select("person", left="contact"), "left")
    edges = edges.join(held.select(other="person", right="contact"), "right")
    edges = edges.filter(edges.person == edges.other)
    wanted = edges.select("person", "left", "right", "evidence", "weight", "says").distinct()
    made: dict[tuple[Any, ...], Evidence] = {}
    found: dict[str, dict[Pair, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    for person, left, right, *told in making.rows(
        wanted.order_by("person", "left", "right", wanted.weight.desc(), "evidence")
    ):
        one, other = sorted((Ref.parse(left), Ref.parse(right)))
        found[person][one, other].append(made.setdefault(tuple(told), Evidence(*told)))
    return found


def _reference(contacts: ir.Table) -> ir.StringValue:
    return contacts.platform + ":" + contacts.kind + ":" + contacts.id
