"""
What must hold at the moment a write is sent: the lease lasts until its answer, nobody has stopped everything, and no
client objects.

It is asked by `permit`, after the wait for a turn; a worker that was paused meanwhile finds out here. A machine that
was put to sleep may have a clock that slept, too, and one clock may be set: so both are asked, and the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.errors import LeaseLost, OtherAccount, Stopped, UnclearOutcome
from include.store import leases, objections, switch

if TYPE_CHECKING:
    from datetime import datetime

    from include.store.fixes import KeptFix
    from include.store.ledger import Ledger


@dataclass
class Permission:
    """
    To send the requests of one fix that `worker` holds, for `seconds`: after `began` by the worker's `clock`, and after
    `sent_at` by the time of day.
    """

    ledger: Ledger
    fix_id: int
    worker: str
    seconds: float
    clock: Callable[[], float]
    began: float
    now: Callable[[], datetime]
    sent_at: datetime
    given: int = 0

    def insist(self) -> None:
        """
        Raise LeaseLost, Stopped or Objected where the first request must not be sent.

        A change that takes several is not cut in two by the switch or an objection; where the lease forbids a later
        one, the outcome is unclear.
        """
        if max(self.clock() - self.began, (self.now() - self.sent_at).total_seconds()) > self.seconds:
            if self.given:
                raise UnclearOutcome("The worker was held up between two requests of one change.")
            raise LeaseLost("The worker was held up for longer than its lease; nothing was sent.")
        if not self.given:
            require_running(self.ledger)
            objections.require_none_of(self.ledger, self.fix_id)
            if not leases.holds(self.ledger, self.fix_id, self.worker):
                raise LeaseLost("Another worker has taken over what was to be changed; nothing was sent.")
        self.given += 1


def require_running(ledger: Ledger) -> None:
    """Raise Stopped, saying by whom and since when, while nothing may be written."""
    stands = switch.thrown(ledger)
    if stands is not None and stands.stopped:
        raise Stopped(
            f"Every write is stopped, by {stands.who} since {stands.at:%Y-%m-%d %H:%M} UTC. Nothing more is sent until "
            "somebody lets it go on: `python -m include.apply resume`, or the page Caps."
        )


def other_account(kept: KeptFix, opened: str) -> OtherAccount:
    """What to do about a fix whose account is not the one that its platform's connection opens."""
    name = kept.fix.target.platform
    if kept.account is None:
        why = f"was filed without the account of {name} that it was found in"
    else:
        why = f"was found in the account {kept.account} of {name}, and its connection opens {opened}"
    return OtherAccount(
        f"The finding {kept.finding_id} {why}. Nothing of it is read or written. Point the connection at the account "
        "that was meant; where the new one is right, reject the finding: the next night files what it finds there."
    )
