"""
What speaks for two contacts being one person: every pair with its reasons, not yet held against any guard.

Contacts meet in blocks of those that hold the same value. A block of more than `ROLLCALL_HUB_SIZE` contacts is no
evidence, and is dropped before its pairs are made: so the work grows with the contacts, not with their square.
Everything is an expression that the engine works out. The reasons of a pair are the bits of one number.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from include.people.facts import Forms, listed
from include.people.likeness_table import MOST
from include.people.passing import changed_since, on_orders
from include.settings import settings
from include.store import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

LINK, OTHER_NAME, ADDRESS, PHONE = "link", "other_name", "address", "name_and_phone"
EARLIER, ORDER, STREET, COMPANY = "changed_address", "order", "name_and_street", "name_and_company"
ALIKE = "alike"  # no value proves it: see `likeness`
WEIGHTS = {  # an explicit link outweighs what may be shared by chance
    LINK: 6.0,
    OTHER_NAME: 3.0,
    ADDRESS: 4.0,
    PHONE: 4.0,
    EARLIER: 3.5,
    ORDER: 3.0,
    STREET: 3.0,
    COMPANY: 2.5,
    ALIKE: MOST,
}
SAYS = {
    LINK: "One record names the other as its own.",
    OTHER_NAME: "One record names the other as its own, but they bear different names.",
    ADDRESS: "They hold the same address, and their names agree.",
    PHONE: "They have the same name and the same phone number.",
    EARLIER: "One held an address of the other's before it was changed, and their names agree.",
    ORDER: "An order of one bears the other's address or phone number, and their names agree.",
    STREET: "They have the same name, house number and postcode.",
    COMPANY: "They have the same name and the same company.",
    ALIKE: "They are alike.",
}
BITS = {evidence: 1 << place for place, evidence in enumerate(WEIGHTS)}
OF_A_MAILBOX = BITS[ADDRESS] | BITS[EARLIER] | BITS[ORDER]  # what two records without a name can share too


def candidates(tables: Tables, forms: Forms, who: ir.Table) -> ir.Table:
    """Every pair of contacts with a reason: left (the lower number), right, bits."""
    import ibis

    named = who.filter(who.named)
    whole = named.filter((named["first"].length() > 1) & (named["last"].length() > 1))
    bought = engine.worked_out(tables.backend, "link_bought", on_orders(tables, forms, named))
    found = [
        _explicit(tables, who),
        *_by_address(tables, forms, named, bought),
        *_by_phone(whole, bought),
        _within(whole, ["last", "street", "postcode"], STREET),
        _within(whole, ["last", "company"], COMPANY),
        _within(whole, ["last", "site"], COMPANY),
    ]
    if tables.before is not None:
        found.append(_carried(tables.before, named))
    # Not by one aggregate of bits, which ibis does not know on Spark (seen 2026-11).
    every = ibis.union(*found)
    bits = reduce(add, ((every.bits & bit).max() for bit in BITS.values()))
    return every.group_by("left", "right").agg(bits=bits)


def _explicit(tables: Tables, who: ir.Table) -> ir.Table:
    """Pairs of which one names the other."""
    naming = listed(tables, who, "links").join(who.select(value="ref", other="n"), "value")
    return _ordered(naming, "n", "other", LINK)


def _carried(before: Tables, named: ir.Table) -> ir.Table:
    """Pairs that an earlier address linked on a night before: what was changed stays true."""
    edges = before.edges.filter(before.edges.evidence == EARLIER).select("left", "right")
    edges = edges.join(named.select(left="ref", one="n"), "left").join(named.select(right="ref", other="n"), "right")
    return _ordered(edges, "one", "other", EARLIER)


def _by_address(tables: Tables, forms: Forms, named: ir.Table, bought: ir.Table) -> list[ir.Table]:
    """Pairs that hold one mailbox, as main or additional address; one of the two perhaps only for a time."""
    import ibis

    main = named.filter(named.key.notnull() & ~named.role).select("n", "key")
    more = listed(tables, named, "other_emails").join(forms.personal, [("value", "raw")]).select("n", "key").distinct()
    more = more.anti_join(main, ["n", "key"])
    held = main.union(more)
    passing = bought.filter(bought.key.notnull()).select("n", "key", bits=ibis.literal(BITS[ORDER], "int64"))
    if tables.before is not None:
        passing = passing.union(changed_since(tables, named).mutate(bits=ibis.literal(BITS[EARLIER], "int64")))
    passing = passing.anti_join(more, ["n", "key"])
    return [_within(held, ["key"], ADDRESS), *_across(held, passing, "key")]


def _by_phone(whole: ir.Table, bought: ir.Table) -> list[ir.Table]:
    """Pairs of whole names that have one phone number, or that an order ties by it."""
    import ibis

    passing = bought.filter(bought.number.notnull()).select("n", "number", bits=ibis.literal(BITS[ORDER], "int64"))
    return [_within(whole, ["number"], PHONE), *_across(whole, passing, "number")]


def _within(held: ir.Table, values: list[str], evidence: str) -> ir.Table:
    """Every two contacts that hold the same values, where not too many do."""
    import ibis

    held = held.filter([held[value].notnull() for value in values]).select("n", *values)
    sizes = held.group_by(values).agg(left=held.n.min(), right=held.n.max(), size=held.count())
    sizes = sizes.filter(sizes.size.between(2, settings().hub_size))
    # Most are held by two, whose pair is known by now: only the others are joined by their values, which are texts.
    more = held.semi_join(sizes.filter(sizes.size > 2), values)
    both = more.join(more.rename(other="n"), values).select(left="n", right="other")
    found = sizes.filter(sizes.size == 2).select("left", "right").union(both)
    return found.filter(found.left < found.right).mutate(bits=ibis.literal(BITS[evidence], "int64"))


def _across(held: ir.Table, passing: ir.Table, value: str) -> list[ir.Table]:
    """Pairs of which one held a value for a time and the other holds it, or did; where not too many do or did."""
    import ibis

    every = held.semi_join(passing, value).select("n", value).union(passing.select("n", value)).distinct()
    size = every.group_by(value).agg(size=ibis._.count())
    few = size.filter(size.size.between(2, settings().hub_size)).select(value)
    holding = held.semi_join(few, value).select(value, other="n")
    then = passing.filter(passing.bits == BITS[EARLIER]).semi_join(few, value).select("n", value)
    then_too = then.join(then.select(value, other="n"), value)
    return [_ordered(passing.join(holding, value), "n", "other", None), _ordered(then_too, "n", "other", EARLIER)]


def _ordered(pairs: ir.Table, one: str, other: str, evidence: str | None) -> ir.Table:
    """Pairs with the lower number on the left; nobody is paired with itself. Without `evidence`, `bits` says it."""
    import ibis

    pairs = pairs.filter(pairs[one] != pairs[other])
    left, right = ibis.least(pairs[one], pairs[other]), ibis.greatest(pairs[one], pairs[other])
    return pairs.select(left=left, right=right, bits=ibis.literal(BITS[evidence], "int64") if evidence else pairs.bits)
