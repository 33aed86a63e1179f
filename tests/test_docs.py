"""What the documents say must be so."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs import FILES, README, ROOT, written


def test_generated_passages_are_fresh():
    text = README.read_text("utf-8")
    assert written(text) == text, "run `make docs`"


@pytest.mark.parametrize("name", FILES)
def test_generated_files_are_fresh(name):
    assert (ROOT / name).read_text("utf-8") == FILES[name](), "run `make docs`"


def test_every_make_target_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"^(?:.*`)?make ([a-z-]+)", README.read_text("utf-8"), re.MULTILINE))
    assert named
    assert named <= targets | {"alone"}


def test_make_help_lists_every_target_that_says_what_it_is_for():
    told = re.findall(r"^(\S+):.*## (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert dict(re.findall(r"^  make (\S+) +(.+)$", listed, re.MULTILINE)) == dict(told)


def test_every_direct_dependency_has_its_reason_in_contributing():
    wanted = re.findall(r"^([a-z][\w-]*)", (ROOT / "requirements.in").read_text("utf-8"), re.MULTILINE)
    reasons = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert wanted
    assert [name for name in wanted if f"`{name}`" not in reasons] == []


def test_pinned_requirements_name_no_index():
    assert not re.search(r"index-url|https?://", (ROOT / "requirements.txt").read_text("utf-8"))
