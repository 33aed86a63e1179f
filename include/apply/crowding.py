"""
Many accounts that move to one new address, or to one domain: how an account is stolen in bulk, or a bad night looks.

It only counts. Domains of free providers are not counted: half the world moves there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from include.model import Action
from include.people import domains

if TYPE_CHECKING:
    from include.model import Fix
    from include.settings import Settings
    from include.store.sent import Sent


class Change(Protocol):
    """What a fix would change, or a write was to change."""

    @property
    def action(self) -> Action: ...
    @property
    def before(self) -> Mapping[str, Any]: ...
    @property
    def after(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Move:
    """A fix that is to be applied, of a finding."""

    finding_id: str
    fix: Fix


@dataclass(frozen=True, slots=True)
class Crowded:
    """The findings of today that bring too many people to one address, and to one domain."""

    address: frozenset[str] = field(default_factory=frozenset)
    domain: frozenset[str] = field(default_factory=frozenset)

    def __contains__(self, finding_id: str) -> bool:
        return finding_id in self.address or finding_id in self.domain


def crowded(moves: Sequence[Move], before: Sequence[Sent], settings: Settings) -> Crowded:
    """Findings that would move more different people to one address, or one domain, than may within a day."""
    addresses: dict[str, set[str]] = defaultdict(set)
    sites: dict[str, set[str]] = defaultdict(set)
    changes: list[tuple[str, Change]] = [(one.finding_id, one) for one in before]
    changes += [(one.finding_id, one.fix) for one in moves]
    for finding_id, change in changes:
        for address in _new_addresses(change):
            addresses[address].add(finding_id)
        for site in _new_domains(change):
            sites[site].add(finding_id)
    today = {one.finding_id for one in moves}
    return Crowded(
        frozenset(today & _too_many(addresses.values(), settings.cap_same_address)),
        frozenset(today & _too_many(sites.values(), settings.cap_same_domain)),
    )


def in_words(found: Crowded, settings: Settings) -> list[str]:
    """What is wrong, naming findings and nobody."""
    told = []
    if found.address:
        named = ", ".join(sorted(found.address))
        told.append(f"findings {named} move more than {settings.cap_same_address} people to one address")
    if found.domain:
        named = ", ".join(sorted(found.domain))
        told.append(f"findings {named} move more than {settings.cap_same_domain} people to one domain new to them")
    return told


def _too_many(crowds: Iterable[set[str]], most: int) -> set[str]:
    return {one for crowd in crowds if len(crowd) > most for one in crowd}


def _new_addresses(change: Change) -> set[str]:
    """None of a change that was forgotten since it was sent, because its person asked for that."""
    if not change.after:
        return set()
    match change.action:
        case Action.SET_EMAIL:
            return {str(change.after["email"]).casefold()}
        case Action.ADD_EMAIL:
            had = {str(email).casefold() for email in change.before["other_emails"]}
            return {str(email).casefold() for email in change.after["other_emails"]} - had
        case _:
            return set()


def _new_domains(change: Change) -> set[str]:
    """Domains that the change brings the account to, which are not of a free provider."""
    had = {
        _domain(str(email)) for email in (change.before.get("email"), *change.before.get("other_emails", ())) if email
    }
    reached = {_domain(email) for email in _new_addresses(change)} - had
    return {site for site in reached if not domains.facts(site).free}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
