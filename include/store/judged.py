"""
What a reviewer judges of a finding, so that a decision holds while that is the same and no longer.

    kinds      which lasting evidence speaks for it and which against; not its words, its weight or its place
    options    what would be done to which records; not how it is worded, and no notes that tell of it
    facts      what the records read, as the options and the words tell it
    accounts   the accounts that its records are in

A newer version of the code that words, weighs or orders things otherwise has judged nothing anew: nothing of that
counts. Nor does what tells when something changed (`changed_...`, see `include.rules`), which is there for one night
or moves with every edit, nor a remark without weight. Nothing here reads or writes the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.digests import canonical, digest
from include.model import Action, Fix, Option, Ref

PASSING = "changed_"  # how the kinds of evidence begin that tell when something changed
SAYS = "says"
APART = re.compile(r"[\s<>(),;:\"]+")  # what stands between two addresses in a sentence

Kinds = frozenset[tuple[str, bool]]  # a kind of evidence, and whether it speaks for the finding
Facts = Mapping[tuple[str, str], frozenset[str]]  # of a record and one of its fields, the values it was said to have


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reviewer judges. `accounts`: by platform; one that is absent is not known."""

    kinds: Kinds
    options: tuple[str, ...]
    facts: Facts
    accounts: Mapping[str, str]

    @property
    def content(self) -> str:
        """SHA-256 of what a reviewer judges, with the options in their order."""
        kinds = sorted([kind, speaks_for] for kind, speaks_for in self.kinds)
        said = [[kind, *sorted(values)] for (kind, field), values in sorted(self.facts.items()) if field == SAYS]
        judged = {"kinds": kinds, "said": said, "options": list(self.options)}
        return digest({**judged, "accounts": dict(self.accounts)})

    def alike(self, seen: Judged) -> bool:
        """Whether a reviewer of `seen` judges the same, be the options in another order."""
        same = (self.kinds, self.accounts) == (seen.kinds, seen.accounts)
        return same and not self._contradicts(seen) and sorted(self.options) == sorted(seen.options)

    def still(self, seen: Judged) -> bool:
        """
        Whether a rejection of this holds for what is `seen` now: no more speaks for it, and no fact is another.

        Less that speaks for it, and more against it, is what the reviewer said all along.
        """
        more = {kind for kind, speaks_for in seen.kinds - self.kinds if speaks_for}
        less = {kind for kind, speaks_for in self.kinds - seen.kinds if not speaks_for}
        return not (more or less) and self.accounts == seen.accounts and not self._contradicts(seen)

    def _contradicts(self, seen: Judged) -> bool:
        return any(self.facts[key].isdisjoint(seen.facts[key]) for key in self.facts.keys() & seen.facts.keys())


def judged(
    because: Iterable[Mapping[str, Any]],
    options: Sequence[Option],
    accounts: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> Judged:
    """`because`: as a finding's JSON has it. `names`: what records that were merged are called today."""
    lasting = [one for one in because if one["weight"] and not one["evidence"].startswith(PASSING)]
    fixes = [[renamed(fix, names or {}) for fix in lasting_fixes(option)] for option in options]
    facts: dict[tuple[str, str], set[str]] = {}
    for one in lasting:
        if said := _addresses(str(one["says"])):
            facts.setdefault((one["evidence"], SAYS), set()).update(said)
    for fix in (fix for each in fixes for fix in each):
        for record, field, value in _read(fix):
            facts.setdefault((record, field), set()).add(canonical(value))
    return Judged(
        frozenset((one["evidence"], one["weight"] > 0) for one in lasting),
        tuple(canonical([fix.as_json() for fix in each]) for each in fixes),
        {key: frozenset(values) for key, values in facts.items()},
        dict(accounts),
    )


def _addresses(sentence: str) -> set[str]:
    """The addresses that a sentence names, without the stop at its end."""
    words = (word.rstrip(".!?").casefold() for word in APART.split(sentence))
    return {word for word in words if 0 < word.find("@") < len(word) - 1}


def lasting_fixes(option: Option) -> list[Fix]:
    """What an option does to records: all but the notes that tell of it."""
    return [fix for fix in option.fixes if fix.action is not Action.ADD_NOTE]


def same_option(wanted: Option, options: Sequence[Option], names: Mapping[str, str]) -> int | None:
    """The number of the option among these that does what `wanted` does."""
    does = [[renamed(fix, names).as_json() for fix in lasting_fixes(option)] for option in (wanted, *options)]
    return next((number for number, each in enumerate(does[1:]) if each == does[0]), None)


def renamed(fix: Fix, names: Mapping[str, str]) -> Fix:
    """A fix with the names that its records have today."""
    if not names:
        return fix
    values = [{key: _today(value, names) for key, value in side.items()} for side in (fix.before, fix.after)]
    return Fix(Ref.parse(_today(str(fix.target), names)), fix.action, *values)


def _today(value: Any, names: Mapping[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def _read(fix: Fix) -> Iterable[tuple[str, str, Any]]:
    """What a fix says that its records read before it: record, field, value."""
    target = str(fix.target)
    for field, value in fix.before.items():
        if fix.action is not Action.MERGE or field == "email":
            yield target, field, value
        elif field == "duplicate_email":
            yield str(fix.before.get("duplicate")), "email", value
