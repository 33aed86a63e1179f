"""Counts: what was named rightly, wrongly and not at all; which recommended options were right, and what they break."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.benchmarks.quality.judging import Pair


@dataclass(frozen=True)
class Recommended:
    """One recommended option: the pairs it would make one, whether it is right, and what it must not have joined."""

    pairs: frozenset[Pair]
    right: bool
    violations: tuple[str, ...] = ()


@dataclass
class Score:
    """Pairs named, against pairs that should be. `options`: the recommended ones among them."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    options_right: int = 0
    options_wrong: int = 0
    covered: int = 0
    violations: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Score) -> Score:
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        return Score(**sums)

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return _f1(self.precision, self.recall)

    @property
    def options_precision(self) -> float | None:
        return _share(self.options_right, self.options_right + self.options_wrong)

    @property
    def options_recall(self) -> float | None:
        return _share(self.covered, self.right + self.missed)

    @property
    def options_f1(self) -> float | None:
        return _f1(self.options_precision, self.options_recall)


def score(
    named: set[Pair],
    wanted: set[Pair],
    recommended: Iterable[Recommended] = (),
    ignored: Callable[[Pair], bool] = lambda pair: False,
) -> Score:
    """The score of one rule. A pair that is `ignored` counts neither way, unless it is wanted."""
    counted = {each for each in named if each in wanted or not ignored(each)}
    options = list(recommended)
    covered = {each for option in options if option.right for each in option.pairs} & wanted
    return Score(
        right=len(counted & wanted),
        wrong=len(counted - wanted),
        missed=len(wanted - named),
        options_right=sum(option.right for option in options),
        options_wrong=sum(not option.right for option in options),
        covered=len(covered),
        violations=Counter(kind for option in options for kind in option.violations),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
