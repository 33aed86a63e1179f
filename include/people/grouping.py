"""
From pairs to groups: which contacts hang together, and where a group that must not be is split.

Contacts are the numbers from 0 up, pairs are arrays of them. It knows neither tables nor what the evidence was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """
    Two contacts with reasons of that weight in all. `agreeing`: their names are known to agree. `alike`: nothing joins
    them but that they are alike.
    """

    left: int
    right: int
    weight: float
    agreeing: bool
    alike: bool


@dataclass(frozen=True, slots=True)
class Pairs:
    """Many pairs, as columns."""

    left: Numbers
    right: Numbers
    weight: NDArray[np.float64]
    agreeing: Flags
    alike: Flags

    def where(self, chosen: Flags) -> Pairs:
        ends = self.left[chosen], self.right[chosen]
        return Pairs(*ends, self.weight[chosen], self.agreeing[chosen], self.alike[chosen])

    def __iter__(self) -> Iterator[Pair]:
        columns = (self.left, self.right, self.weight, self.agreeing, self.alike)
        return (Pair(*row) for row in zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True, slots=True)
class Against:
    """Two contacts each: those that must not be in one group, those whose names differ, and by more than a slip."""

    apart: tuple[tuple[int, int], ...] = ()
    unlike: tuple[tuple[int, int], ...] = ()
    strangers: tuple[tuple[int, int], ...] = ()


def components(contacts: int, left: Numbers, right: Numbers) -> Numbers:
    """For each contact, the smallest that it hangs together with."""
    import numpy as np

    top = np.arange(contacts)
    while True:
        left, right = top[left], top[right]
        open_ = left != right
        left, right = left[open_], right[open_]
        if not len(left):
            return top
        np.minimum.at(top, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(above := top[top], top):
            top = above


def sizes(group: Numbers) -> Numbers:
    """For each contact, how many are in its group."""
    import numpy as np

    return np.bincount(group, minlength=len(group))[group]


def resplit(group: Numbers, which: Numbers, pairs: Pairs, largest: int, against: Against) -> Numbers:
    """`group` with the groups `which` split, as `split` does it."""
    import numpy as np

    if not len(which):
        return group
    inside = (group[pairs.left] == group[pairs.right]) & np.isin(group[pairs.left], which)
    made = np.where(np.isin(group, which), np.arange(len(group)), group)
    for piece in split(pairs.where(inside), largest, against):
        made[piece] = piece[0]
    return made


def split(pairs: Iterable[Pair], largest: int, against: Against) -> list[list[int]]:
    """
    Groups of contacts, joined by the strongest pairs first: a pair that would join what must not be joined is left out.

    So a group is split at the weakest pair on the way between two that are `apart`, or where it would be larger than
    `largest`. Two that are `unlike` are kept apart only where all pairs on the way between them agree in their names:
    one that does not says itself that two names are one account's. `strangers` are kept apart where pairs that are only
    alike are on the way. Equal weights go by the contacts' order.
    """
    groups, agreeing, alike = (_Disjoint(foes) for foes in (against.apart, against.unlike, against.strangers))
    for pair in sorted(pairs, key=lambda pair: (-pair.weight, pair.left, pair.right)):
        ends = pair.left, pair.right
        if groups.together(*ends) or groups.size(*ends) > largest or groups.foes(*ends):
            continue
        if (pair.agreeing and agreeing.foes(*ends)) or (pair.alike and alike.foes(*ends)):
            continue
        groups.join(*ends)
        if pair.agreeing:
            agreeing.join(*ends)
        if pair.agreeing or pair.alike:
            alike.join(*ends)
    return sorted(sorted(members) for members in groups.all())


class _Disjoint:
    """Disjoint groups, some of whose members must not meet."""

    def __init__(self, foes: Iterable[tuple[int, int]]) -> None:
        self._of: dict[int, set[int]] = {}
        self._foes: dict[int, set[int]] = {}
        for one, other in foes:
            self._foes.setdefault(one, set()).add(other)
            self._foes.setdefault(other, set()).add(one)

    def _group(self, contact: int) -> set[int]:
        return self._of.setdefault(contact, {contact})

    def together(self, one: int, other: int) -> bool:
        return self._group(one) is self._group(other)

    def size(self, one: int, other: int) -> int:
        return len(self._group(one)) + len(self._group(other))

    def foes(self, one: int, other: int) -> bool:
        theirs = self._group(other)
        return any(not theirs.isdisjoint(self._foes[member]) for member in self._group(one) if member in self._foes)

    def join(self, one: int, other: int) -> None:
        small, large = sorted((self._group(one), self._group(other)), key=len)
        large |= small
        for member in small:
            self._of[member] = large

    def all(self) -> list[set[int]]:
        return list({id(group): group for group in self._of.values()}.values())
