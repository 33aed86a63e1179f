"""The list of faults: it names every one of the design's, and nothing in it has gone."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.torture.episodes import EPISODES
from tests.torture.faults import FAULTS

ROOT = Path(__file__).parents[2]
DESIGN = {"A": 21, "V": 2, "N": 6, "U": 3, "P": 8, "B": 4}


@cache
def functions(file: str) -> frozenset[str]:
    """The tests of a file; one that is skipped in any case is none."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(
        one.name
        for one in tree.body
        if isinstance(one, ast.FunctionDef)
        and not any("mark.skip(" in ast.unparse(mark) for mark in one.decorator_list)
    )


def test_every_fault_of_the_design_is_there():
    wanted = {f"{letter}{number}" for letter, last in DESIGN.items() for number in range(1, last + 1)}
    assert {name.split()[0] for name in FAULTS} == wanted


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_proven_by_what_there_is(fault):
    assert FAULTS[fault]
    for proof in FAULTS[fault]:
        file, found, name = proof.partition("::")
        assert name in functions(file) if found else proof in EPISODES


def test_no_episode_proves_nothing():
    assert set(EPISODES) == {proof for proofs in FAULTS.values() for proof in proofs if "::" not in proof}
