"""
Names in a form in which two spellings of one name are equal: without case, accents, titles and punctuation.

Suffixes (Sr., Jr., III) are kept apart, because they tell a father from his son. For comparing only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from include.people.lists import listed

TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "herr", "frau", "mme", "mlle", "m"])
SUFFIXES = frozenset(["jr", "sr", "junior", "senior", "ii", "iii", "iv", "v"])
SAME_SUFFIX = {"junior": "jr", "senior": "sr"}
DEGREES = frozenset(["phd", "md", "esq", "mba", "cpa", "dds", "rn"])
# Letters that Unicode does not take apart into a letter and an accent.
FOLDED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name's parts, each in normal form; empty where it has none."""

    first: str
    last: str
    suffix: str


@lru_cache(maxsize=1 << 17)
def normal(first: str | None, last: str | None) -> Name | None:
    """The normal form of a name, or None when there is no letter in it."""
    ahead, behind = _words(first), _words(last)
    suffix = next((word for word in reversed([*ahead, *behind]) if word in SUFFIXES), "")
    ahead = [word for word in ahead if word not in SUFFIXES | TITLES | DEGREES] or ahead
    behind = [word for word in behind if word not in SUFFIXES | DEGREES] or behind
    if not ahead and not behind:
        return None
    return Name(" ".join(ahead), " ".join(behind), SAME_SUFFIX.get(suffix, suffix))


def agree(left: Name | None, right: Name | None) -> bool | None:
    """Whether two names can be one person's: True, False, or None when one of them is not known."""
    if left is None or right is None or not (left.first and right.first):
        return None
    if left.suffix and right.suffix and left.suffix != right.suffix:
        return False
    same_last = left.last == right.last or not left.last or not right.last
    if same_last and same_first(left.first, right.first):
        return True
    return left.first == right.last and left.last == right.first  # entered the wrong way round


def same_first(left: str, right: str) -> bool:
    """Whether two first names (in normal form) can be one person's: equal, a nickname, an initial."""
    if left == right or (min(len(left), len(right)) == 1 and left[0] == right[0]):
        return True
    one, other = left.split()[0], right.split()[0]
    return one == other or bool(_nicknames().get(one, frozenset()) & _nicknames().get(other, frozenset()))


@cache
def _nicknames() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, family in enumerate(listed("nicknames")):
        for name in family.split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _words(text: str | None) -> list[str]:
    folded = unicodedata.normalize("NFKD", (text or "").casefold().translate(FOLDED))
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return re.findall(r"[^\W\d_]+", bare.replace("'", "").replace("\u2019", "").replace(".", " "))
