"""What every DAG must be: importable, light to read, documented as a procedure, and free of personal data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.registry import names

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "dags").glob("*.py"))
HEAVY = {"pandas", "ibis", "duckdb", "pyarrow", "great_expectations", "sqlalchemy.orm", "altair"}

pytestmark = pytest.mark.airflow

DESCRIBE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
json.dump({
    "errors": bag.import_errors,
    "dags": {
        dag.dag_id: {
            "file": dag.fileloc,
            "doc": dag.doc_md,
            "tasks": {
                task.task_id: {
                    "doc": task.doc_md, "pool": task.pool, "retries": task.retries,
                    "policy": type(task.retry_policy).__name__, "after": sorted(task.upstream_task_ids),
                    "trigger": task.trigger_rule.value,
                }
                for task in dag.tasks
            },
            "params": dict(dag.params.dump()),
            "run_types": sorted(kind.value for kind in dag.allowed_run_types or []),
        }
        for dag in bag.dags.values()
    },
}, sys.stdout)
"""


@pytest.fixture(scope="session")
def dags(tmp_path_factory) -> dict[str, Any]:
    """Every DAG as Airflow reads it, described by a process of its own."""
    env = _env(tmp_path_factory.mktemp("airflow"))
    command = [sys.executable, "-c", DESCRIBE, str(ROOT / "dags")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout[done.stdout.index('{"errors"') :])
    assert said["errors"] == {}
    return dict(said["dags"])


def test_a_dag_is_named_as_its_file(dags):
    assert {name: Path(dag["file"]).stem for name, dag in dags.items()} == {path.stem: path.stem for path in FILES}


def test_every_dag_reads_as_a_procedure(dags):
    for name, dag in dags.items():
        assert dag["doc"].strip().startswith("# "), name
        assert re.search(r"^1\. \*\*\w+", dag["doc"], re.MULTILINE), f"{name} does not number its steps"


def test_the_verbs_of_the_steps_are_the_tasks(dags):
    for name, dag in dags.items():
        verbs = {verb.lower() for verb in re.findall(r"^\d+\. \*\*(\w+)", dag["doc"], re.MULTILINE)}
        assert verbs == {task.rpartition(".")[2].split("_")[0] for task in dag["tasks"]}, name


def test_every_task_says_what_it_does(dags):
    undocumented = [
        f"{name}.{id}" for name, dag in dags.items() for id, task in dag["tasks"].items() if not task["doc"]
    ]
    assert undocumented == []


def test_every_platform_and_every_rule_has_its_task(dags):
    tasks = {id.rpartition(".")[2]: task for id, task in dags["nightly_reconciliation"]["tasks"].items()}
    assert {id for id in tasks if id.startswith("pull_")} == {f"pull_{name}" for name in names("platforms")}
    assert {id for id in tasks if id.startswith("detect_")} == {f"detect_{name}" for name in names("rules")}
    assert {name: tasks[f"pull_{name}"]["pool"] for name in names("platforms")} == {n: n for n in names("platforms")}


def test_the_error_tree_is_the_retry_policy_of_every_task(dags):
    policies = {task["policy"] for dag in dags.values() for task in dag["tasks"].values()}
    assert policies == {"ExceptionRetryPolicy"}


def test_no_step_of_applying_can_fail_and_the_run_be_a_success(dags):
    tasks = dags["apply_approved_fixes"]["tasks"]
    assert set(tasks["conclude"]["after"]) == set(tasks) - {"conclude"}
    assert tasks["conclude"]["trigger"] == "all_success"


def test_applying_is_never_tried_again_and_never_backfilled(dags):
    assert dags["apply_approved_fixes"]["tasks"]["apply"]["retries"] == 0
    assert dags["apply_approved_fixes"]["run_types"] == ["manual", "scheduled"]


def test_what_clients_ask_for_is_never_backfilled_and_a_run_is_told_one_number(dags):
    planning = dags["plan_email_changes"]
    assert planning["run_types"] == ["manual", "scheduled"]
    assert planning["params"] == {"request": None}
    assert planning["tasks"]["conclude"]["after"] == ["notify", "take"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_reading_a_dag_imports_nothing_heavy(file, tmp_path):
    ask = f"import airflow.sdk, sys; before = set(sys.modules); import runpy; runpy.run_path({str(file)!r})\n"
    ask += "print(*(set(sys.modules) - before))"
    loaded = set(_python(ask, tmp_path).split())
    assert "include.retrying" in loaded
    assert loaded & HEAVY == set()


def test_every_error_has_its_line_in_the_tree():
    from include import errors

    classes = {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and kind.__module__ == errors.__name__
    }
    described = set(re.findall(r"^\W+(\w+)  ", errors.__doc__ or "", re.MULTILINE))
    assert described == set(classes)
    assert all(issubclass(kind, errors.RollcallError) for kind in classes.values())


def test_the_policy_retries_what_the_tree_says(tmp_path):
    ask = """
from include import errors
from include.retrying import patience
policy = patience()["retry_policy"]
kinds = {n: k for n, k in vars(errors).items() if isinstance(k, type) and issubclass(k, errors.RollcallError)}
for name, kind in sorted(kinds.items()):
    decision = policy.evaluate(kind("m"), 1, 3)
    print(name, decision.action.value, decision.retry_delay.total_seconds() / 60 if decision.retry_delay else "-")
"""
    said = {line.split()[0]: line.split()[1:] for line in _python(ask, tmp_path).splitlines() if line}
    assert {name for name, (action, _) in said.items() if action == "retry"} == {
        "RateLimited",
        "Unreachable",
        "TryLater",
    }
    assert said["RateLimited"] == ["retry", "5.0"]
    assert said["Unreachable"] == ["retry", "10.0"]


def _python(code: str, home: Path) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=_env(home), check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _env(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "ROLLCALL"))}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "PYTHONPATH": str(ROOT),
    }
