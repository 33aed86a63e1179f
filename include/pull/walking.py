"""
Walks the lanes of one phase side by side, and keeps every page as it comes.

A worker that has nothing left to do is given the far half of what another still has before it, where the platform's
lanes can be cut. A lane that a killed pull has begun goes on after its last page; one whose cursor died begins anew,
were it at its first page.
It knows no platform and no quota: how long to wait before a request is the limiter's business.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, Refusal, UnexpectedAnswer
from include.platforms import Lane, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from include.platforms import Platform
    from include.store.lanes import LaneStore
    from include.store.raw import PhaseStore

BEGINNINGS = 3  # of one lane, when its cursor dies
MOST_PAGES = 200_000  # of one lane: fifty million records; a platform that has more is leading us on


@dataclass
class Walk:
    """One phase of one platform's pull. Threads share it; what they share is guarded by `_turn`."""

    platform: Platform
    phase: PhaseStore
    keep: Callable[[bytes], bytes] = bytes  # what is kept of a page
    _waiting: deque[Lane] = field(default_factory=deque)
    _walked: dict[str, Lane] = field(default_factory=dict)
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _idle: int = 0
    _busy: int = 0
    _cuts: int = 0
    _stopped: bool = False

    def walk(self, lanes: Callable[[], list[Lane] | None]) -> None:
        """
        Walk every lane to its end. `lanes` is asked for them unless a killed pull has left some.

        Raises what the first that fails raises; what was kept stays.
        """
        for lane in self._as_left(lanes):
            self._walked[lane.name] = lane
            if not self.phase.lane(lane.name).complete():
                self._waiting.append(lane)
        with ThreadPoolExecutor(self.platform.at_once, thread_name_prefix=self.platform.name) as threads:
            working = [threads.submit(self._work) for _ in range(self.platform.at_once)]
            done, _ = wait(working, return_when=FIRST_EXCEPTION)
            failed = [error for each in done if (error := each.exception())]
            with self._turn:
                self._stopped = True
                self._turn.notify_all()
        if failed:
            raise failed[0]
        self.phase.finish(sorted(self._walked))

    def _as_left(self, lanes: Callable[[], list[Lane] | None]) -> list[Lane]:
        """The lanes as a killed pull has left them, which may have cut some."""
        planned = self.phase.planned()
        if planned is None:
            new = lanes() or []
            self.phase.plan([lane.as_json() for lane in new])
            return new
        left = {lane.name: lane for lane in map(Lane.from_json, planned)}
        for cut in self.phase.cuts():
            for lane in (Lane.from_json(cut["kept"]), Lane.from_json(cut["lane"])):
                left[lane.name] = lane
            self._cuts = int(cut["number"])
        return list(left.values())

    def _work(self) -> None:
        while lane := self._next():
            with self._at_work():
                self._walk(lane)

    def _next(self) -> Lane | None:
        """The next lane that waits, None when there can come no more."""
        with self._turn:
            self._idle += 1
            while not self._waiting and self._busy and not self._stopped:
                self._turn.wait()
            self._idle -= 1
            if self._stopped or not self._waiting:
                return None
            self._busy += 1
            return self._waiting.popleft()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._stopped = True
            raise
        finally:
            with self._turn:
                self._busy -= 1
                self._turn.notify_all()

    def _walk(self, lane: Lane) -> None:
        store = self.phase.lane(lane.name)
        beginnings = 1
        after = store.go_on()
        while True:
            try:
                whole = self._to_the_end(lane, store, after)
            except Refusal as refusal:
                if type(refusal) not in {Refusal, NotFound} or beginnings == BEGINNINGS or self._stopped:
                    raise
                # No key or right is wanting: what the lane is asked by has died or is gone, so it begins anew.
                beginnings += 1
                store.forget()
                lane, after = self._walked[lane.name], None  # what was cut off it meanwhile is another's
            else:
                if whole:
                    store.finish()
                return

    def _to_the_end(self, lane: Lane, store: LaneStore, after: str | None) -> bool:
        """Keep the lane's pages from `after` on. False when the pull was given up meanwhile."""
        pages = self.platform.api.walk(lane, after)
        while (page := next(pages, None)) is not None:
            self.platform.rows.ids(page)  # an unknown shape is noticed now, not after an hour
            store.write(page.stream, self.keep(page.content()), after, page.after)
            after = page.after
            if store.pages() > MOST_PAGES:
                raise UnexpectedAnswer(f"{self.platform.name} has more than {MOST_PAGES:,} pages in one lane")
            if self._stopped:
                return False
            if kept := self._cut(lane, page):
                lane = kept
                pages = self.platform.api.walk(lane, after)
        return True

    def _cut(self, lane: Lane, page: Page) -> Lane | None:
        """
        Give far halves of what lies before this lane to workers that have nothing to do, one to each as far as it goes.

        Returns what is kept, None when nothing was given away.
        """
        kept = lane
        with self._turn:
            while page.after is not None and self._idle > len(self._waiting):
                if not (halves := self.platform.api.cut(kept, page)):
                    break
                self._cuts += 1
                kept, far = Lane(lane.name, halves[0]), Lane(f"{lane.name.partition('.')[0]}.{self._cuts}", halves[1])
                self.phase.cut(far.name, _cut_off(self._cuts, kept, far))
                self._walked |= {kept.name: kept, far.name: far}
                self._waiting.append(far)
                self._turn.notify()
        return None if kept is lane else kept


def _cut_off(number: int, kept: Lane, far: Lane) -> Mapping[str, Any]:
    return {"number": number, "kept": kept.as_json(), "lane": far.as_json()}
