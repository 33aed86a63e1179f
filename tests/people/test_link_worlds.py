"""Link against a plain working out of the same rules, and against itself in other orders, processes and engines."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.people.worlds import expected, told, world
from tests.rules.tables import people


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(2, 40))
def test_a_world_is_linked_as_the_rules_are_written(seed, size):
    rows = world(random.Random(seed), size)
    assert people(*rows) == expected(rows)


def test_a_large_tangle_is_linked_as_the_rules_are_written():
    rows = world(random.Random(3), 150)
    assert people(*rows) == expected(rows)


def test_the_order_of_the_rows_changes_nothing():
    rows = world(random.Random(11), 150)
    before = told(rows)
    random.Random(1).shuffle(rows)
    assert told(rows) == before


def test_the_seed_of_hashes_changes_nothing():
    assert elsewhere(PYTHONHASHSEED="4") == told(world(random.Random(7), 150))


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java, which Spark runs on")
def test_spark_gives_the_same_bytes():
    assert elsewhere(ROLLCALL_ENGINE="pyspark", SPARK_LOCAL_IP="127.0.0.1") == told(world(random.Random(7), 150))


def elsewhere(**environ: str) -> str:
    """What another process says of the same world."""
    command = [sys.executable, "-m", "tests.people.worlds"]
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()
