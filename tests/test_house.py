"""What holds for every file here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 250  # lines
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "managers"}
OURS = [path for folder in ("dags", "include", "plugins", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_file_is_longer_than_one_reads_at_once():
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in OURS}
    assert len(lines) > 500
    assert {name: number for name, number in lines.items() if number > LONGEST} == {}


def test_every_name_says_something():
    named = {part for path in OURS for part in path.relative_to(ROOT).with_suffix("").parts}
    assert named & SAYS_NOTHING == set()


def test_a_test_that_is_skipped_says_why(tmp_path):
    one = tmp_path / "test_one.py"
    one.write_text("import pytest\n\ndef test_it():\n    pytest.skip('no Chromium is installed')\n")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(one)]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "no Chromium is installed" in said.stdout
