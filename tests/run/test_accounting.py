"""The demo's last word: what the platforms saw is what was approved, no more and no less."""

from __future__ import annotations

import pytest

from include.model import Action, Fix, Ref
from include.run.accounting import differences

CUSTOMER, MERGED, SURVIVOR = "shopify:customer:1", "hubspot:contact:2", "hubspot:contact:9"


def write(record: str = CUSTOMER, action: str = "update", changed: tuple[str, ...] = ("email",), effect="applied"):
    return {"record": record, "action": action, "changed": dict.fromkeys(changed), "effect": effect}


def fix(record: str = CUSTOMER, action: Action = Action.SET_EMAIL) -> Fix:
    return Fix(Ref.parse(record), action, {}, {})


@pytest.mark.parametrize(
    ("writes", "fixes"),
    [
        ([write()], [fix()]),
        ([write(), write(changed=("note",))], [fix(), fix(action=Action.ADD_NOTE)]),
        (
            [write("whmcs:client:1", "log", ("activity",)), write("whmcs:client:1", "note", ("note",))],
            [fix("whmcs:client:1", Action.ADD_NOTE)],
        ),
        ([write(MERGED, "merge", ("duplicate",))], [fix(SURVIVOR, Action.MERGE)]),
    ],
)
def test_what_was_approved_and_written_is_accounted_for(writes, fixes):
    assert differences(writes, fixes, {MERGED: SURVIVOR}) == []


@pytest.mark.parametrize(
    ("writes", "fixes", "said"),
    [
        ([write(), write()], [fix()], f"update {CUSTOMER} applied: written 2 times, approved 1 times"),
        ([write()], [], f"update {CUSTOMER} applied: written 1 times, approved 0 times"),
        ([], [fix()], f"update {CUSTOMER} applied: approved 1 times, written 0 times"),
        ([write(effect="refused")], [], f"update {CUSTOMER} refused: written 1 times, approved 0 times"),
        ([write(action="invite")], [fix()], f"invite {CUSTOMER} applied: written 1 times, approved 0 times"),
    ],
)
def test_every_difference_is_named(writes, fixes, said):
    assert said in differences(writes, fixes, {})
