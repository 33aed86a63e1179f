"""A key that lacks nothing, as its platform tells it, is enough to pull everything and then what changed."""

from __future__ import annotations

import pytest

from include import stages
from include.platforms import Platform
from include.store.snapshots import Snapshots, open_store
from tests.platforms.test_about import ENOUGH


@pytest.mark.parametrize(("name", "switches"), ENOUGH)
def test_a_key_that_lacks_nothing_is_enough_for_a_whole_pull(sandbox, name, switches, tmp_path):
    sandbox.switch(**switches)
    store = open_store(str(tmp_path))
    first, second = (pulled(store, sandbox.open(name), date) for date in ("2026-11-22", "2026-11-23"))
    assert first > 0
    assert second >= 0


def pulled(store: Snapshots, platform: Platform, date: str) -> int:
    """How many records a night pulled, as good a night as the next one may rest on."""
    snapshot = store.begin(date)
    count = stages.pull(platform, snapshot, store.before(snapshot), full_pull_days=7)
    snapshot.mark_filed()
    return count
