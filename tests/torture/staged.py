"""All that is staged in one real Airflow, by name: the cells of the kill matrix and the episodes; and the report."""

from __future__ import annotations

import itertools
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import requests

from include.errors import RollcallError
from include.run.web import Answered
from tests.postgres import Server
from tests.sandboxes import PEOPLE
from tests.torture import cells, in_airflow, spool
from tests.torture.behind import Behind, airflow_url
from tests.torture.episodes import EPISODES, Scene
from tests.torture.gate import Gate, gated
from tests.torture.in_airflow import Outcome

SEED = 3
LEDGER = "airflow_cells"
FAILED = (AssertionError, RollcallError, Answered, OSError, psutil.Error)


def run(folder: Path, server: Server, pattern: str, say: Callable[[str], None]) -> int:
    """Stage what the pattern finds, each on an empty ledger; how many broke a promise or could not be staged."""
    server.create(LEDGER, "rollcall_template")
    counted: Counter[str] = Counter()
    broken, began = 0, time.monotonic()
    with gated(Gate("")) as gate:
        rollcall = Behind(folder / "home", airflow_url(server.create("airflow")), server.url(LEDGER), gate)
        scene = Scene(rollcall, in_airflow.Here(PEOPLE, SEED), server)
        try:
            rollcall.start(PEOPLE, SEED, sandbox=True)
            for name, kind, stage in every(scene):
                if not re.search(pattern, name):
                    continue
                _begin_anew(scene)
                at = time.monotonic()
                try:
                    outcome = stage()
                except FAILED as error:
                    outcome = Outcome(False, [], [f"{type(error).__name__}: {error}"])
                counted["run"] += 1
                counted[kind] += outcome.struck
                counted["overlapped"] += outcome.overlapped
                counted["missed"] += not outcome.struck
                broken += bool(outcome.violations)
                wrong = [*outcome.violations, *([] if outcome.struck else ["the moment never came"])]
                told = "; ".join(wrong) or f"as it should be ({_counted(outcome.states)})"
                say(f"  {name}: {told} [{time.monotonic() - at:.0f} s]")
        finally:
            rollcall.processes.stop()
            in_airflow.sweep(rollcall)
    faults = ", ".join(f"{counted[kind]} {kind}" for kind in KINDS)
    say(
        f"In Airflow, its own database on PostgreSQL: {counted['run']} cells run, {faults} "
        f"({counted['overlapped']} times a second worker was at it while the first one lived), "
        f"{counted['missed'] or 'no'} moments that never came, {broken or 'no'} violations "
        f"({time.monotonic() - began:.0f} s)."
    )
    return broken + counted["missed"]


KINDS = ("workers killed", "schedulers killed", "faults of the platform")


def every(scene: Scene) -> Iterator[tuple[str, str, Callable[[], Outcome]]]:
    """The name of each, what it counts as, and how it is staged. The worst moment first."""
    moments = sorted(in_airflow.MOMENTS, key=lambda moment: not moment.startswith("K3"))
    for moment, killer, kind in itertools.product(moments, in_airflow.KILLERS, cells.KINDS):
        stage = partial(in_airflow.run, scene.rollcall, scene.here, killer, kind, moment)
        yield f"{kind}, {moment}, the {killer} killed", f"{killer}s killed", stage
    for name, episode in EPISODES.items():
        yield name, "faults of the platform", partial(_episode, scene, episode)


def _episode(scene: Scene, episode: Callable[[Scene], list[str]]) -> Outcome:
    wrong = episode(scene)
    return Outcome(True, in_airflow.states(scene.rollcall.ledger()), wrong)


def _counted(states: list[str]) -> str:
    return ", ".join(f"{number} {state}" for state, number in Counter(states).items())


def _begin_anew(scene: Scene) -> None:
    """An empty ledger, an empty spool, the world as it was made; everything runs that has to."""
    rollcall, server = scene.rollcall, scene.server
    rollcall.gate.set("", "before")
    rollcall.processes.away.clear()
    rollcall.processes.check()
    in_airflow.sweep(rollcall)
    server.drop(LEDGER)
    server.create(LEDGER, "rollcall_template")
    shutil.rmtree(rollcall.home.folder / "data", ignore_errors=True)  # it knows the ledger of before
    requests.post(f"{rollcall.gate.target}/_sandbox/reset", timeout=30)
    spool.empty(rollcall.home.mail)
