"""A good night with one before it, pulled once for all tests of the gates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from upath import UPath

from include import stages
from include.registry import names
from include.settings import Settings
from include.store.snapshots import Snapshots
from tests.checks.night import Night


@pytest.fixture(scope="session", autouse=True)
def _imported(great_expectations: None) -> None:
    """Every test here needs it."""


@pytest.fixture(scope="session")
def good(served, tmp_path_factory) -> Path:
    """A night and the one before it, from the pull to the findings."""
    served.reset()
    root = tmp_path_factory.mktemp("good")
    store = Snapshots(UPath(root))
    for night in ("2026-11-22", "2026-11-23"):
        snapshot = store.begin(night)
        for name in names("platforms"):
            stages.pull(served.open(name), snapshot)
        stages.tabulate(snapshot, store, Settings())
        stages.link(snapshot, store)
        for rule in names("rules"):
            stages.detect(rule, snapshot, store)
        snapshot.mark_filed()
    return root


@pytest.fixture
def night(good, tmp_path) -> Night:
    shutil.copytree(good, tmp_path / "nights")
    return Night(Snapshots(UPath(tmp_path / "nights")))
