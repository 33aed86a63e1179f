"""Airflow connections as an operator sets them, for tests that ask for these fixtures by name."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from include.platforms import connection_of
from include.registry import names
from include.settings import settings

SECRET = "s3cret%/token@"
LOGIN = "rollcall-login"
OPTIONS: dict[str, dict[str, str]] = {"shopify": {"api_version": "2026-10"}, "hubspot": {"version": "v3"}}
PLATFORMS = names("platforms")


@pytest.fixture(scope="module", autouse=True)
def airflow(tmp_path_factory) -> None:
    """Airflow, imported once: it makes its home where it is told to, and warns of what others deprecated."""
    os.environ.setdefault("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import airflow.providers.http.hooks.http
        import airflow.sdk  # noqa: F401


@pytest.fixture
def set_to(monkeypatch) -> Iterator[Any]:
    """Set what ROLLCALL_* variables say."""

    def put(**said: str) -> None:
        for name, value in said.items():
            monkeypatch.setenv(f"ROLLCALL_{name.upper()}", value)
        settings.cache_clear()

    yield put
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def connect(monkeypatch, set_to) -> Any:
    """Set a connection as an operator does: `AIRFLOW_CONN_<NAME>`, in Airflow's JSON form."""
    set_to(sandbox="true", hosts="api.vendor.example, sandbox,10.0.0.7")
    for name in {*map(connection_of, PLATFORMS), "smtp_default"}:
        monkeypatch.delenv(f"AIRFLOW_CONN_{name.upper()}", raising=False)

    def put(name: str, **said: Any) -> None:
        told: dict[str, Any] = {"conn_type": "http", "login": LOGIN, "password": SECRET, "extra": OPTIONS.get(name, {})}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(told | said))

    return put
