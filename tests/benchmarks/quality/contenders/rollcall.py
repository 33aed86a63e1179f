"""Rollcall, as a user runs it: `python -m include.detect` in a process of its own, and what its findings claim."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.benchmarks.quality import judging
from tests.benchmarks.quality.judging import Pair, pair
from tests.benchmarks.quality.scoring import Recommended
from tests.benchmarks.quality.world import World

Json = dict[str, Any]
ROOT = Path(__file__).parents[4]


class Failed(RuntimeError):
    """A contender did not run to its end."""


def detect(tonight: Path, before: Path, out: Path) -> list[Json]:
    """The findings of both nights' tables."""
    command = [sys.executable, "-m", "include.detect", "--tables", str(tonight), "--before", str(before)]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=1_800
    )
    if done.returncode:
        raise Failed(f"include.detect: {done.stderr[-2000:]}")
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def claimed(world: World, finding: Json) -> set[Pair]:
    """The pairs that a finding says something is wrong with."""
    refs = [finding["subject"], *finding["others"]]
    if finding["rule"] == "orphaned_order":
        accounts = {fix["after"]["contact"] for option in finding["options"] for fix in _fixes(option, "attach")}
        return {pair(finding["subject"], ref) for ref in accounts or set(finding["others"])}
    if finding["rule"] == "email_mismatch":
        found = judging.mismatches(world, refs)
        return {two for two in found if not _settled(world, two)} or found or {pair(refs[0], refs[-1])}
    if finding["rule"] == "billing_drift":
        of_client = {two for two in judging.hosted(world) if two <= set(refs)}
        differing = {two for two in of_client if len({judging.mailbox(world, ref) for ref in two} - {None}) == 2}
        return differing or {pair(refs[0], refs[-1])}
    return {pair(*two) for two in combinations(refs, 2)}


def recommended(world: World, finding: Json) -> Recommended | None:
    """The recommended option, judged; None when the finding leaves it to a person."""
    if finding["recommended"] is None:
        return None
    option = finding["options"][finding["recommended"]]
    refs = [finding["subject"], *finding["others"]]
    if finding["rule"] == "orphaned_order":
        joined = {(fix["target"], fix["after"]["contact"]) for fix in _fixes(option, "attach")}
    elif merges := _fixes(option, "merge"):
        gone = [fix["before"]["duplicate"] for fix in merges]
        joined = set(combinations(sorted({merges[0]["target"], *gone}), 2))
    else:
        joined = set(combinations(_touched(world, option, refs), 2))
    violations = tuple(sorted({kind for two in joined if (kind := judging.relation(world, *two))}))
    whole = finding["rule"] in ("duplicate_contact", "orphaned_order")
    pairs = {pair(*two) for two in joined} if whole else claimed(world, finding)
    right = not violations and _right(world, finding, option)
    return Recommended(frozenset(pairs), right, violations)


def _settled(world: World, two: Pair) -> bool:
    """Whether a third record of the same person knows both addresses: such a pair only goes along with others."""
    people = {world.truth.person[ref] for ref in two}
    return len(people) == 1 and judging.settled(world, two, world.of(world.known[people.pop()])) is True


def _right(world: World, finding: Json, option: Json) -> bool:
    """Whether an option that joins nobody wrongly also gives every record the right address and names."""
    if finding["rule"] == "orphaned_order":
        return finding["subject"] not in world.truth.closed
    if finding["rule"] == "shared_mailbox":
        return False  # what several people share is to be kept apart
    refs = [finding["subject"], *finding["others"]]
    person = next(world.known[world.truth.person[ref]] for ref in refs)
    live = world.truth.live[person.id]
    given = {fix["after"]["email"].lower() for fix in _fixes(option, "set_email")}
    taken = {(fix["before"]["email"] or "").lower() for fix in _fixes(option, "set_email")}
    reached, lost = ({world.truth.mailbox.get(text) for text in texts} for texts in (given, taken))
    if not reached <= live or lost & live:
        return False  # two may be right: a second account of one person has an address of its own
    taken_over = [ref for ref in refs if ref in world.truth.successor]
    return not (given and taken_over) or bool(_fixes(option, "set_name"))


def _touched(world: World, option: Json, refs: list[str]) -> list[str]:
    """The records that an option gives one address: those it changes, and those of the finding that have it already."""
    changed = {fix["target"] for fix in _fixes(option, "set_email", "add_email", "set_name")}
    given = {fix["after"]["email"].lower() for fix in _fixes(option, "set_email")}
    having = {ref for ref in refs if ref in world.contacts and (world.contacts[ref]["email"] or "").lower() in given}
    return sorted(changed | having | ({refs[0]} if not given else set()))


def _fixes(option: Json, *actions: str) -> list[Json]:
    return [fix for fix in option["fixes"] if fix["action"] in actions]
