"""What every test may ask for: a sandbox of its own, on this machine and gone afterwards."""

from __future__ import annotations

import atexit
import os
import tempfile
import warnings

import pytest

# Airflow looks for its home when it is imported; a test must neither find nor make one in the developer's.
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
os.environ.setdefault("AIRFLOW__CORE__UNIT_TEST_MODE", "True")

# A quota that one test used up must not slow another run, nor what the developer has running.
quotas = tempfile.TemporaryDirectory(prefix="rollcall-quotas-")
atexit.register(quotas.cleanup)
os.environ["ROLLCALL_QUOTA_FOLDER"] = quotas.name

pytest_plugins = ["tests.ledgers", "tests.sandboxes"]


@pytest.fixture(scope="session")
def great_expectations() -> None:
    """Great Expectations, imported once: that warns of what others deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations  # noqa: F401


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest story, so that nobody waits for it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("night") is None)
