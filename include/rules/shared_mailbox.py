"""
Several people have one mailbox, and their records must not become one person's.

**What is wrong.** Nothing that should be changed. Two or more people, by their names, have the same address: a
family, the mailbox of a company's task (info@), an agency that signs up for its customers. Were they taken for one
person, records would be merged, addresses replaced, or orders attached to the wrong one. It is shown so that nobody
does that by hand, and says whose records they are.

**Options.** None: they are kept apart. Reject the finding to take it off the list; it comes back when other people have
the address.

**Left alone.** Mailboxes of which nothing would follow: not every info@, and not every family, but those whose records
Rollcall would otherwise propose to merge, to give one address or to attach an order to. People of one name, who are
not known to be two. An address on more records than `ROLLCALL_HUB_SIZE`: nobody takes that for one person's. cPanel
accounts and registrants, which `billing_drift` looks at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from include.model import Evidence, Finding
from include.people import names
from include.people.normal import address_table
from include.rules import _making as making
from include.rules import email_mismatch
from include.rules._billing import PEOPLE
from include.rules.orphaned_order import NEVER, SHOPS
from include.settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

RULE = "shared_mailbox"
NAMED = ("customer", "contact", "client", "login")
OTHER_NAMES, ROLE, ONE_FAMILY, ONE_COMPANY, WOULD = 4.0, 2.0, 1.0, 1.0, 1.0

Row = dict[str, Any]


def find(tables: Tables) -> Iterator[Finding]:
    """Every mailbox of several people whose records something would otherwise be done to."""
    keys = address_table(tables)
    held = _held(tables, keys)
    shared = making.kept(tables, "shared", _shared(held))
    orders = _guest_orders(tables, keys, shared)
    for key, rows in sorted(_people(tables, held, shared, orders).items()):
        holders = [row for row in rows if row["holds"]]
        if not _several(holders):
            continue
        bought = [one for one in orders.get(key, ()) if _not_theirs(one, holders)]
        follows = list(_would(rows, bought))
        if follows:
            yield _finding(holders, follows, bought)


def _held(tables: Tables, keys: ir.Table) -> ir.Table:
    """Each address of every contact that bears a name, and the person it is: no more than mailboxes are found by."""
    import ibis

    contacts = _named(tables)
    main = contacts.select("ref", "platform", raw="email", main=ibis.literal(True))
    others = contacts.filter(contacts.other_emails.length() > 0)
    more = others.select("ref", "platform", raw=others.other_emails.unnest(), main=ibis.literal(False))
    known = main.union(more).join(keys.select("raw", "key", "role"), "raw").drop("raw")
    joined = known.left_join(tables.people.select("person", "contact"), [("ref", "contact")])
    # A person may still go by a reference that has left it: whoever is nobody's has a name that no person has.
    alone = ibis.literal("alone:") + joined.ref
    return making.kept(tables, "holding", joined.mutate(person=ibis.coalesce(joined.person, alone)).drop("contact"))


def _named(tables: Tables) -> ir.Table:
    contacts = tables.contacts.filter(tables.contacts.kind.isin(NAMED))
    contacts = contacts.mutate(ref=contacts.platform + ":" + contacts.kind + ":" + contacts.id)
    return contacts.filter(contacts.first_name.fill_null("") + contacts.last_name.fill_null("") != "")


def _shared(held: ir.Table) -> ir.Table:
    """The mailboxes of more than one person, but for those on too many records."""
    import ibis

    ends = held.group_by("key").agg(first=ibis._.person.min(), last=ibis._.person.max())
    several = held.semi_join(ends.filter(ends["first"] != ends["last"]), "key")
    sizes = several.group_by("key").agg(records=ibis._.ref.nunique())
    return sizes.filter(sizes.records <= settings().hub_size).select("key")


def _people(tables: Tables, held: ir.Table, shared: ir.Table, orders: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """
    All records of the people who share a mailbox, each once; `holds` tells those that have it.

    Only where something could follow: several HubSpot contacts, several addresses, or a guest's order.
    """
    import ibis

    of = held.semi_join(shared, "key").select(mailbox="key", person="person").distinct()
    records = making.kept(tables, "sharing", of.join(held, "person"))
    could = records.group_by("mailbox").agg(
        contacts=records.ref.nunique(where=records.platform == "hubspot"),
        addresses=records.key.nunique(where=records.main),
    )
    found: dict[str, list[Row]] = defaultdict(list)
    mailboxes = sorted(orders) or [""]
    could = could.filter((could.contacts > 1) | (could.addresses > 1) | could.mailbox.isin(mailboxes))
    rows = records.semi_join(could, "mailbox").mutate(holds=ibis._.key == ibis._.mailbox).drop("platform")
    wanted = ("ref", "platform", "kind", "id", "email", "other_emails", "first_name", "last_name", "company")
    rows = rows.join(_named(tables).select(*wanted), "ref")
    by_ref: dict[tuple[str, str], Row] = {}
    for row in rows.order_by("mailbox", "ref", "key").to_pyarrow().to_pylist():
        kept = by_ref.setdefault((row["mailbox"], row["ref"]), row | {"holds": False})
        kept["holds"] = kept["holds"] or row["holds"]
        if row["main"]:
            kept |= {"key": row["key"], "role": row["role"], "main": True}
    for (mailbox, _), row in sorted(by_ref.items()):
        found[mailbox].append(row)
    return found


def _guest_orders(tables: Tables, keys: ir.Table, shared: ir.Table) -> dict[str, list[Row]]:
    """Orders of guests with a shared mailbox, by the mailbox."""
    orders = tables.orders
    guests = orders.filter(orders.platform.isin(SHOPS) & orders.contact_id.isnull())
    bought = guests.join(keys.semi_join(shared, "key"), [("email", "raw")])
    found: dict[str, list[Row]] = defaultdict(list)
    wanted = bought.select("platform", "id", "number", "status", "first_name", "last_name", "key")
    for row in wanted.order_by("platform", "id").to_pyarrow().to_pylist():
        if (row["status"] or "").lower() not in NEVER:
            found[row["key"]].append(row)
    return found


def _name(row: Row) -> names.Name | None:
    return names.normal(row["first_name"], row["last_name"])


def _several(holders: list[Row]) -> bool:
    """Whether two of those who have the mailbox are different people by their names."""
    return any(
        one["person"] != other["person"] and names.agree(_name(one), _name(other)) is False
        for at, one in enumerate(holders)
        for other in holders[at + 1 :]
    )


def _not_theirs(order: Row, holders: list[Row]) -> bool:
    """Whether a guest's order has the address of accounts in its shop, and none of them bears the buyer's name."""
    accounts = [row for row in holders if (row["platform"], row["kind"]) == (order["platform"], "customer")]
    return bool(accounts) and all(names.agree(_name(order), _name(row)) is False for row in accounts)


def _would(rows: list[Row], bought: list[Row]) -> Iterator[Evidence]:
    """What would be proposed if all of them were taken for one person, and is not proposed of any one of them."""
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row["person"]].append(row)
    contacts = [row for row in rows if (row["platform"], row["kind"]) == ("hubspot", "contact")]
    if len({row["person"] for row in contacts}) > 1:
        each = sorted(contacts, key=lambda row: (len(row["id"]), row["id"]))
        ids = making.several(f"{row['id']} ({_spoken(row)})" for row in each)
        says = f"Taken for one person, their HubSpot contacts {ids} would be merged, which cannot be undone."
        yield Evidence("would_merge", WOULD, says)
    holding = [row for row in rows if row["kind"] in PEOPLE and row["main"]]
    alone = [[row for row in theirs if row in holding] for theirs in by_person.values()]
    if email_mismatch.disagree(holding) and not any(email_mismatch.disagree(theirs) for theirs in alone):
        addresses = sorted({row["email"] for row in holding})
        says = f"Taken for one person, all would be given one address: {' or '.join(addresses)}."
        yield Evidence("would_use_one_address", WOULD, says)
    if bought:
        says = "A guest of another name than the account's bought with this address: the order would be attached to it."
        yield Evidence("would_attach", WOULD, says)


def _finding(holders: list[Row], follows: list[Evidence], bought: list[Row]) -> Finding:
    refs = sorted(making.ref_of(row) for row in holders)
    subject = next((ref for ref in refs if ref.platform == "hubspot"), refs[0])
    others = tuple(ref for ref in refs if ref != subject)
    because = [Evidence("other_names", OTHER_NAMES, _who(holders)), *_kind(holders), *follows]
    if bought:
        numbers = ", ".join(sorted(f"{row['platform']} {row['number'] or row['id']}" for row in bought))
        because.append(Evidence("orders", 0.0, f"Orders of guests that stay where they are: {numbers}."))
    because.append(Evidence("apart", 0.0, "There is nothing to change: Rollcall keeps these records apart."))
    return Finding(RULE, subject, others, making.confidence(because), tuple(because))


def _who(holders: list[Row]) -> str:
    """Who has the mailbox, person by person."""
    said: dict[str, list[str]] = defaultdict(list)
    for row in sorted(holders, key=making.ref_of):
        said[_spoken(row)].append(f"{row['platform']} {row['kind']} {row['id']}")
    each = [f"{spoken} ({', '.join(records)})" for spoken, records in sorted(said.items())]
    return f"{_spelled(holders)} is the address of {' and of '.join(each)}."


def _spoken(row: Row) -> str:
    return " ".join(filter(None, (row["first_name"], row["last_name"])))


def _spelled(holders: list[Row]) -> str:
    """The mailbox as the first record spells it."""
    mains = [row["email"] for row in sorted(holders, key=making.ref_of) if row["key"] == row["mailbox"]]
    return mains[0] if mains else str(holders[0]["mailbox"])


def _kind(holders: list[Row]) -> Iterator[Evidence]:
    """What the people seem to be to each other."""
    if any(row["role"] and row["key"] == row["mailbox"] for row in holders):
        yield Evidence("role_mailbox", ROLE, "Its name is a task's, not a person's: whoever has the task reads it.")
    spoken = [name for row in holders if (name := _name(row))]
    if len({name.last for name in spoken}) == 1 and spoken[0].last:
        yield Evidence("one_family", ONE_FAMILY, "They bear one last name: they may be a household.")
    companies = {(row["company"] or "").strip().casefold() for row in holders}
    if len(companies) == 1 and "" not in companies:
        yield Evidence("one_company", ONE_COMPANY, "They name one company: they may be colleagues.")
