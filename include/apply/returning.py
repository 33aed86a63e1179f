"""
Approvals that may not be applied any more: each goes back to the page, with the reason that a reviewer reads there.

Asked before a run, so that one that was forgotten does not keep the gate closed, and again before each fix: a run may
last an hour. It applies nothing, and what was applied of such an approval before stays, and is told to its people.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from include import notices
from include.requests.cooling import cools
from include.store import authority, consents, edited, fixes, proofs, receipts, reviewing, waiting

if TYPE_CHECKING:
    from include.settings import Settings
    from include.store.fixes import ApprovedOption
    from include.store.ledger import Ledger


class Reason(NamedTuple):
    """Why an approval does not hold: in a word for the audit, and in a sentence."""

    word: str
    says: str


def unfit(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """Put back every finding whose approval may not be applied any more; returns how many."""
    return sum(went_back(ledger, option, settings, now) for option in fixes.approved(ledger))


def went_back(ledger: Ledger, option: ApprovedOption, settings: Settings, now: datetime) -> bool:
    """Put a finding back if its approval may not be applied any more; whether it is no longer to be applied."""
    why = reason(ledger, option, settings, now)
    if why is None:
        return False
    took = fixes.taken(ledger, option)
    told = notices.of_change(option.finding_id, option.version, took, settings, now)
    receipts.back_to_the_page(ledger, option, why.word, why.says, now, told)
    return True


def reason(ledger: Ledger, option: ApprovedOption, settings: Settings, now: datetime) -> Reason | None:
    """Why an approval may not be applied; None where it may."""
    if option.since < now - timedelta(days=settings.approval_days):
        says = f"The approval of {option.since:%Y-%m-%d} was older than {settings.approval_days} days"
        return Reason("too old", f"{says} and was not applied: decide anew.")
    if reviewing.nobody_may(settings):
        says = "Where approved fixes are applied, ROLLCALL_REVIEWERS is not set: it was not applied"
        return Reason("no reviewers", f"{says}. Set it on the workers as for the page, and decide anew.")
    if gone := [who for who in option.authority.reviewers if not reviewing.may_decide(who, settings)]:
        says = (
            f"{' and '.join(gone)} approved this and may not decide any more (ROLLCALL_REVIEWERS): it was not applied"
        )
        return Reason("approver removed", f"{says}. Decide anew.")
    if option.hash == option.approved_hash and option.approvals < option.needed:
        says = f"This needs the approval of {option.needed} people and has that of {option.approvals}"
        return Reason("too few approvals", f"{says}: it was not applied. Decide anew.")
    if option.stands and (forged := authority.doubt(ledger, option)):
        return Reason("not accounted for", forged)
    if record := edited.meanwhile(ledger, option):
        says = f"{record} was edited while it was changed (see its receipt): what was to follow was not applied."
        return Reason("edited meanwhile", f"{says} Decide anew.")
    if stale := proofs.outdated(ledger, option.finding_id, now.date(), settings.proof_days):
        return Reason("proof too old", stale)
    if stale := consents.outdated((kept.fix for kept in option.fixes), now.date()):
        return Reason("consent too old", f"{stale} Ask the client again: it was not applied.")
    if settings.cool_off_hours and option.not_before is None and _should_have_waited(ledger, option):
        says = "Nobody told the old address of this beforehand, or until when it can object: it was not applied."
        return Reason("not announced", f"{says} Decide anew.")
    return None


def _should_have_waited(ledger: Ledger, option: ApprovedOption) -> bool:
    return waiting.asked_for(ledger, option.finding_id) and cools(kept.fix for kept in option.fixes)
