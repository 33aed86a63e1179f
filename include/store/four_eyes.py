"""
How many people must agree to an option: two for what cannot be undone, for a change of owner, for an address that no
record of the finding is known by, and for what a client asked for where the address may be taken for another's or the
proof of who asked is weak. It is worked out when an option is filed and kept with it.

A record is known by the domain of its address. Where anybody can have a mailbox, at a provider of free or disposable
ones, the domain says nothing of whose it is: there, it is known by the mailbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from include.model import Action, Evidence, Fix, Option
from include.people import addresses, domains

CANNOT_BE_UNDONE = frozenset({str(Action.MERGE)})
CHANGE_OF_OWNER = frozenset({str(Action.SET_NAME), str(Action.RESET_ACCESS)})
TWO_PEOPLE = CANNOT_BE_UNDONE | CHANGE_OF_OWNER
DOUBTFUL = frozenset(  # evidence against the address that was asked for, or against who asked
    {"new_looks_like", "new_mixed", "new_disposable", "weak_proof", "mailbox_lost"}
)


def people(option: Option, known: Collection[str] | None = None, because: Iterable[Evidence] = ()) -> int:
    """`known`: what the addresses of the finding's records are known by; None where nobody has said."""
    if any(str(fix.action) in TWO_PEOPLE for fix in option.fixes) or any(one.evidence in DOUBTFUL for one in because):
        return 2
    return 2 if known is not None and not new(option.fixes) <= set(known) else 1


def needed(actions: Iterable[str], filed: int) -> int:
    """How many must agree: never fewer than the actions themselves ask for, whatever number was filed."""
    return 2 if TWO_PEOPLE.intersection(actions) else max(filed, 1)


def why(actions: Iterable[str]) -> str:
    """Why two people must agree, as the end of a sentence."""
    done = set(actions)
    if done & CANNOT_BE_UNDONE:
        return "because a merge cannot be undone"
    if done & CHANGE_OF_OWNER:
        return "because the owner changes"
    return (
        "because the new address has a new domain or is another free mailbox, may be taken for another one, or the "
        "proof of who asked is weak"
    )


def changes_owner(actions: Iterable[str]) -> bool:
    """Whether somebody else takes a record over."""
    return not CHANGE_OF_OWNER.isdisjoint(actions)


def new(fixes: Iterable[Fix]) -> set[str]:
    """What the addresses are known by that these fixes put onto records, where the record was not known by it."""
    told: set[str] = set()
    for fix in fixes:
        if fix.action in (Action.SET_EMAIL, Action.ADD_EMAIL):
            had, has = (
                {known_by(str(one)) for one in (side.get("email"), *(side.get("other_emails") or ())) if one}
                for side in (fix.before, fix.after)
            )
            told |= has - had
    return told


def known_by(address: str) -> str:
    """An address's domain; where anybody can have a mailbox there, the mailbox, however it is spelled."""
    site = domain(address)
    if not anybodys(site):
        return site
    known = addresses.normal(address)
    return known.key if known else address.strip().casefold()


def anybodys(site: str) -> bool:
    """Whether anybody can have a mailbox at this domain."""
    known = domains.facts(site)
    return known.free or known.disposable


def domain(address: object) -> str:
    """What follows the last @ of an address."""
    return str(address).rpartition("@")[2].strip().casefold()
