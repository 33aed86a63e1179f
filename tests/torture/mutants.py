"""
The product without one of its safeguards at a time: the tests named beside each must turn red, or they prove nothing.

Each runs in a copy of the project; the project itself is never changed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
COPIED = ("include", "tests", "dags", "plugins", "pyproject.toml")


@dataclass(frozen=True)
class Mutant:
    """What is taken out of which file, and the tests that have to notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "the lease",
        "include/store/leases.py",
        "fix.c.id == fix_id, fix.c.state.in_(FREE)",
        "fix.c.id == fix_id",
        ("tests/store/test_claims.py", "tests/apply/test_crashes.py"),
    ),
    Mutant(
        "the lease right before a write",
        "include/apply/permission.py",
        "if max(self.clock() - self.began, (self.now() - self.sent_at).total_seconds()) > self.seconds:",
        "if False:",
        ("tests/apply/test_stopping.py",),
    ),
    Mutant(
        "who has the lease right before a write",
        "include/apply/permission.py",
        "if not leases.holds(self.ledger, self.fix_id, self.worker):",
        "if False:",
        ("tests/apply/test_stopping.py",),
    ),
    Mutant(
        "the hash of what was approved",
        "include/store/fixes.py",
        "if self.hash != self.approved_hash:",
        "if False:",
        ("tests/apply/test_applying.py",),
    ),
    Mutant(
        "the read before a write",
        "include/apply/engine.py",
        "if image is None or not reads_before(platform.fixes, fix, read):",
        "if False:",
        ("tests/apply/test_applying.py",),
    ),
    Mutant(
        "the caps",
        "include/apply/__init__.py",
        "    if over:\n",
        "    if False:\n",
        ("tests/apply/test_caps.py",),
    ),
    Mutant(
        "the stop switch",
        "include/apply/permission.py",
        "if stands is not None and stands.stopped:",
        "if False:",
        ("tests/apply/test_stopping.py",),
    ),
    Mutant(
        "an objection right before a write",
        "include/apply/permission.py",
        "            objections.require_none_of(self.ledger, self.fix_id)\n",
        "",
        ("tests/planning/test_objections.py",),
    ),
    Mutant(
        "the time to object",
        "include/store/holding.py",
        "elif one.not_before is not None and now < one.not_before:",
        "elif False:",
        ("tests/planning/test_waiting.py",),
    ),
    Mutant(
        "whether who approved may still decide",
        "include/apply/returning.py",
        "if gone := [who for who in option.authority.reviewers if not reviewing.may_decide(who, settings)]:",
        "if gone := []:",
        ("tests/planning/test_standing.py",),
    ),
    Mutant(
        "whether the audit tells of an approval",
        "include/apply/returning.py",
        "if option.stands and (forged := authority.doubt(ledger, option)):",
        "if forged := None:",
        ("tests/apply/test_authority.py",),
    ),
    Mutant(
        "whether somebody edited the record meanwhile",
        "include/apply/returning.py",
        "if record := edited.meanwhile(ledger, option):",
        "if record := None:",
        ("tests/apply/test_edits_meanwhile.py",),
    ),
    Mutant(
        "the closed doors of Airflow",
        "dags/apply_approved_fixes.py",
        "    _require_closed_doors()\n    ledger = store.open_ledger()\n",
        "    ledger = store.open_ledger()\n",
        ("tests/test_dags_applying.py",),
    ),
    Mutant(
        "who may open the page",
        "include/review/app.py",
        "app = FastAPI(dependencies=everywhere, ",
        "app = FastAPI(",
        ("tests/review/test_guards.py",),
    ),
)


def survives(mutant: Mutant | None, tests: tuple[str, ...] = ()) -> bool:
    """
    Whether the tests stay green without the safeguard; with no mutant, whether they are green as it is.

    Raises ValueError where the safeguard's place is not found.
    """
    with tempfile.TemporaryDirectory(prefix="rollcall-mutant-") as folder:
        root = Path(folder)
        for name in COPIED:
            source = PROJECT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, root / name)
        if mutant is not None:
            _take_out(mutant, root / mutant.file)
        asked = mutant.tests if mutant is not None else tests
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not postgres", *asked]
        done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0


def _take_out(mutant: Mutant, place: Path) -> None:
    text = place.read_text()
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} does not hold what is to be taken out of it exactly once: {mutant.old!r}")
    place.write_text(text.replace(mutant.old, mutant.new))
