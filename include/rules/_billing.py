"""
Each WHMCS client with the records beside it: its owner's login, its cPanel accounts, its domains' registrants.

Selected in the engine are the clients beside which a record has another address, and what tells whose an address is and
since when. It judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.model import Ref, State
from include.people import addresses, names
from include.people.normal import address_table
from include.rules import _making as making

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

OWNED = ("login", "hosting")  # what a client names as its own; a domain names its client
PEOPLE = ("customer", "contact", "client")
BILLED = ("client", *OWNED, "domain")
COLUMNS = ("ref", "platform", "kind", "id", "email", "other_emails", "first_name", "last_name", "state", "links")
MAIN_DOMAIN, NAME = "cpanel:domain:", "whois:name:"


@dataclass(frozen=True, slots=True)
class Record:
    """One record with an address, in its own spelling and in normal form."""

    ref: Ref
    email: str
    key: str
    role: bool
    name: names.Name | None
    links: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # its further addresses

    @property
    def kind(self) -> str:
        return self.ref.kind

    def named(self, beginning: str) -> str | None:
        """What the record's reference with this beginning names: a domain."""
        return next((link.removeprefix(beginning) for link in self.links if link.startswith(beginning)), None)


@dataclass
class Account:
    """A client and what is known beside it."""

    client: Record
    beside: list[Record] = field(default_factory=list)  # in the order in which an option changes them
    holders: list[Holder] = field(default_factory=list)  # who else has one of their addresses
    person: list[dict[str, Any]] = field(default_factory=list)  # the same person's records, with WHMCS's client
    owned: tuple[Ref, ...] = ()  # every client of this client's login
    moved: list[tuple[Ref, str, str]] = field(default_factory=list)  # since the night before: from, to
    ordered: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)  # address: first and last order


@dataclass(frozen=True, slots=True)
class Holder:
    """A record that holds an address; a cPanel account bears its client's name."""

    key: str
    ref: Ref
    name: names.Name | None


def drifting(tables: Tables) -> list[Account]:
    """Every client beside which a record has another address, in the order of their references."""
    keys = address_table(tables)
    known = _known(tables, keys)
    ours = making.kept(tables, "billed", known.filter(known.kind.isin(BILLED)))
    pairs = making.kept(tables, "beside", _pairs(ours))
    found = _accounts(tables, ours, pairs)
    if found:
        _holders(tables, found, known, pairs, keys)
        _persons(found, tables, keys)
        _history(found, tables)
    return [account for _, account in sorted(found.items())]


def owned_by_clients(tables: Tables, only: ir.Table) -> dict[str, list[dict[str, Any]]]:
    """
    The logins and cPanel accounts that each client names as its own, with the `key` of their one address.

    `only`: the clients to look at, by reference in the column `contact`.
    `domain`: of a cPanel account. One that has another on its server than in WHMCS may be somebody else's: it is none.
    """
    contacts = tables.contacts
    clients = contacts.filter(contacts.kind == "client")
    client = clients.platform + ":client:" + clients.id
    named = clients.select(client=client, theirs=clients.links, ref=clients.links.unnest())
    named = named.join(only.select(client="contact").distinct(), "client")
    owned = contacts.filter(contacts.kind.isin(OWNED) & (contacts.other_emails.length().fill_null(0) == 0))
    owned = owned.select("platform", "kind", "id", "email", "links")
    owned = owned.mutate(ref=owned.platform + ":" + owned.kind + ":" + owned.id)
    keyed = named.join(owned, "ref").join(address_table(tables).select("raw", "key"), [("email", "raw")])
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(keyed.select("client", "platform", "kind", "id", "email", "key", "theirs", "links")):
        domain = main_domain(row["theirs"], row["links"] or ())
        if domain or not any(link.startswith(MAIN_DOMAIN) for link in row["links"] or ()):
            found[row["client"]].append(row | {"domain": domain})
    return {client: sorted(rows, key=making.ref_of) for client, rows in found.items()}


def main_domain(client: Iterable[str], account: Iterable[str]) -> str | None:
    """The main domain of a cPanel account, where its server and WHMCS say the same, from the links of both."""
    theirs = set(client)
    return next(
        (one.removeprefix(MAIN_DOMAIN) for one in account if one.startswith(MAIN_DOMAIN) and one in theirs), None
    )


def _known(tables: Tables, keys: ir.Table) -> ir.Table:
    """Every contact that has an address, with the address in normal form and its own reference."""
    contacts = tables.contacts
    held = contacts.mutate(ref=contacts.platform + ":" + contacts.kind + ":" + contacts.id).select(*COLUMNS)
    return held.join(keys, [("email", "raw")]).drop("raw")


def _pairs(known: ir.Table) -> ir.Table:
    """A client and a record beside it, by their references."""
    clients = known.filter(known.kind == "client")
    owned = known.filter(known.kind.isin(OWNED)).select("ref")
    named = clients.select(client="ref", ref=clients.links.unnest()).semi_join(owned, "ref")
    domains = known.filter(known.kind == "domain")
    domains = domains.select(client=domains.links.unnest(), ref="ref").semi_join(clients, [("client", "ref")])
    return named.union(domains).distinct()


def _accounts(tables: Tables, known: ir.Table, pairs: ir.Table) -> dict[str, Account]:
    clients = known.filter((known.kind == "client") & ~known.role)
    clients = clients.filter(clients.state.isnull() | (clients.state != State.DISABLED))
    facts = pairs.join(clients.select(client="ref", theirs="key"), "client")
    apart = facts.join(known.select("ref", "key", "role"), "ref")
    apart = apart.filter((apart.key != apart.theirs) & ~apart.role).select("client").distinct()
    found = {row["ref"]: Account(_record(row)) for row in _rows(clients.semi_join(apart, [("ref", "client")]))}
    beside: dict[str, list[Record]] = defaultdict(list)
    for row in _rows(pairs.semi_join(apart, "client").join(known, "ref")):
        beside[row["client"]].append(_record(row))
    for client, records in beside.items():
        by_ref = {record.ref: record for record in records}
        found[client].beside = [by_ref[ref] for ref in making.in_order(by_ref)]
    _owned(tables, found, pairs)
    return found


def _owned(tables: Tables, found: dict[str, Account], pairs: ir.Table) -> None:
    """The clients of each login."""
    logins = {str(one.ref): account for account in found.values() for one in account.beside if one.kind == "login"}
    clients: dict[str, set[Ref]] = defaultdict(set)
    for row in _rows(pairs.semi_join(_listed(tables, "drifting_logins", "ref", logins), "ref")):
        clients[row["ref"]].add(Ref.parse(row["client"]))
    for account in found.values():
        mine = [clients[str(one.ref)] for one in account.beside if one.kind == "login"]
        account.owned = tuple(sorted(set().union(*mine)))


def _holders(tables: Tables, found: dict[str, Account], known: ir.Table, pairs: ir.Table, keys: ir.Table) -> None:
    """Who has the addresses of these accounts, as a main or a further one."""
    wanted_keys = {one.key for account in found.values() for one in (account.client, *account.beside)}
    wanted = _listed(tables, "drifting_addresses", "key", wanted_keys)
    clients = known.filter(known.kind == "client").select(client="ref", first="first_name", last="last_name")
    named = pairs.join(clients, "client").select("ref", "first", "last")
    hosting = known.filter(known.kind == "hosting").semi_join(wanted, "key")
    bearing = hosting.join(named, "ref").select("key", "ref", "first", "last")
    others = known.filter(known.kind != "hosting")
    main = others.semi_join(wanted, "key").select("key", "ref", first="first_name", last="last_name")
    more = others.select("ref", first="first_name", last="last_name", raw=others.other_emails.unnest())
    more = more.join(keys.semi_join(wanted, "key"), "raw").select("key", "ref", "first", "last")
    by_key: dict[str, set[Holder]] = defaultdict(set)
    for row in _rows(main.union(more).union(bearing).distinct()):
        name = names.normal(row["first"], row["last"])
        by_key[row["key"]].add(Holder(row["key"], Ref.parse(row["ref"]), name))
    for account in found.values():
        mine = {one.key for one in (account.client, *account.beside)}
        account.holders = sorted((one for key in mine for one in by_key[key]), key=lambda one: (one.key, one.ref))


def _persons(found: dict[str, Account], tables: Tables, keys: ir.Table) -> None:
    """The records of the same person on other platforms, and when orders were placed with which address."""
    people, contacts = tables.people, tables.contacts
    client_of = people.select("person", client="contact").semi_join(
        _listed(tables, "drifting_clients", "client", found), "client"
    )
    theirs = client_of.join(people.select("person", "contact"), "person").select("client", "contact")
    held = contacts.filter(contacts.kind.isin(PEOPLE)).mutate(
        contact=contacts.platform + ":" + contacts.kind + ":" + contacts.id
    )
    records = theirs.join(held, "contact").join(keys.select("raw", "key"), [("email", "raw")])
    for row in _rows(records.select("client", "platform", "kind", "id", "email", "other_emails", "key")):
        found[row["client"]].person.append(row)
    for account in found.values():
        account.person.sort(key=making.ref_of)
    orders = tables.orders
    bought = orders.filter(orders.contact_id.notnull() & orders.placed_at.notnull())
    bought = bought.mutate(contact=bought.platform + ":customer:" + bought.contact_id)
    placed = bought.join(theirs, "contact").join(keys.select("raw", "key"), [("email", "raw")])
    spans = placed.group_by(["client", "key"]).agg(first=placed.placed_at.min(), last=placed.placed_at.max())
    for row in _rows(spans):
        found[row["client"]].ordered[row["key"]] = (row["first"], row["last"])


def _history(found: dict[str, Account], tables: Tables) -> None:
    """Which of the addresses are others than the night before."""
    if tables.before is None:
        return
    now: dict[str, list[tuple[Account, Record]]] = defaultdict(list)
    for account in found.values():
        for one in (account.client, *account.beside):
            now[str(one.ref)].append((account, one))
    contacts = tables.before.contacts
    contacts = contacts.select("email", ref=contacts.platform + ":" + contacts.kind + ":" + contacts.id)
    wanted = _listed(tables.before, "drifting_then", "ref", now)
    for row in _rows(contacts.semi_join(wanted, "ref")):
        then = addresses.normal(row["email"])
        for account, one in now[row["ref"]]:
            if then and then.key != one.key:
                account.moved.append((one.ref, then.key, one.key))
    for account in found.values():
        account.moved.sort()


def _listed(tables: Tables, name: str, column: str, values: Iterable[str]) -> ir.Table:
    """Values as a table of one column, to join by."""
    import pyarrow as pa

    made = pa.table({column: sorted(values)}, schema=pa.schema([(column, pa.string())]))
    return tables.backend.create_table(name, made, temp=True, overwrite=True)


def _record(row: dict[str, Any]) -> Record:
    name = names.normal(row["first_name"], row["last_name"])
    more = tuple(row["other_emails"] or ())
    return Record(making.ref_of(row), row["email"], row["key"], row["role"], name, tuple(row["links"] or ()), more)


def _rows(table: ir.Table) -> Iterator[dict[str, Any]]:
    yield from table.to_pyarrow().to_pylist()
