"""
Names in a form in which two spellings of one name are equal: without case, accents, titles and punctuation.

Suffixes (Sr., Jr., III) are kept apart, because they tell a father from his son. A name that only fills a field
(test, n/a, Deleted User) is none. For comparing only.

`normal` and `agree` are the truth. `plainly` and `agreed` give the same for whole columns in the engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from include.people.lists import listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "herr", "frau", "mme", "mlle"])
SUFFIXES = frozenset(["jr", "sr", "junior", "senior", "ii", "iii", "iv"])
SAME_SUFFIX = {"junior": "jr", "senior": "sr"}
DEGREES = frozenset(["phd", "md", "esq", "mba", "cpa", "dds", "rn"])
# Letters that Unicode does not take apart into a letter and an accent.
FOLDED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "\u0131": "i"})
DROPPED = "'\u2019\u02bc`"  # within a word: O'Brien is OBrien
EDGES = r"^ | \z"  # not `strip`: on Spark, ibis 12 takes the letters v and f off as well (seen 2026-11)


@dataclass(frozen=True, slots=True)
class Name:
    """A name's parts, each in normal form; empty where it has none. `given`, `middle`: the first words of `first`."""

    first: str
    last: str
    suffix: str
    given: str = ""
    middle: str = ""


@lru_cache(maxsize=1 << 17)
def normal(first: str | None, last: str | None) -> Name | None:
    """The normal form of a name, or None when there is no letter in it, or it only fills a field."""
    first, last = _in_order(first or "", last or "")
    ahead, behind = words(first), words(last)
    while len(ahead) > 1 and ahead[0] in TITLES:
        del ahead[0]
    suffix = ""
    for part in (behind, ahead):
        while len(part) > 1 and part[-1] in SUFFIXES | DEGREES:
            suffix = (suffix or part[-1]) if part[-1] in SUFFIXES else suffix
            del part[-1]
    ahead, behind = _without_fillers(ahead, behind)
    if not ahead and not behind:
        return None
    given, middle = [*ahead, "", ""][:2]
    return Name(" ".join(ahead), " ".join(behind), SAME_SUFFIX.get(suffix, suffix), given, middle)


def agree(left: Name | None, right: Name | None) -> bool | None:
    """
    Whether two names can be one person's: True, False, or None when that cannot be known.

    It cannot where a first name is missing, where only one bears a suffix (a father seldom does), and where one's last
    name is a part of the other's (Smith, Smith-Jones).
    """
    if left is None or right is None or not (left.first and right.first):
        return None
    if left.suffix and right.suffix and left.suffix != right.suffix:
        return False
    ours, theirs = left.last.replace(" ", ""), right.last.replace(" ", "")
    swapped = left.first == right.last and left.last == right.first  # entered the wrong way round
    alike = same_first(left.first, right.first)
    if swapped or (alike and (ours == theirs or not ours or not theirs)):
        return True if left.suffix == right.suffix else None
    within = f" {left.last} " in f" {right.last} " or f" {right.last} " in f" {left.last} "
    return None if alike and within else False


def same_first(left: str, right: str) -> bool:
    """Whether two normal first names can be one person's: equal, nicknames, an initial; not two middle names."""
    if left.replace(" ", "") == right.replace(" ", ""):
        return True
    (one, more), (other, others) = (f"{left} ".split(" ")[:2], f"{right} ".split(" ")[:2])
    if more and others and more != others and not (min(len(more), len(others)) == 1 and more[0] == others[0]):
        return False
    if one == other or (min(len(one), len(other)) == 1 and one[0] == other[0]):
        return True
    return "|".join(sorted((one, other))) in nicknames()


def plainly(said: ir.Table) -> ir.Table:
    """`said`, the columns of `Name`, and `plain`: whether they hold for `raw_first` and `raw_last`, or not."""
    import ibis
    from ibis import _

    alphabet, upper, lower = _latin()
    simple = said.mutate(
        simple=_.raw_first.re_search(r"^[A-Za-z]*\z") & _.raw_last.re_search(r"^[A-Za-z]*\z"),
        low_first=_.raw_first.lower(),
        low_last=_.raw_last.lower(),
    )

    def folded(raw: Any) -> Any:
        return raw.translate(upper, lower).re_replace(" +", " ").re_replace(EDGES, "")

    parts = simple.mutate(
        first=_.simple.ifelse(_.low_first, folded(_.raw_first)), last=_.simple.ifelse(_.low_last, folded(_.raw_last))
    )
    special = "|".join(sorted(TITLES | SUFFIXES | DEGREES | fillers()))
    checked = parts.mutate(
        spaced=_.first.contains(" "),
        plain=(_.simple | (_.raw_first + _.raw_last).re_search(rf"^[{alphabet}]*\z"))
        & (_.first + _.last != "")
        & ~(_.first + " " + _.last).re_search(rf"(?:^| )(?:{special})(?: |\z)"),
    )
    return checked.select(
        "said",
        "plain",
        "first",
        "last",
        suffix=ibis.literal(""),
        given=_.spaced.ifelse(_.first.split(" ")[0], _.first),
        middle=_.spaced.ifelse(_.first.split(" ")[1], ibis.literal("")),
    )


def agreed(left: Mapping[str, Any] | ir.Table, right: Mapping[str, Any] | ir.Table) -> ir.BooleanValue:
    """`agree` as an expression over the columns of two rows of `normal.name_table`; null where it says None."""
    import ibis

    bare = [side["last"].replace(" ", "") for side in (left, right)]
    whole = [side["first"].replace(" ", "") for side in (left, right)]
    padded = [ibis.literal(" ") + side["last"] + " " for side in (left, right)]
    swapped = (left["first"] == right["last"]) & (left["last"] == right["first"])
    apart = (
        (left["middle"] != "")
        & (right["middle"] != "")
        & (left["middle"] != right["middle"])
        & ~_one_is_an_initial(left["middle"], right["middle"])
    )
    lasts = (bare[0] == bare[1]) | (bare[0] == "") | (bare[1] == "")
    within = padded[1].contains(padded[0]) | padded[0].contains(padded[1])
    # Step by step, so that no more pairs than must be are looked up among the nicknames.
    alike = ibis.cases(
        (~(lasts | within), False),
        (whole[0] == whole[1], True),
        (apart, False),
        (left["given"] == right["given"], True),
        (_one_is_an_initial(left["given"], right["given"]), True),
        else_=nicknamed(left["given"], right["given"]),
    )
    # Most pairs bear one name to the letter, and are not looked at further.
    one = [left[part] == right[part] for part in ("first", "last", "suffix")]
    return ibis.cases(
        ((left["first"] != "") & one[0] & one[1] & one[2], True),
        (left["first"].fill_null("") == "", None),
        (right["first"].fill_null("") == "", None),
        ((left["suffix"] != "") & (right["suffix"] != "") & (left["suffix"] != right["suffix"]), False),
        (swapped | (lasts & alike), (left["suffix"] == right["suffix"]).nullif(False)),
        (within & alike, None),
        else_=False,
    )


def nicknamed(one: Any, other: Any) -> ir.BooleanValue:
    """Whether two given names are nicknames of one, as an expression. They are one text: literals compile slowly."""
    import ibis

    pair = ibis.least(one, other) + "|" + ibis.greatest(one, other)
    return ibis.literal(f" {' '.join(sorted(nicknames()))} ").contains(ibis.literal(" ") + pair + " ")


def _one_is_an_initial(left: Any, right: Any) -> Any:
    return ((left.length() == 1) | (right.length() == 1)) & (left.left(1) == right.left(1))


@cache
def nicknames() -> frozenset[str]:
    """Two first names that can be one person's, in order, as `bob|robert`."""
    families = (sorted(family.split()) for family in listed("nicknames"))
    return frozenset("|".join(pair) for family in families for pair in combinations(family, 2))


@cache
def fillers() -> frozenset[str]:
    """Every word that occurs in what is entered where there is no name."""
    return frozenset(word for phrase in _phrases() for word in phrase.split())


def words(text: str) -> list[str]:
    """The words of a text: in small letters, without accents, without whatever is no letter."""
    return re.findall(r"[^\W\d_]+", _bare(text))


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(FOLDED))
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return bare.translate(dict.fromkeys(map(ord, DROPPED)))


def _in_order(first: str, last: str) -> tuple[str, str]:
    """`Lee, Ann` in one field, and nothing in the other, is Ann Lee."""
    whole = first or last
    if (first and last) or whole.count(",") != 1:
        return first, last
    behind, ahead = whole.split(",")
    found = words(ahead)
    if not words(behind) or not found or found[0] in SUFFIXES | DEGREES:
        return first, last
    return ahead, behind


def _without_fillers(ahead: list[str], behind: list[str]) -> tuple[list[str], list[str]]:
    """The two parts, without those that never are a name; both empty when neither need be one."""
    if all(_fills(part, ("always", "alone")) for part in (ahead, behind)):
        return [], []
    return [] if _fills(ahead, ("always",)) else ahead, [] if _fills(behind, ("always",)) else behind


def _fills(part: list[str], kinds: tuple[str, ...]) -> bool:
    known = _phrases()
    return known.get(" ".join(part)) in kinds or all(known.get(word) in kinds for word in part)


@cache
def _phrases() -> dict[str, str]:
    return {phrase: kind for kind, _, phrase in (line.partition(" ") for line in listed("placeholder_names"))}


@cache
def _latin() -> tuple[str, str, str]:
    """
    The letters that `words` turns into one letter of ASCII each, as a class of characters; and `str.translate`'s two
    arguments for them, which also drop what `words` drops and turn what parts words into blanks.
    """
    letters = {letter: _bare(letter) for letter in map(chr, range(0x41, 0x180))}
    plain = {letter: bare for letter, bare in letters.items() if re.fullmatch("[a-z]", bare) and bare != letter}
    blanks = ".-"
    alphabet = "a-z" + "".join(plain) + " " + DROPPED + blanks
    return alphabet, "".join(plain) + blanks + DROPPED, "".join(plain.values()) + " " * len(blanks)
