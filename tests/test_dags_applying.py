"""The tasks of the apply DAG as Airflow calls them: what they refuse, and what they leave whatever goes wrong."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from include.audit import heads
from include.errors import LedgerBehind, SettingsWrong, Unreachable
from include.store import audit
from include.store.ledger import Ledger
from tests.apply.cases import Worker, approved, email_fix, states
from tests.connecting import airflow, connect, set_to
from tests.sandboxes import Sandbox

pytestmark = pytest.mark.airflow

__all__ = ["airflow", "connect", "set_to"]  # fixtures

DAG = Path(__file__).parent.parent / "dags" / "apply_approved_fixes.py"


@pytest.fixture
def dag(airflow) -> ModuleType:
    spec = importlib.util.spec_from_file_location("apply_approved_fixes_as_read", DAG)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(tmp_path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def held(connect, set_to, sqlite_path, sqlite_template, data) -> Ledger:
    """A ledger that the tasks open, beside the sandbox's settings; Shopify is the only platform with a connection."""
    shutil.copy(sqlite_template, sqlite_path)
    set_to(ledger=f"sqlite:///{sqlite_path}", data=data, apply="on", sandbox="true")
    return Ledger(f"sqlite:///{sqlite_path}")


def reach(connect, sandbox: Sandbox) -> None:
    told = sandbox._get("connections")["shopify"]
    connect("shopify", host=told["host"], login="sandbox", password="sandbox", extra=told["extra"])


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True", "all_admins"),
        ("FAB__AUTH_ROLE_PUBLIC", "Viewer", "auth_role_public"),
        ("LOGGING__LOGGING_LEVEL", "DEBUG", "logging_level"),
    ],
)
def test_nothing_is_checked_or_applied_from_an_airflow_that_is_open(
    dag, held, set_to, monkeypatch, option, value, says
):
    for task in (dag.check, dag.apply):
        set_to(sandbox="false")
        monkeypatch.setenv(f"AIRFLOW__{option}", value)
        with pytest.raises(SettingsWrong, match=says):
            task.function()
    monkeypatch.delenv(f"AIRFLOW__{option}")
    set_to(apply="off")
    assert dag.apply.function() == {}


def test_a_run_that_fails_after_a_write_leaves_the_head_and_what_is_restored_is_not_applied_from(
    dag, held, connect, sandbox, data, sqlite_path, tmp_path
):
    approved(held, email_fix(sandbox, "shopify", "customer"), number=1)
    approved(held, email_fix(sandbox, "hubspot", "contact"), number=2)
    shutil.copy(sqlite_path, tmp_path / "copy")
    reach(connect, sandbox)
    with pytest.raises(SettingsWrong, match="hubspot"):
        dag.apply.function()
    assert (states(held), heads.kept(data)) == (["applied", "planned"], audit.head(held))
    held.engine.dispose()
    shutil.copy(tmp_path / "copy", sqlite_path)
    with pytest.raises(LedgerBehind):
        dag.apply.function()


@pytest.mark.parametrize("said", [{"port": 9}, None], ids=["the-mail-server-is-down", "no-mail-server-is-set"])
def test_the_head_is_left_even_when_nothing_can_be_told(dag, held, connect, sandbox, data, said):
    """As where the task that applied was killed: then it has left none."""
    for number in (1, 2):
        approved(held, email_fix(sandbox, "shopify", "customer", f"n{number}@post.example", number), number=number)
    Worker(held, sandbox).apply()
    assert heads.kept(data) is None
    if said is not None:
        connect("smtp_default", conn_type="smtp", host="127.0.0.1", login="", extra={"disable_tls": True}, **said)
    with pytest.raises((Unreachable, SettingsWrong)):
        dag.notify.function()
    assert heads.kept(data) == audit.head(held)
