"""What every test may ask for: a sandbox of its own, on this machine and gone afterwards."""

from __future__ import annotations

import os

# Airflow looks for its home when it is imported; a test must neither find nor make one in the developer's.
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
os.environ.setdefault("AIRFLOW__CORE__UNIT_TEST_MODE", "True")

pytest_plugins = ["tests.ledgers", "tests.sandboxes"]
