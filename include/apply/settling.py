"""
What became of a write, told by reading alone: again and again until the record is as the fix leaves it.

It writes nowhere. An outcome that reading cannot tell is unknown, and stays so until there is no doubt that the
write did not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.apply.comparing import differing, reads_after, reads_before
from include.errors import NotFound, RollcallError
from include.model import Action, Fix, FixState, Ref
from include.store.leases import NO_LONGER

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.settings import Settings

FIRST_PAUSE = 0.25  # seconds; each pause is twice as long as the one before
NOT_SHOWN = "the platform shows nowhere whether it was done; ask the person whom it was done for"
CHANGED_SINCE = "nor as it was before: somebody changed it since; look there, and say whether it took"


@dataclass
class Settling:
    """Reads one fix back. `image` and `aliases` are told once it is applied; `undone`: all reads as if it never was."""

    platform: Platform
    fix: Fix
    settings: Settings
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    image: Mapping[str, Any] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    undone: bool = False

    def outcome(
        self, now: Callable[[], datetime], sent_at: datetime, detail: str | None, stood: FixState
    ) -> tuple[FixState, str | None]:
        """
        `applied`, `unknown` or, long after it was sent, `failed`; with what a person should know of it.

        It fails only where it `stood` as unknown already: a clock that was set tells nothing of how long that was, and
        whoever a change concerns has heard of it by then.
        What a platform never shows (`fixes.UNSEEN`) stays unknown: not having seen it says nothing, however long after.
        So does what reads neither as before nor as after: it may have taken, and somebody may have changed it since.
        """
        if self.fix.action in getattr(self.platform.fixes, "UNSEEN", frozenset()):
            return FixState.UNKNOWN, "; ".join(part for part in (detail, NOT_SHOWN) if part)
        deadline = self.clock() + max(self.settings.settle_seconds, self.platform.lag_seconds)
        pause = FIRST_PAUSE
        while True:
            seen = self._seen()
            if seen is None:
                return FixState.APPLIED, detail
            if self.clock() + pause > deadline:
                break
            self.sleep(pause)
            pause *= 2
        told = "; ".join(part for part in (detail, seen) if part)
        over = self.undone and stood is FixState.UNKNOWN and now() - sent_at > NO_LONGER
        return (FixState.FAILED if over else FixState.UNKNOWN), told

    def _seen(self) -> str | None:
        """None when the change is there, and everything about it could be read; else what is there instead."""
        self.undone = False
        try:
            read = self.platform.fixes.read(self.platform.api, self.fix)
            if not reads_after(self.platform.fixes, self.fix, read):
                self.undone = reads_before(self.platform.fixes, self.fix, read)
                names = ", ".join(differing(self.platform.fixes, self.fix, read, "after"))
                return f"does not read as it should: {names}{'' if self.undone else f'; {CHANGED_SINCE}'}"
            self.image = self.platform.fixes.image(self.platform.api, self.fix)
            self.aliases = self._aliases()
        except NotFound as gone:
            self.undone = True
            return str(gone)
        except RollcallError as error:
            return f"could not be read back: {error}"
        return None

    def _aliases(self) -> dict[str, str]:
        """After a merge: the name that both records go by from now on."""
        if self.fix.action is not Action.MERGE:
            return {}
        if told := getattr(self.platform.fixes, "aliases", None):  # it forwards no ids: its records have proven it
            return dict(told(self.fix))
        old = (str(self.fix.target), str(self.fix.before["duplicate"]))
        new = str(self.platform.fixes.current(self.platform.api, self.fix.target))
        for name in old:
            if str(self.platform.fixes.current(self.platform.api, Ref.parse(name))) != new:
                raise RollcallError(f"{name} and {self.fix.target} are not one record yet")
        return {name: new for name in old if name != new}
