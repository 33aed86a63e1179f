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


def strangers(pairs: ir.Table, who: ir.Table) -> ir.Table:
    """Those of a few pairs (left, right) that differ in their first names by more than a slip."""
    few = called(pairs, parts(who.semi_join(either(pairs), "n")))
    return pairs.anti_join(few, ["left", "right"])


def parts(who: ir.Table) -> ir.Table:
    """The names of contacts as they are compared; `plain`: in letters that every engine counts the same."""
    named = who.select("n", "given", "suffix", one=who["first"].replace(" ", ""), two=who["last"].replace(" ", ""))
    return named.mutate(plain=(named.one + named.two).re_search(r"^[a-z]*\z"))


def called(pairs: ir.Table, parts: ir.Table) -> ir.Table:
    """The pairs that can have one first name: left, right, and the levels of `first`, `last`, `swapped`, `suffix`."""
    import ibis

    other = parts.rename({f"{name}_other": name for name in parts.columns})
    both = pairs.join(parts, [("left", "n")]).join(other, [("right", "n_other")])
    both = both.mutate(plain=both.plain & both.plain_other)
    one_way, other_way = (both.one, both.two_other), (both.two, both.one_other)
    crossed = (slip(*one_way) & (slip(*other_way) | alike(*other_way))) | (alike(*one_way) & slip(*other_way))
    crossed &= ~slip(both.one, both.one_other)
    both = both.mutate(swapped=(both.plain & (both.one != both.one_other)).ifelse(crossed, False))
    both = both.mutate(
        one_other=both.swapped.ifelse(both.two_other, both.one_other),
        two_other=both.swapped.ifelse(both.one_other, both.two_other),
        short=_short(both) & ~both.swapped,
    )
    contained = both.two.contains(both.two_other) | both.two_other.contains(both.two)
    told = both.select(
        "left",
        "right",
        first=ibis.cases(
            ((both.one == "") | (both.one_other == ""), 0),
            (both.one == both.one_other, at("first", "same")),
            (both.short, at("first", "short")),
            (both.plain & slip(both.one, both.one_other), at("first", "slip")),
            (both.plain & alike(both.one, both.one_other), at("first", "near")),
        ),
        last=ibis.cases(
            ((both.two == "") | (both.two_other == ""), 0),
            (both.two == both.two_other, at("last", "same")),
            (both.plain & slip(both.two, both.two_other), at("last", "slip")),
            (both.plain & alike(both.two, both.two_other), at("last", "near")),
            (contained & (shorter(both.two, both.two_other) >= 4), at("last", "part")),
            else_=at("last", "other"),
        ),
        swapped=both.swapped.cast("int64"),
        suffix=(both.suffix != both.suffix_other).cast("int64"),
    )
    return told.filter(told["first"].notnull())


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


def slip(one: Any, other: Any) -> Any:
    """Whether two words are a letter apart at most, and long enough for that to say something."""
    return (one.levenshtein(other) <= 1) & (shorter(one, other) >= 3)


def alike(one: Any, other: Any) -> Any:
    """Whether two words are spelled alike: two letters apart, or three where they are long."""
    length, apart = shorter(one, other), one.levenshtein(other)
    return ((apart <= 2) & (length >= 4)) | ((apart <= 3) & (length >= 8))


def shorter(one: Any, other: Any) -> Any:
    """The length of the shorter of two words."""
    import ibis

    return ibis.least(one.length(), other.length())


def at(compared: str, level: str) -> int:
    """The number of a level."""
    return [each.name for each in TABLE[compared]].index(level) + 1
