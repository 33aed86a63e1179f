"""
The people of a world of the scale benchmark, as columns: what they are called, where they live, how they are reached.

One in nine lives in a household with one phone number, street and last name, one in seventy reads a task's mailbox,
and some addresses stand in records as people type them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

PROVIDERS = ["gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"]
FREE, HOUSEHOLDS, TASKS, LINKED, TWICE, MOVED, COMPANIES = 0.75, 0.11, 0.015, 0.5, 0.026, 0.02, 0.3
STARTS, MIDDLES, ENDS = list("bcdfghjklmnprstvwz"), ["a", "e", "i", "o", "u", "ai", "ei", "ou"], list("nlrst")
SYLLABLES = ["ba", "ko", "li", "mu", "ne", "po", "ra", "si", "tu", "ve"]  # one for each digit


@dataclass(frozen=True)
class People:
    """
    `said`: name, company, phone and so on. `free`: the address is at one of `PROVIDERS`. `shared`: not theirs alone.

    Plants: `twice` (two HubSpot contacts), `moved` (on Shopify with `later`). `linked`: HubSpot names the customer.
    """

    email: pa.Array
    later: pa.Array
    further: pa.Array
    said: dict[str, pa.Array]
    free: Flags
    shared: Flags
    linked: Flags
    twice: Flags
    moved: Flags

    @property
    def planted(self) -> Flags:
        return self.twice | self.moved

    @classmethod
    def of(cls, count: int, dice: np.random.Generator) -> People:
        number = np.arange(count)
        lot = dice.random(count)
        twice, moved = lot < TWICE, (lot >= TWICE) & (lot < TWICE + MOVED)
        plain = ~(twice | moved)
        family = plain & (dice.random(count) < HOUSEHOLDS)
        home = np.where(family, count + number // 3, number)
        shared = plain & ~family & (dice.random(count) < TASKS)
        first, last = _names(dice, count, home)
        company = dice.integers(0, max(count // 12, 2), count)
        email, free = _addresses(first, last, number, company, shared, dice)
        whole = pc.binary_join_element_wise
        text = pa.array(number).cast(pa.string())
        later = whole(pc.utf8_lower(last), "-", text, "@new.example", "")
        further = whole("me", text, "@second.example", "")
        phone = pa.array(2_000_000_000 + home * 7919 % 7_999_999_999).cast(pa.string())
        said = {
            "first_name": _as_typed(first, dice),
            "last_name": _as_typed(last, dice),
            "company": some(whole("Company ", _words(company), " Inc.", ""), dice.random(count) < COMPANIES),
            "phone": some(_written(phone, dice), plain & (dice.random(count) < 0.7) | ~plain),
            "address": whole(pa.array(1 + home * 31 % 9_999).cast(pa.string()), " Main Street", ""),
            "city": pa.array(["Springfield"]).take(pa.array(np.zeros(count, dtype=np.int64))),
            "postcode": pa.array(10_000 + home * 104_729 % 89_999).cast(pa.string()),
            "country": pa.array(["US"]).take(pa.array(np.zeros(count, dtype=np.int64))),
        }
        linked = moved | (plain & (dice.random(count) < LINKED))
        return cls(email, later, further, said, free, shared, linked, twice, moved)


def some(values: pa.Array, which: Flags) -> pa.Array:
    """The values that are chosen; null for the others."""
    return pc.if_else(pa.array(which), values, pa.scalar(None, values.type))


def dirty(email: pa.Array, free: Flags, dice: np.random.Generator) -> pa.Array:
    """Addresses as they stand in records: some in capitals, with blanks around, or with a tag at Gmail."""
    lot = dice.random(len(email))
    email = pc.if_else(pa.array(lot < 0.02), pc.utf8_capitalize(email), email)
    email = pc.if_else(pa.array((lot >= 0.02) & (lot < 0.03)), pc.binary_join_element_wise("", email, " ", ""), email)
    tagged = pc.replace_substring(email, "@gmail.com", "+shop@gmail.com")
    return pc.if_else(pa.array((lot >= 0.03) & (lot < 0.04) & free), tagged, email)


def _names(dice: np.random.Generator, count: int, home: Numbers) -> tuple[pa.Array, pa.Array]:
    """First and last names, a few of which many bear; a household has one last name."""
    syllables = [start + middle for start, middle in product(STARTS, MIDDLES)]
    firsts = pa.array([(one + two).capitalize() for one, two in product(syllables[:80], syllables[::9])])
    lasts = pa.array([(a + b + c).capitalize() for a, b, c in product(syllables, syllables[::2], ENDS)])
    chosen = (dice.random(count) ** 2 * len(firsts)).astype(np.int64)
    drawn = (dice.random(count + count // 3 + 1) ** 2 * len(lasts)).astype(np.int64)
    return firsts.take(pa.array(chosen)), lasts.take(pa.array(drawn[home]))


def _addresses(
    first: pa.Array, last: pa.Array, number: Numbers, company: Numbers, shared: Flags, dice: np.random.Generator
) -> tuple[pa.Array, Flags]:
    """One address each, at a provider or the company's; a task's or an agency's is several people's."""
    free = (dice.random(len(number)) < FREE) & ~shared
    at = pa.array(PROVIDERS).take(pa.array((dice.random(len(number)) ** 2 * len(PROVIDERS)).astype(np.int64)))
    whole = pc.binary_join_element_wise
    theirs = whole(_words(company), ".example", "")
    local = whole(pc.utf8_lower(first), ".", pc.utf8_lower(last), pa.array(number).cast(pa.string()), "")
    local = pc.if_else(pa.array(shared), pa.array(["info"]).take(pa.array(number * 0)), local)
    return whole(local, "@", pc.if_else(pa.array(free), at, theirs), ""), free


def _words(numbers: Numbers) -> pa.Array:
    """Numbers as words of letters."""
    digits = pa.array(numbers + 1_000_000).cast(pa.string())
    for digit, letters in enumerate(SYLLABLES):
        digits = pc.replace_substring(digits, str(digit), letters)
    return digits


def _as_typed(names: pa.Array, dice: np.random.Generator) -> pa.Array:
    """Some in capitals, and some with an accent."""
    lot = dice.random(len(names))
    names = pc.if_else(pa.array(lot < 0.02), pc.utf8_upper(names), names)
    return pc.if_else(pa.array((lot >= 0.02) & (lot < 0.03)), pc.replace_substring(names, "e", "é"), names)


def _written(digits: pa.Array, dice: np.random.Generator) -> pa.Array:
    """Numbers with their country's code, or as they are written in it."""
    local = pc.replace_substring_regex(digits, r"^(\d{3})(\d{3})(\d{4})$", r"(\1) \2-\3")
    whole = pc.binary_join_element_wise("+1", digits, "")
    return pc.if_else(pa.array(dice.random(len(digits)) < 0.3), local, whole)
