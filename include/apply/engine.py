"""
One option, fix by fix: claim, read, compare, write once, read back, leave a receipt.

It knows neither what a platform is called nor how a change is made there; `platforms.<name>.fixes` does. What it may
not do twice is guarded by the ledger's leases, not by anything kept here: a killed worker leaves nothing to repair.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from include import notices, permit
from include.apply import keeping, proposing, rehearsing, returning, telling
from include.apply.comparing import differing, moved, reads_after, reads_before, signed
from include.apply.permission import Permission, other_account, require_running
from include.apply.settling import Settling
from include.errors import (
    Conflict,
    LeaseLost,
    NotFound,
    Objected,
    Refusal,
    RollcallError,
    Stopped,
    TryLater,
    Unauthorized,
    UnclearOutcome,
    UnexpectedAnswer,
)
from include.model import TOOK, FixState
from include.store import fixes, leases, receipts
from include.store.receipts import Receipt

if TYPE_CHECKING:
    from include.model import Fix
    from include.platforms import Platform
    from include.settings import Settings
    from include.store.fixes import ApprovedOption, KeptFix
    from include.store.ledger import Ledger

logger = logging.getLogger(__name__)


@dataclass
class Engine:
    """One worker. `outcomes`: what became of its fixes; `problem`: the first thing that kept one from its turn."""

    ledger: Ledger
    open_platform: Callable[[str], Platform]
    settings: Settings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    outcomes: list[FixState] = field(default_factory=list)
    problem: RollcallError | None = None
    worker: str = field(default_factory=leases.owner)
    _open: dict[str, Platform] = field(default_factory=dict)
    _unusable: set[str] = field(default_factory=set)

    def apply(self, option: ApprovedOption) -> None:
        """Carry out an approved option's fixes in order, up to the first that does not take."""
        option.require_approval()
        if not option.fixes and self.settings.apply == "on":
            receipts.settle_without_fixes(self.ledger, option.finding_id, option.version, self.now())
        waiting = [kept for kept in option.fixes if not kept.took]
        if any(self._elsewhere(kept) for kept in waiting):
            return  # before anything of it is read or written
        for kept in waiting:
            if not self._take(option, kept):
                return telling.so_far(self.ledger, kept, self.settings, self.now())

    def settle_by_reading(self, kept: KeptFix) -> FixState | None:
        """
        Find out what became of a write that may have been sent; never sends one. None while another worker holds it.

        A fix whose worker died before it sent anything is planned again.
        """
        platform = self._platform(kept.fix.target.platform)
        if platform is None or self._elsewhere(kept):
            return None
        if not leases.take_over(self.ledger, kept.id, self.worker, self.now(), self.settings.lease_seconds):
            return None
        if kept.sent_at is None:
            if leases.plan_again(self.ledger, kept.id, self.worker):
                return FixState.PLANNED
            leases.let_go(self.ledger, kept.id, self.worker)  # it was sent since it was listed: the next run reads it
            return None
        half_seen = getattr(platform.fixes, "HALF_SEEN", {})
        return self._read_back(platform, kept, kept.sent_at, half_seen.get(kept.fix.action))

    def _take(self, option: ApprovedOption, kept: KeptFix) -> bool:
        """Apply one fix; whether it took, so that the next one may follow."""
        if kept.state in {FixState.IN_FLIGHT, FixState.UNKNOWN}:
            outcome = self.settle_by_reading(kept)
            if outcome is not FixState.PLANNED:
                return outcome in TOOK
        platform = self._platform(kept.fix.target.platform)
        if platform is None:
            return False
        if self.settings.apply == "off":
            self._rehearse(platform, kept)
            return False
        if returning.went_back(self.ledger, option, self.settings, self.now()):
            return False  # who approved it may have been taken off the list since the run began
        if not leases.claim(self.ledger, kept.id, self.worker, self.now(), self.settings.lease_seconds):
            self._tell_a_stop()  # or another worker has it or its record, or the finding was reopened a moment ago
            return False
        return self._apply(platform, option, kept) in TOOK

    def _rehearse(self, platform: Platform, kept: KeptFix) -> None:
        """A dry run: read and compare the fix whose turn it is, and leave everything as it is, the ledger too."""
        try:
            self._count(kept, rehearsing.outcome(platform, kept.fix))
        except RollcallError as error:
            self._cannot_use(platform.name, error)

    def _apply(self, platform: Platform, option: ApprovedOption, kept: KeptFix) -> FixState | None:
        """Read, compare, write once, read back: a fix that this worker has claimed."""
        fix = signed(kept.fix, option.authority)
        try:
            image = keeping.image(platform, fix)
            read = platform.fixes.read(platform.api, fix)
            if reads_after(platform.fixes, fix, read):
                return self._leave(kept, Receipt(FixState.ALREADY, _why(platform, fix)))
            if image is None or not reads_before(platform.fixes, fix, read):
                changed = ", ".join(differing(platform.fixes, fix, read)) or "a record is gone"
                return self._leave(kept, Receipt(FixState.STALE, f"changed since it was found: {changed}"))
        except NotFound as gone:
            return self._leave(kept, Receipt(FixState.STALE, str(gone)))
        except RollcallError as error:
            self._give_back(kept, error)
            return None
        began, lease, request = self.clock(), self.settings.lease_seconds, self.settings.request_seconds
        sent_at = leases.send(self.ledger, kept.id, self.worker, self.now, lease, request, image)
        if sent_at is None:
            self._tell_a_stop()  # or the lease ran out meanwhile: whoever holds the fix now goes on
            leases.give_back(self.ledger, kept.id, self.worker)
            return None
        may = Permission(self.ledger, kept.id, self.worker, lease - request, self.clock, began, self.now, sent_at)
        try:
            with permit.asked(may.insist):
                remark = platform.fixes.write(platform.api, fix)
        except Objected:  # nothing was done, and its platform is there for the others
            leases.give_back(self.ledger, kept.id, self.worker)
            return None
        except (TryLater, Unauthorized, Stopped, LeaseLost) as error:
            self._give_back(kept, error)  # nothing was done
            return None
        except (UnclearOutcome, UnexpectedAnswer) as unclear:
            return self._read_back(platform, kept, sent_at, str(unclear), image)
        except Refusal as refusal:
            return self._refused(platform, kept, refusal)
        return self._read_back(platform, kept, sent_at, remark, image)

    def _tell_a_stop(self) -> None:
        """Where it was the stop switch that kept a fix from its turn, `problem` tells of it."""
        try:
            require_running(self.ledger)
        except Stopped as stopped:
            self.problem = self.problem or stopped

    def _refused(self, platform: Platform, kept: KeptFix, refusal: Refusal) -> FixState | None:
        """Nothing was changed; where that is because another record has the address, people are asked about the two."""
        outcome = self._leave(kept, Receipt(FixState.REFUSED, str(refusal)))
        if outcome is not None and isinstance(refusal, Conflict) and refusal.holder:
            try:
                proposing.propose(self.ledger, platform, kept, refusal.holder, self.now())
            except RollcallError as error:
                self._cannot_use(platform.name, error)
        return outcome

    def _read_back(
        self,
        platform: Platform,
        kept: KeptFix,
        sent_at: datetime,
        detail: str | None = None,
        image: dict[str, object] | None = None,
    ) -> FixState | None:
        """Read until the record is as the fix leaves it; its outcome, or unknown while nothing is certain."""
        before = image if image is not None else kept.image
        settling = Settling(platform, kept.fix, self.settings, self.sleep, self.clock)
        outcome, detail = settling.outcome(self.now, sent_at, detail, kept.state)
        if outcome is not FixState.APPLIED:
            if outcome is kept.state:  # still unknown, as its receipt says already
                leases.let_go(self.ledger, kept.id, self.worker)
                return self._count(kept, outcome)
            return self._leave(kept, Receipt(outcome, detail))
        more = moved(platform.fixes, kept.fix, before, settling.image)
        return self._leave(kept, Receipt(outcome, detail, more, aliases=settling.aliases))

    def _leave(self, kept: KeptFix, told: Receipt) -> FixState | None:
        """Write the receipt, with the messages that the option's end leads to; None when the lease was lost."""
        took = fixes.announced(self.ledger, kept, told.outcome)
        messages = notices.of_change(kept.finding_id, kept.version, took, self.settings)
        messages += notices.edited(kept.finding_id, kept.id, kept.fix.target, told.moved, self.settings)
        whole = Receipt(told.outcome, told.detail, told.moved, messages, told.aliases)
        if not receipts.leave(self.ledger, kept.id, self.worker, whole, self.now()):
            return None
        return self._count(kept, told.outcome)

    def _give_back(self, kept: KeptFix, error: RollcallError) -> None:
        """Nothing was written: the fix waits for the next run."""
        self._cannot_use(kept.fix.target.platform, error)
        leases.give_back(self.ledger, kept.id, self.worker)

    def _platform(self, name: str) -> Platform | None:
        """The open platform; None when it cannot be used in this run, which `problem` tells of."""
        if name in self._unusable:
            return None
        if name not in self._open:
            try:
                platform = self.open_platform(name)
                platform.api.account()  # asked once: what it opens is held against every fix
                self._open[name] = platform
            except RollcallError as error:
                self._cannot_use(name, error)
                return None
        return self._open[name]

    def _elsewhere(self, kept: KeptFix) -> bool:
        """Whether the platform's connection opens another account than the fix was found in; `problem` tells of it."""
        platform = self._platform(kept.fix.target.platform)
        if platform is None or kept.account == platform.api.account():
            return False
        self.problem = self.problem or other_account(kept, platform.api.account())
        return True

    def _cannot_use(self, name: str, error: RollcallError) -> None:
        self._unusable.add(name)
        self.problem = self.problem or error

    def _count(self, kept: KeptFix, outcome: FixState) -> FixState:
        logger.info("%s of %s: %s", kept.fix.action, kept.fix.target, outcome)
        self.outcomes.append(outcome)
        return outcome


def _why(platform: Platform, fix: Fix) -> str | None:
    """Why a fix is settled already, where its platform has something to say about that."""
    already = getattr(platform.fixes, "already", None)
    return already(platform.api, fix) if already is not None else None
