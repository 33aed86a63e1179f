"""
What each level of likeness of two contacts weighs, and how it reads: the one place to tune.

Weights are Fellegi's and Sunter's: the binary logarithm of how much likelier a level is between two records of one
person than between two people's who share a block (see `blocks`), in halves. How often each level occurs in either was
counted on the training sets of `tests/benchmarks/quality` (FEBRL 1 and 3, seeds 1 to 3; the even households of
pseudopeople's sample, seeds 1 and 2; 2026-11); the weights were then set by hand between those counts, because a
household's name, street and number come together, and because small sets know no namesakes: what says little of any
two people in a country weighs less than it did there. They were checked on sets and seeds that took no part in it.
"""

from __future__ import annotations

from typing import NamedTuple


class Level(NamedTuple):
    """`weight`: for one person above 0, against it below. `says`: after `They are alike:` or `Against it:`."""

    name: str
    weight: float
    says: str


# By what is compared, in the order in which it is told. Level 0, not in here, is what one of the two does not say.
TABLE: dict[str, tuple[Level, ...]] = {
    "first": (
        Level("few", 4.0, "the same first name, which few bear"),
        Level("same", 3.5, "the same first name"),
        Level("short", 2.0, "first names of which one is short for the other"),
        Level("slip", 3.0, "first names a letter apart"),
        Level("near", 1.0, "first names spelled alike"),
    ),
    "last": (
        Level("rare", 6.0, "the same last name, which hardly anybody else bears"),
        Level("few", 5.0, "the same last name, which few bear"),
        Level("same", 3.5, "the same last name"),
        Level("slip", 4.0, "last names a letter apart"),
        Level("near", 2.5, "last names spelled alike"),
        Level("part", 2.0, "a last name that is part of the other"),
        Level("other", -2.5, "another last name"),
    ),
    "swapped": (Level("swapped", -1.0, "first and last name the other way round"),),
    "suffix": (Level("one", -12.0, "only one bears a suffix (Jr., Sr.), so that they may be father and son"),),
    "email": (
        Level("same", 6.0, "the same address"),
        Level("local", 1.5, "the same address but for what stands after the @"),
        Level("slip", 2.5, "addresses a letter or two apart"),
        Level("other", -2.0, "another address"),
    ),
    "phone": (
        Level("same", 6.0, "the same phone number"),
        Level("slip", 2.0, "phone numbers a digit or two apart"),
        Level("other", -3.0, "another phone number"),
    ),
    "street": (
        Level("same", 5.0, "the same house and street"),
        Level("near", 5.0, "the same house number in streets spelled alike"),
        Level("road", 3.5, "streets spelled alike, one without a house number"),
        Level("slip", 4.0, "the same street, and house numbers a digit or two apart"),
        Level("house", 2.5, "the same street at another house number"),
        Level("number", 0.5, "the same house number in another street"),
        Level("other", -3.0, "another street"),
    ),
    "place": (
        Level("few", 4.0, "the same postcode"),
        Level("same", 0.5, "the same postcode, which many have"),
        Level("slip", 3.0, "the same town, and postcodes a digit or two apart"),
        Level("near", 1.5, "postcodes a digit or two apart"),
        Level("town", 1.0, "the same town"),
        Level("other", -3.0, "another town and postcode"),
    ),
}
AGAINST_CHANCE = 9.5  # what it takes to outweigh how seldom two who share a block are one person
LEAST, MOST = 1.0, 2.0  # of what then counts: likely at all, and never as much as evidence that proves
HALVES = 2  # weights are counted in halves, so that sums are whole numbers in every engine
LEVELS = 8  # no comparison has more


def says(pattern: int) -> str:
    """A pattern of levels (see `coded`) as a sentence of what is alike, and one of what is not."""
    found = []
    for place, levels in enumerate(TABLE.values()):
        if level := pattern // LEVELS**place % LEVELS:
            found.append(levels[level - 1])
    speaking = ", ".join(level.says for level in found if level.weight > 0)
    against = ", ".join(level.says for level in found if level.weight < 0)
    return f"They are alike, though not beyond doubt: {speaking}." + (f" Against it: {against}." if against else "")


def coded(levels: dict[str, int]) -> int:
    """Levels as one number."""
    return sum(levels.get(compared, 0) * LEVELS**place for place, compared in enumerate(TABLE))
