"""
How many people must agree to an option: two for what cannot be undone, for a change of owner, for an address whose
domain no record of the finding is known by, and for one that a client asked for and that may be taken for another's.
It is worked out when an option is filed and kept with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from include.model import Action, Evidence, Fix, Option

CANNOT_BE_UNDONE = frozenset({str(Action.MERGE)})
CHANGE_OF_OWNER = frozenset({str(Action.SET_NAME), str(Action.RESET_ACCESS)})
TWO_PEOPLE = CANNOT_BE_UNDONE | CHANGE_OF_OWNER
DOUBTFUL = frozenset(
    {"new_looks_like", "new_mixed", "new_disposable"}
)  # evidence against the address that was asked for


def people(option: Option, known: Collection[str] | None = None, because: Iterable[Evidence] = ()) -> int:
    """`known`: the domains of the addresses that the finding's records have; None where nobody has said."""
    if any(str(fix.action) in TWO_PEOPLE for fix in option.fixes) or any(one.evidence in DOUBTFUL for one in because):
        return 2
    return 2 if known is not None and not new_domains(option.fixes) <= set(known) else 1


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
    return "because the new address has a new domain, or may be taken for another one"


def changes_owner(actions: Iterable[str]) -> bool:
    """Whether somebody else takes a record over."""
    return not CHANGE_OF_OWNER.isdisjoint(actions)


def new_domains(fixes: Iterable[Fix]) -> set[str]:
    """The domains of the addresses that these fixes put onto records."""
    told: set[str] = set()
    for fix in fixes:
        if fix.action in (Action.SET_EMAIL, Action.ADD_EMAIL):
            had, has = (
                {domain(one) for one in (side.get("email"), *(side.get("other_emails") or ())) if one}
                for side in (fix.before, fix.after)
            )
            told |= has - had
    return told


def domain(address: object) -> str:
    """What follows the last @ of an address."""
    return str(address).rpartition("@")[2].strip().casefold()
