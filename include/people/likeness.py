"""
Which contacts are likely one person though no value of theirs proves it: they are alike in what they say of themselves.

Pairs that share a block (see `blocks`) are compared, names first; whoever bears another first name is another person.
Each comparison has a level, and each level a weight (see `likeness_table`); what one of the two does not say counts
neither way. What comes of it is for a person to judge: no option is recommended for it.

All of it is worked out in the engine, each step in a table of its own, and what is compared letter by letter is in
plain letters, so that every engine counts the same.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from include.people import blocks
from include.people.facts import reference
from include.people.likeness_names import alike, at, called, either, first_names, parts, shorter
from include.people.likeness_table import AGAINST_CHANCE, HALVES, LEAST, LEVELS, MOST, TABLE
from include.settings import settings
from include.store import engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

ROADS = (
    "street|st|str|road|rd|avenue|ave|av|drive|drv|dr|lane|ln|court|crt|ct|place|pl|boulevard|blvd|crescent|cres|cr|"
    "terrace|tce|ter|highway|hwy|parkway|pkwy|circuit|cct|circle|cir|square|sq|close|cl|way|parade|pde|grove|gr"
)
RARE, FEW = 6, 60  # contacts that have a name or a postcode: the fewer, the more it says that two have it
TEMPORARY = ("parts", "keys", "blocks", "near", "met", "named", "traits", "compared", "vetoes")
COUNTED = ("first", "last", "postcode", "number", "key")


def likely(tables: Tables, who: ir.Table, known: ir.Table) -> ir.Table:
    """
    Pairs that are likely one person: left (the lower number), right, points (halves of weight), pattern (of levels).

    `known`: pairs that evidence joins already, which are not looked at.
    """
    import ibis

    spelled = _kept(tables, "parts", parts(who))
    near = blocks.pairs(tables, who).anti_join(known, ["left", "right"])
    met = _kept(tables, "met", first_names(_kept(tables, "near", near), spelled))
    named = _kept(tables, "named", called(met.filter(met["first"].notnull()), spelled))
    traits = _kept(tables, "traits", _traits(tables, who, named))
    compared = _kept(tables, "compared", _compared(named, traits))
    weights = [
        ibis.cases(
            *((compared[each] == number, int(level.weight * HALVES)) for number, level in enumerate(levels, 1)), else_=0
        )
        for each, levels in TABLE.items()
    ]
    pattern = reduce(add, (compared[each].cast("int64") * LEVELS**place for place, each in enumerate(TABLE)))
    points = reduce(add, weights) - int(AGAINST_CHANCE * HALVES)
    told = compared.select("left", "right", pattern=pattern, points=points.cast("int64"))
    told = told.filter(told.points >= int(LEAST * HALVES)).group_by("left", "right")
    return told.agg(points=ibis.least(ibis._.points.max(), int(MOST * HALVES)), pattern=ibis._.pattern.max())


def _traits(tables: Tables, who: ir.Table, called: ir.Table) -> ir.Table:
    """What else is compared, of the contacts in the pairs; `few_first` and so on: how many have the same."""
    import ibis

    contacts = tables.contacts
    said = contacts.select("city", "address", ref=reference(contacts))
    rows = who.semi_join(either(called), "n").left_join(said, "ref").drop("ref_right")
    sizes = [who.group_by(part).agg(**{f"{part}_size": ibis._.count()}) for part in COUNTED]
    for part, size in zip(COUNTED, sizes, strict=True):
        rows = rows.left_join(size, part).drop(f"{part}_right")
    road = rows.address.lower().re_replace("^[^a-z0-9]*[0-9]+[a-z]?[^a-z0-9]", "").re_replace(rf"\b(?:{ROADS})\b", "")
    hub = settings().hub_size
    rows = rows.mutate(
        key=(rows.role | (rows.key_size > hub)).ifelse(None, rows.key),
        number=(rows.number_size > hub).ifelse(None, rows.number),
    )
    rows = rows.mutate(local=rows.key.re_extract("^([^@+]+)", 1).nullif(""))
    return rows.select(
        "n",
        "number",
        "local",
        "postcode",
        *(f"{part}_size" for part in COUNTED[:3]),
        house=rows.street,
        road=road.re_replace("[^a-z0-9]+", "").nullif(""),
        town=rows.city.lower().re_replace("[^a-z0-9]+", "").nullif(""),
        telling=(rows.local.length() >= 5) & (rows.local != rows["first"]),
        plain_local=rows.local.re_search(r"^[!-~]+\z").ifelse(rows.local, None),
        domain=rows.key.re_extract("@(.*)$", 1).nullif(""),
    )


def _compared(called: ir.Table, traits: ir.Table) -> ir.Table:
    """The pairs with every level."""
    import ibis

    other = traits.rename({f"{name}_other": name for name in traits.columns})
    both = called.join(traits, [("left", "n")]).join(other, [("right", "n_other")])
    same = both["first"] == at("first", "same")
    last = both["last"] == at("last", "same")
    contained = both.road.contains(both.road_other) | both.road_other.contains(both.road)
    both = both.mutate(contained=contained, roads=both.road.levenshtein(both.road_other))
    roads = alike(both.road, both.road_other, both.roads) | both.contained
    both = both.mutate(roads=roads, houses=both.house.levenshtein(both.house_other))
    one_postcode = both.postcode == both.postcode_other
    return both.select(
        "left",
        "right",
        "swapped",
        "suffix",
        first=(same & (both.first_size <= FEW) & (both.swapped == 0)).ifelse(at("first", "few"), both["first"]),
        last=ibis.cases(
            (last & (both.last_size <= RARE), at("last", "rare")),
            (last & (both.last_size <= FEW), at("last", "few")),
            else_=both["last"],
        ),
        email=ibis.cases(
            (both.local.isnull() | both.local_other.isnull(), 0),
            ((both.local == both.local_other) & (both.domain == both.domain_other), at("email", "same")),
            ((both.local == both.local_other) & both.telling, at("email", "local")),
            (both.local == both.local_other, 0),
            (
                (both.domain == both.domain_other)
                & (both.plain_local.levenshtein(both.plain_local_other) <= 2)
                & (shorter(both.local, both.local_other) >= 5),
                at("email", "slip"),
            ),
            else_=at("email", "other"),
        ),
        phone=ibis.cases(
            (both.number.isnull() | both.number_other.isnull(), 0),
            (both.number == both.number_other, at("phone", "same")),
            (both.number.levenshtein(both.number_other) <= 2, at("phone", "slip")),
            else_=at("phone", "other"),
        ),
        street=ibis.cases(
            (both.road.isnull() | both.road_other.isnull(), 0),
            (~both.roads & (both.house == both.house_other), at("street", "number")),
            (~both.roads, at("street", "other")),
            ((both.house == both.house_other) & (both.road == both.road_other), at("street", "same")),
            (both.house == both.house_other, at("street", "near")),
            (both.house.isnull() | both.house_other.isnull(), at("street", "road")),
            (_slip_of_digits(both.house, both.house_other, both.houses), at("street", "slip")),
            else_=at("street", "house"),
        ),
        place=ibis.cases(
            (both.postcode.isnull() | both.postcode_other.isnull(), 0),
            (one_postcode & (both.postcode_size <= FEW), at("place", "few")),
            (one_postcode, at("place", "same")),
            (
                (both.postcode.levenshtein(both.postcode_other) <= 2) & (both.town == both.town_other),
                at("place", "slip"),
            ),
            (both.postcode.levenshtein(both.postcode_other) <= 2, at("place", "near")),
            (both.town.levenshtein(both.town_other) <= 2, at("place", "town")),
            else_=at("place", "other"),
        ),
    )


def _slip_of_digits(one: Any, other: Any, apart: Any) -> Any:
    return (apart <= 1) | ((apart <= 2) & (one.length() == other.length()))


def _kept(tables: Tables, name: str, made: ir.Table) -> ir.Table:
    return engine.worked_out(tables.backend, f"link_{name}", made)
