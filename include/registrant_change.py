"""
What a new address of a domain's registrant sets off, as data that a fix carries and as sentences a person reads.

Under ICANN's transfer policy (section II, in force since 2016-12-01) it is a change of registrant: the registrar may
ask the old and the new address to confirm, and may lock the domain against transfer (60 days, unless the registrant
opted out before). Under its accuracy program the new address must be verified within 15 days, else the domain is
suspended. Country domains have rules of their own. It asks no registrar anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from include.model import Action, Fix, Ref

if TYPE_CHECKING:
    from include.settings import Settings

LOCK, VERIFY, CONSENT = "transfer_lock_days", "verification_days", "consent"


def set_address(domain: Ref, before: str, after: str, consent: str | None, settings: Settings) -> Fix:
    """
    The fix that gives a domain's registrant another address, with what it sets off.

    `consent`: where the client's consent for this very domain is written down (a ticket, a request); None until there
    is one, and then no registrar is asked to change anything.
    """
    given = {CONSENT: f"{consent} ({domain})"} if consent else {}
    days = {LOCK: settings.registrant_lock_days, VERIFY: settings.registrant_verification_days}
    return Fix(domain, Action.SET_EMAIL, {"email": before}, {"email": after, **days, **given})


def consented(fix: Fix) -> bool:
    """Whether the fix carries a consent, and one that was given for this domain."""
    return f"({fix.target})" in str(fix.after.get(CONSENT, ""))


def deadlines(after: Mapping[str, Any], changed: date | None = None, name: str | None = None) -> tuple[str, ...]:
    """
    What a fix's `after` sets off, in sentences; with days of the calendar once it is known when it was `changed`.

    `name`: the domain's own, where it is known. Under two-letter (country) domains ICANN's rules do not hold.
    """
    if name and _of_a_country(name):
        return ("This is a country's domain: its registry has rules of its own. Ask the registrar before the change.",)
    told = []
    if days := int(after.get(VERIFY, 0)):
        told.append(
            f"The new address must be verified {_until(days, changed)}, or the registrar suspends the domain: "
            "the client must follow the link in the registrar's message."
        )
    if days := int(after.get(LOCK, 0)):
        told.append(
            f"The registrar may lock the domain against transfer {_until(days, changed, 'for')}, "
            "unless the client opts out before the change."
        )
    if told:
        told.append("The registrar may ask the old and the new address to confirm before the change shows.")
    return tuple(told)


def _until(days: int, changed: date | None, within: str = "within") -> str:
    unit = "day" if days == 1 else "days"
    if changed is None:
        return f"{within} {days} {unit}"
    return f"{'by' if within == 'within' else 'until'} {(changed + timedelta(days)).isoformat()} ({days} {unit})"


def _of_a_country(name: str) -> bool:
    return len(name.rstrip(".").rpartition(".")[2]) == 2
