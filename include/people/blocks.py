"""
Which contacts are worth a closer look though no value of theirs need be equal: the pairs that share a block.

A block holds whoever has one key, of several made to survive one mistake each: a name with the postcode, both names in
either order, the house with how the street and the name begin, the number, the address's local part. A block of more
than `LARGEST` contacts says little of any two of them: it is dropped before its pairs are made, and counted.
It judges nothing: see `likeness`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from include.people.facts import reference
from include.store import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

logger = logging.getLogger(__name__)

LARGEST = 12  # two large households, or a dozen records of one person
COMPARED = ("customer", "contact", "client")  # a login goes with its client
START = 3  # letters of a name that a slip seldom changes
ROAD = "([0-9]+[^A-Za-z]*[A-Za-z]{4})"  # a house's number and how its street begins


def pairs(tables: Tables, who: ir.Table) -> ir.Table:
    """Every two contacts that share a block: left (the lower number), right; each pair once."""
    import ibis

    held = _blocks(tables, who)
    sizes = held.group_by("block").agg(left=ibis._.n.min(), right=ibis._.n.max(), size=ibis._.count())
    sizes = engine.worked_out(tables.backend, "link_blocks", sizes.filter(ibis._.size > 1))
    _tell(sizes)
    # Most blocks are of two, whose pair is known by now: no more than the others are looked into.
    more = held.semi_join(sizes.filter(sizes.size.between(3, LARGEST)), "block")
    both = more.join(more.select("block", other="n"), "block").select(left="n", right="other")
    found = sizes.filter(sizes.size == 2).select("left", "right").union(both)
    return found.filter(found.left < found.right).distinct()


def _blocks(tables: Tables, who: ir.Table) -> ir.Table:
    """Whoever is in each block: block, n."""
    import ibis

    contacts = tables.contacts.filter(tables.contacts.kind.isin(COMPARED))
    roads = contacts.select(ref=reference(contacts), road=contacts.address.re_extract(ROAD, 1).nullif("").lower())
    compared = who.filter(who.kind.isin(COMPARED) & ((who["first"] != "") | (who["last"] != "")))
    rows = compared.left_join(roads, "ref")
    first, last = rows["first"], rows["last"]
    named = (first.length() > 1) & (last.length() > 1)
    names = ibis.least(first, last) + "|" + ibis.greatest(first, last)
    local = rows.key.re_extract("^([^@+]{4,})", 1).nullif("")
    keys = {
        "first": (first.length() >= START).ifelse("p" + rows.postcode + "|" + first.left(START), None),
        "last": (last.length() >= START).ifelse("p" + rows.postcode + "|" + last.left(START), None),
        "names": named.ifelse(names, None),
        "road": (first != "").ifelse(rows.road + first.left(1), None),
        "number": rows.number,
        "local": rows.role.ifelse(None, "@" + local),
    }
    short = _digest(tables)
    made = rows.select("n", **{name: short(key) for name, key in keys.items()})
    kept = engine.worked_out(tables.backend, "link_keys", made)
    return ibis.union(*(kept.filter(kept[name].notnull()).select("n", block=kept[name]) for name in keys))


def _digest(tables: Tables) -> Callable[[ir.StringValue], ir.Value]:
    """The engine's own 64 bits of a text: quicker to compare, and no two texts of a night have the same."""
    import ibis

    name, kind = ("xxhash64", "int64") if tables.backend.name == "pyspark" else ("hash", "uint64")

    @ibis.udf.scalar.builtin(name=name, signature=(("string",), kind))
    def digest(text): ...  # type: ignore[no-untyped-def]  # the engine has it

    return lambda text: text.isnull().ifelse(None, digest(text))


def _tell(blocks: ir.Table) -> None:
    """Say in the log how many blocks were too large."""
    large = blocks.filter(blocks.size > LARGEST)
    told = large.agg(blocks=large.count(), contacts=large.size.sum()).to_pyarrow().to_pylist()[0]
    if told["blocks"]:
        logger.info("%d blocks of %d contacts in all were too large to compare", told["blocks"], told["contacts"])
