"""
How alike the names of two contacts are: the first comparison, which most pairs do not pass.

Whoever bears another first name, by more than a slip of a letter or two, is another person. A name may be the other way
round. Names are compared letter by letter where they are in plain letters, which every engine counts the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.people import names
from include.people.likeness_table import TABLE

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEAR = 3  # letters that two words spelled alike are apart, at most


def strangers(pairs: ir.Table, who: ir.Table) -> ir.Table:
    """Those of a few pairs (left, right) that differ in their first names by more than a slip."""
    met = first_names(pairs, parts(who.semi_join(either(pairs), "n")))
    return met.filter(met["first"].isnull()).select("left", "right")


def parts(who: ir.Table) -> ir.Table:
    """The names of contacts as they are compared; `plain`: in letters that every engine counts the same."""
    named = who.select("n", "given", "suffix", one=who["first"].replace(" ", ""), two=who["last"].replace(" ", ""))
    return named.mutate(plain=(named.one + named.two).re_search(r"^[a-z]*\z"))


def first_names(pairs: ir.Table, parts: ir.Table) -> ir.Table:
    """
    Every pair with the level of `first`, null where they cannot have one first name, and whether they are `swapped`.

    What is compared letter by letter is so once, and only where that can change anything. Filtered it must be when it
    is in a table: DuckDB would work all of it out in the filter too, once for each time that a step reads another.
    """
    import ibis
    from ibis import _

    both = _beside(pairs, parts).mutate(apart=_letters(_.plain & (_.one != _.one_other), _.one, _.one_other))
    both = both.mutate(cross=_letters(both.apart.notnull(), both.one, both.two_other))
    both = both.mutate(back=_letters(both.cross <= NEAR, both.two, both.one_other))
    there = slip(both.one, both.two_other, both.cross), alike(both.one, both.two_other, both.cross)
    back = slip(both.two, both.one_other, both.back), alike(both.two, both.one_other, both.back)
    crossed = ((there[0] & (back[0] | back[1])) | (there[1] & back[0])) & ~slip(both.one, both.one_other, both.apart)
    both = both.mutate(swapped=both.back.isnull().ifelse(False, crossed))
    both = both.mutate(
        one_other=both.swapped.ifelse(both.two_other, both.one_other),
        apart=both.swapped.ifelse(both.cross, both.apart),
    )
    first = ibis.cases(
        ((both.one == "") | (both.one_other == ""), 0),
        (both.one == both.one_other, at("first", "same")),
        (~both.swapped & _short(both), at("first", "short")),
        (both.apart.isnull(), None),
        (slip(both.one, both.one_other, both.apart), at("first", "slip")),
        (alike(both.one, both.one_other, both.apart), at("first", "near")),
    )
    return both.select("left", "right", "swapped", first=first)


def called(met: ir.Table, parts: ir.Table) -> ir.Table:
    """Of pairs that can have one first name (see `first_names`) the levels of `first`, `last`, `swapped`, `suffix`."""
    import ibis
    from ibis import _

    both = _beside(met, parts)
    both = both.mutate(two_other=both.swapped.ifelse(both.one_other, both.two_other))
    both = both.mutate(apart=_letters(_.plain & (_.two != _.two_other), _.two, _.two_other))
    contained = both.two.contains(both.two_other) | both.two_other.contains(both.two)
    return both.select(
        "left",
        "right",
        "first",
        last=ibis.cases(
            ((both.two == "") | (both.two_other == ""), 0),
            (both.two == both.two_other, at("last", "same")),
            (slip(both.two, both.two_other, both.apart), at("last", "slip")),
            (alike(both.two, both.two_other, both.apart), at("last", "near")),
            (contained & (shorter(both.two, both.two_other) >= 4), at("last", "part")),
            else_=at("last", "other"),
        ),
        swapped=both.swapped.cast("int64"),
        suffix=(both.suffix != both.suffix_other).cast("int64"),
    )


def _beside(pairs: ir.Table, parts: ir.Table) -> ir.Table:
    """Pairs with the names of both, those of the right one as `one_other` and so on; `plain`: both of them are."""
    other = parts.rename({f"{name}_other": name for name in parts.columns})
    both = pairs.join(parts, [("left", "n")]).join(other, [("right", "n_other")])
    return both.mutate(plain=both.plain & both.plain_other)


def _letters(where: Any, one: Any, other: Any) -> Any:
    """How many letters two words are apart, where that is asked."""
    return where.ifelse(one.levenshtein(other), None)


def _short(both: ir.Table) -> ir.BooleanValue:
    """Whether one given name is short for the other: a nickname, an initial, or how it begins."""
    import ibis

    one, other = both.given, both.given_other
    pair = ibis.least(one, other) + "|" + ibis.greatest(one, other)
    initial = (shorter(one, other) == 1) & (one.left(1) == other.left(1))
    begins = (shorter(one, other) >= 3) & (one.startswith(other) | other.startswith(one))
    return initial | begins | pair.isin(sorted(names.nicknames()))


def either(pairs: ir.Table) -> ir.Table:
    """The contacts in pairs: n."""
    return pairs.select(n="left").union(pairs.select(n="right")).distinct()


def slip(one: Any, other: Any, apart: Any) -> Any:
    """Whether two words so many letters `apart` are so by a slip: by one at most, and long enough for that to count."""
    return (apart <= 1) & (shorter(one, other) >= 3)


def alike(one: Any, other: Any, apart: Any) -> Any:
    """Whether two words are spelled alike: two letters apart, or three where they are long."""
    length = shorter(one, other)
    return ((apart <= 2) & (length >= 4)) | ((apart <= NEAR) & (length >= 8))


def shorter(one: Any, other: Any) -> Any:
    """The length of the shorter of two words."""
    import ibis

    return ibis.least(one.length(), other.length())


def at(compared: str, level: str) -> int:
    """The number of a level."""
    return [each.name for each in TABLE[compared]].index(level) + 1
