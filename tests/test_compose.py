"""The compose file, as far as it can be held without an engine: its schema, and that its commands exist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from include.registry import names
from include.run.home import CONNECTIONS

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def test_it_keeps_to_the_compose_specification():
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checker, str(ROOT / "docker-compose.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_the_services_of_airflows_own_file():
    theirs = ["postgres", "redis", "apiserver", "scheduler", "dag-processor", "worker", "triggerer", "init", "cli"]
    assert {name if name in {"postgres", "redis"} else f"airflow-{name}" for name in theirs} | {"flower"} <= set(
        SERVICES
    )


def test_the_demo_profile_adds_the_sandbox_and_a_mail_catcher():
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]} == {"sandbox", "mail"}


@pytest.mark.airflow
@pytest.mark.parametrize(
    "name", [name for name, service in SERVICES.items() if isinstance(service.get("command"), str)]
)
def test_a_services_command_is_one_that_airflow_has(name, tmp_path):
    command = [sys.executable, "-m", "airflow", *SERVICES[name]["command"].split(), "--help"]
    env = os.environ | {"AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_every_file_the_compose_file_and_the_dockerfile_name_exists():
    copied = [line.split()[-2] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")]
    mounted = [volume.split(":")[0] for volume in SERVICES["postgres"]["volumes"] if volume.startswith("./")]
    assert copied
    assert mounted
    assert [path for path in [*copied, *mounted, "config/sandbox.env"] if not (ROOT / path).exists()] == []


def test_the_sandbox_environment_gives_every_connection():
    lines = (ROOT / "config/sandbox.env").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith("AIRFLOW_CONN_"))
    assert set(given) == {f"AIRFLOW_CONN_{name.upper()}" for name in CONNECTIONS}
    assert all(json.loads(text)["conn_type"] in {"http", "smtp"} for text in given.values())


def test_every_platform_has_its_pool():
    pools = json.loads((ROOT / "config/pools.json").read_text("utf-8"))
    assert set(pools) == set(names("platforms"))
