"""A platform that is copied in as a folder, with its twin, takes part in everything: no list names the platforms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from include.registry import names

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parent.parent
NAME = "acme"
COPIED = "hubspot"


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """A copy of Rollcall with two folders more: nothing else in it is touched."""
    house = tmp_path_factory.mktemp("house")
    for part in ("include", "dags", "tests"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("platforms", "sandbox"):
        shutil.copytree(house / "include" / room / COPIED, house / "include" / room / NAME)
        for path in (house / "include" / room / NAME).glob("*.py"):
            text = path.read_text("utf-8").replace(f'world.of("{COPIED}"', "world.of(THE_SAME")
            text = text.replace(COPIED, NAME).replace("HubSpot", NAME.title())
            path.write_text(text.replace("THE_SAME", f'"{COPIED}"'), "utf-8")
    return house


def test_a_folder_copied_in_is_pulled_checked_judged_shown_and_changed(house, tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "AIRFLOW"))}
    env |= {
        "PYTHONPATH": str(house),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "ROLLCALL_SANDBOX": "true",
        "ROLLCALL_APPLY": "on",
        "ROLLCALL_LEDGER": f"sqlite:///{tmp_path / 'ledger.db'}",
        "ROLLCALL_DATA": str(tmp_path / "data"),
        "ROLLCALL_QUOTA_FOLDER": str(tmp_path / "quotas"),
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.seventh", NAME, str(tmp_path)]
    ran = subprocess.run(command, cwd=house, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    seven = sorted([*names("platforms"), NAME])
    assert f"{NAME} " in ran.stdout
    assert (told["checked"], sorted(told["pulled"]), told["accounts"]) == (0, seven, seven)
    assert told["pulled"][NAME] == told["pulled"][COPIED] > 0
    assert all(told["gates"])
    assert told["found"] > 0
    assert told["applied"] == {"applied": 2}
    assert (told["notes"], told["written"]) == (1, [NAME])
    assert told["told"]
    assert all("Customer records (Acme)" in text for text in told["told"])
    assert f"pull_{NAME}" in " ".join(told["tasks"])
