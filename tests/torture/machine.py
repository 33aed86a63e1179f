"""
Any history of approvals, edits by others, faults, crashes, stops and undos, in any order, with the engine in between.

A crash ends a worker whenever it looks at the time: before it claims, before and after it reads, right before it sends,
while it reads back, before its receipt. After every step the checker looks; at the end everything is let come to rest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from include import undo
from include.errors import RollcallError
from include.model import Action, Fix, Ref
from include.review.deciding import coming
from include.store import decisions, findings, switch
from include.store.ledger import Ledger
from tests.apply.cases import SETTINGS, Clock, Worker, a_finding, file
from tests.apply.late import Late
from tests.sandboxes import Sandbox
from tests.torture import changes, checker
from tests.torture.mortal import Killed, Mortal

LEASE = timedelta(seconds=SETTINGS.lease_seconds + 1)
CAP = 6  # email changes a run
SHOPS = 20  # findings at once
LOST = timedelta(minutes=9)  # so long a write may be on its way
FAULTS = ("reset_before", "reset_after", "502", "429", "truncate", "html", "empty")


@dataclass
class Told:
    """What a run of the machine came to, for the report."""

    histories: int = 0
    steps: int = 0
    crashes: int = 0
    faults: int = 0
    writes: int = 0


class Engine(RuleBasedStateMachine):
    """One ledger and one sandbox; `fresh_ledger` and `sandbox` are set by whoever runs it."""

    fresh_ledger: Callable[[], Ledger]
    sandbox: Sandbox
    told = Told()

    @initialize()
    def begin(self) -> None:
        self.sandbox.reset()
        self.ledger = type(self).fresh_ledger()
        self.told.histories += 1
        self.clock = Mortal()
        self.late = Late(self.sandbox)
        self.lost_at = self.clock.moment
        self.worker = Worker(self.ledger, self.late, self.clock)  # type: ignore[arg-type]  # it opens platforms, too
        self.foreign: set[int] = set()
        self.asked: list[tuple[int, Any]] = []
        self.number = 0

    @rule(kind=st.sampled_from(sorted(changes.KINDS)), which=st.integers(0, 7), agree=st.booleans())
    def approve(self, kind: str, which: int, agree: bool) -> None:
        """A finding is filed and approved; two people agree, or the second one never does."""
        if self.number >= SHOPS - 1:
            return
        self.number += 1
        made = changes.KINDS[kind](self.sandbox, which, self.number)
        told = a_finding(*made, number=self.number)
        file(self.ledger, told, self.number)
        for reviewer in ("ann", "bob") if agree else ("ann",):
            self._try(lambda who=reviewer: self._approve(told.key, who))

    @rule(looks=st.integers(1, 16))
    def apply_and_die(self, looks: int) -> None:
        self.clock.looks = looks
        self.told.crashes += 1
        self._run(self.worker.apply)

    @rule(glances=st.integers(1, 12), late=st.booleans(), verb=st.sampled_from(["apply", "verify"]))
    def apply_beside_another(self, glances: int, late: bool, verb: str) -> None:
        """While a worker is held up, for longer than its lease or not, another one does all that it finds to do."""

        def other() -> None:
            if late:
                self.clock.moment += LEASE
            second = Worker(self.ledger, self.late, Clock(self.clock.moment))  # type: ignore[arg-type]
            self._try(lambda: getattr(second, verb)(cap_set_email=CAP, settle_seconds=1))

        self.clock.glances, self.clock.happens = glances, other
        self._run(self.worker.apply, runs=2)

    @rule()
    def apply(self) -> None:
        self._run(self.worker.apply)

    @rule()
    def verify(self) -> None:
        self._run(self.worker.verify)

    @rule(fault=st.sampled_from(FAULTS), match=st.sampled_from(["^PUT|^PATCH|^POST", "^GET", "mutation", "."]))
    def arm(self, fault: str, match: str) -> None:
        """The next request of a kind goes wrong at every platform."""
        self.told.faults += 1
        names = ("shopify", "bigcommerce", "hubspot", "whmcs")
        self.sandbox.arm(*({"platform": name, "match": match, "fault": fault} for name in names))

    @rule()
    def lose(self) -> None:
        """The answer to the next write is lost, and the write is on its way still."""
        self.told.faults += 1
        self.late.armed, self.late.held = True, None

    @precondition(lambda self: self.late.held is not None)
    @rule()
    def land(self) -> None:
        """What nobody heard of takes effect; a platform lets nothing wait for longer than that."""
        self.sandbox.arm()
        if self.clock.moment - self.lost_at < LOST:
            self.late.land()
        self.late.held = None

    @rule(platform=st.sampled_from(["shopify", "hubspot", "bigcommerce"]), which=st.integers(0, 7))
    def edit(self, platform: str, which: int) -> None:
        """Somebody changes a record by hand, and what was on its way is lost: nobody could keep the two apart."""
        self.sandbox.arm()
        self.late.held = None
        open = self.sandbox.open(platform)
        record = changes.contacts(self.sandbox, platform)[which]
        self.number_of_edits = getattr(self, "number_of_edits", 0) + 1
        change = Fix(Ref.parse(record.ref), Action.SET_EMAIL, {}, {"email": f"hand{self.number_of_edits}@edit.example"})
        before = self._seq()
        self._try(lambda: open.fixes.write(open.api, change))
        self.foreign |= set(range(before + 1, self._seq() + 1))

    @rule(seconds=st.sampled_from([1, 60, 121, 700, 90_000]))
    def wait(self, seconds: int) -> None:
        self.clock.moment += timedelta(seconds=seconds)

    @rule(stop=st.booleans())
    def throw(self, stop: bool) -> None:
        switch.throw(self.ledger, "ann", "to see", self.clock.moment, stop=stop)

    @precondition(lambda self: self.number)
    @rule(which=st.integers(0, SHOPS))
    def withdraw(self, which: int) -> None:
        row = self._finding(which)
        how = {"verdict": "rejected", "reason": "not so", "reviewer": "bob", "withdraw": True}
        self._try(lambda: decisions.decide(self.ledger, row.id, version=row.version, **how))

    @precondition(lambda self: self.number)
    @rule(which=st.integers(0, SHOPS))
    def approve_again(self, which: int) -> None:
        """Whatever came back to the page is approved once more."""
        key = self._finding(which).key
        for reviewer in ("ann", "cat"):
            self._try(lambda who=reviewer: self._approve(key, who))

    @precondition(lambda self: self.number)
    @rule(which=st.integers(0, SHOPS))
    def take_back(self, which: int) -> None:
        """Somebody asks to undo what was applied, and another person agrees."""
        row = self._finding(which)

        def ask() -> None:
            undone = findings.get(self.ledger, undo.propose(self.ledger, row.id, "cat", "a mistake", self.clock.moment))
            assert undone is not None
            for reviewer in ("ann", "dan"):
                self._approve(undone.key, reviewer)

        self._try(ask)

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        super().check_invariants(*args, **kwargs)
        if hasattr(self, "ledger"):
            self.told.steps += 1
            self._look()

    def teardown(self) -> None:
        """Every fault ends, every lease runs out, and the next runs bring all to rest."""
        if not hasattr(self, "ledger"):
            return
        self.sandbox.arm()
        self.late.armed, self.late.held = False, None
        switch.throw(self.ledger, "ann", "it is over", self.clock.moment, stop=False)
        self.clock.rest()
        for _ in range(4):
            self.clock.moment += max(LEASE, timedelta(days=1, seconds=1))
            self._run(self.worker.verify)
            self._run(self.worker.apply)
        self._look(over=True)
        self.told.writes += len(self.sandbox.writes())
        self.ledger.engine.dispose()

    def _run(self, verb: Callable[..., Any], runs: int = 1) -> None:
        before, held, began = self._seq(), self.late.held, self.clock.moment
        try:
            verb(cap_set_email=CAP, settle_seconds=1)
        except (RollcallError, Killed):
            pass
        finally:
            self.clock.rest()
            if self.late.held is not held:
                self.lost_at = began
        sent = [one for one in self.sandbox.writes() if one["seq"] > before and one["action"] == "update"]
        changed = [one for one in sent if any("@" in str(new) for _, new in one["changed"].values())]
        most = runs * CAP
        assert len(changed) <= most, f"R9: {len(changed)} addresses were changed in {runs} runs of at most {CAP}"

    def _approve(self, key: str, reviewer: str) -> None:
        row = next(one for one in (findings.get(self.ledger, changes.id_of(key)),) if one is not None)
        told = {"verdict": "approved", "reviewer": reviewer, "reason": "she asked", "now": self.clock.moment}
        decisions.decide(
            self.ledger, row.id, version=row.version, option_hash=row.options[0].hash, **told, coming=coming
        )

    def _finding(self, which: int) -> Any:
        number = 1 + which % self.number
        row = findings.get(self.ledger, changes.id_of(a_finding(number=number).key))
        assert row is not None
        return row

    def _try(self, step: Callable[[], Any]) -> None:
        """Do what may be refused, and rightly so."""
        with contextlib.suppress(RollcallError):
            step()

    def _seq(self) -> int:
        log = self.sandbox.served.app.state.sandbox.desk.writes
        return log[-1]["seq"] if log else 0

    def _look(self, over: bool = False) -> None:
        found = checker.violations(self.ledger.engine, self.sandbox.writes(), over=over, foreign=self.foreign)
        assert not found, "; ".join(found)
