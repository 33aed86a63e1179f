"""Every expectation of every gate goes red for one planted fault, and says so in plain words and without the values."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from include.checks import GATES, MAY_BE_EMPTY, check_fixes, hold
from include.errors import GateClosed
from include.registry import load, names
from include.settings import Settings

pytestmark = pytest.mark.gx

Row = dict[str, Any]
TABLES = names("checks")
SECRET = "ann@old.example"


def rows(table: str) -> list[Row]:
    """A table that is as it should be."""
    one: dict[str, list[Row]] = {
        "pulls": [
            {
                "platform": name,
                "stream": "all",
                "contacts": 9,
                "rows": 30,
                "distinct": 30,
                "pages": 1,
                "share": 1.0,
                "astray": 0.0,
            }
            for name in names("platforms")
        ],
        "contacts": [
            {"platform": "whmcs", "kind": kind, "id": id, "address_has_form": True, "days_ahead": -3.5}
            for kind in ("client", "login")
            for id in ("1", "2")
        ],
        "orders": [
            {"platform": platform, "id": id, "contact_id": None, "days_ahead": -3.5}
            for platform in ("shopify", "whmcs")
            for id in ("1", "2")
        ],
        "drift": [{"platform": name, "changed": 0.05, "newly_missing": -0.2} for name in names("platforms")],
        "people": [{"person": "p1", "contact": f"whmcs:client:{id}", "size": 20} for id in range(20)],
        "findings": [
            {
                "key": f"{rule}/hubspot:contact:1/",
                "rule": rule,
                "confidence": confidence,
                "reasons": 1,
                "complete": True,
                "recommended_exists": True,
            }
            for rule, confidence in zip(names("rules"), (0, 0.5, 1) * 9, strict=False)
        ],
        "volumes": [{"rule": rule, "found": 60, "times": 3.0} for rule in names("rules")],
        "fixes": [
            {
                "fix_id": number,
                "platform": "hubspot",
                "action": "merge",
                "option_hash": "aa",
                "approved_hash": "aa",
                "approvals": 2,
                "needed": 2,
                "age_days": 7,
                "in_cap": True,
            }
            for number in (1, 2)
        ],
    }
    return one[table]


FAULTS: list[tuple[str, Row, str]] = [
    ("pulls", {"platform": "nowhere"}, "every platform was pulled, and none that was left out"),
    ("pulls", {"contacts": 0}, "no platform says that it holds nobody"),
    ("pulls", {"distinct": 29}, "no record came twice in one pull"),
    (
        "pulls",
        {"astray": 0.006},
        "every stream has as many records as its platform says it holds, but for half a percent",
    ),
    ("pulls", {"share": 0.69}, "no stream lost over 30 % of its rows since the last good night, or grew tenfold"),
    ("pulls", {"share": 10.1}, "no stream lost over 30 % of its rows since the last good night, or grew tenfold"),
    ("contacts", {"id": "2"}, "no contact is in the table twice"),
    ("contacts", {"id": None}, "every contact has an id"),
    ("contacts", {"platform": SECRET}, "every contact is on a known platform"),
    ("contacts", {"kind": SECRET}, "every contact is of a known kind"),
    ("contacts", {"address_has_form": False}, "addresses hold an @"),
    ("contacts", {"days_ahead": 355_000.0}, "no change lies in the future"),
    ("orders", {"id": "2"}, "no order is in the table twice"),
    ("orders", {"id": None}, "every order has an id"),
    ("orders", {"platform": SECRET}, "every order is on a known platform"),
    ("orders", {"days_ahead": 1.5}, "no change lies in the future"),
    ("drift", {"changed": 0.051}, "no platform changed over 5 % of its addresses in a night"),
    ("drift", {"newly_missing": 0.051}, "no platform lost over 5 % of its addresses in a night"),
    ("people", {"contact": "whmcs:client:7"}, "no contact belongs to two people"),
    ("people", {"person": None}, "every linked contact names its person"),
    ("people", {"size": 21}, "no person has more than 20 contacts"),
    ("findings", {"key": f"{names('rules')[1]}/hubspot:contact:1/"}, "no two findings have the same key"),
    ("findings", {"rule": SECRET}, "every finding belongs to a rule"),
    ("findings", {"confidence": 1.01}, "confidence lies between 0 and 1"),
    ("findings", {"confidence": -0.01}, "confidence lies between 0 and 1"),
    ("findings", {"reasons": 0}, "every finding has a reason"),
    ("findings", {"complete": False}, "every option has a label and fixes that change something"),
    ("findings", {"recommended_exists": False}, "a recommended option is one that exists"),
    ("volumes", {"times": 3.05}, "no rule found over three times as many as on the last good night"),
    ("fixes", {"fix_id": 2}, "no fix is to be applied twice"),
    ("fixes", {"platform": SECRET}, "every fix is for a known platform"),
    ("fixes", {"action": "delete"}, "every fix is a known action"),
    ("fixes", {"approved_hash": "bb"}, "every fix is exactly what was approved"),
    ("fixes", {"approvals": 1}, "every fix has as many approvals as it needs"),
    ("fixes", {"age_days": 7.01}, "no approval is older than 7 days"),
    ("fixes", {"in_cap": False}, "no cap of this run or day is exceeded"),
]


def frame(table: str, fault: Row | None = None) -> pd.DataFrame:
    """The good table, with a fault in its first row."""
    good = rows(table)
    return pd.DataFrame([good[0] | (fault or {}), *good[1:]])


def said(table: str, held: pd.DataFrame, settings: Settings | None = None) -> str:
    with pytest.raises(GateClosed) as closed:
        hold(table, held, settings or Settings())
    return str(closed.value)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_as_it_should_be_passes(table):
    expected = load("checks", table).expectations(Settings())
    assert hold(table, frame(table), Settings()) >= len(expected) > 0


@pytest.mark.parametrize(
    ("table", "fault", "says"), FAULTS, ids=[f"{t}-{'-'.join(f)}-{n}" for n, (t, f, _) in enumerate(FAULTS)]
)
def test_one_fault_closes_the_gate_and_is_named_in_one_line(table, fault, says):
    told = said(table, frame(table, fault))
    assert told.startswith(f"{table}: ")
    assert says in told
    assert "\n" not in told
    assert not any(str(value) in told for value in fault.values() if isinstance(value, str))


@pytest.mark.parametrize("table", TABLES)
def test_every_expectation_has_a_fault_of_its_own_above(table):
    described = {one.description for one in load("checks", table).expectations(Settings())}
    assert described == {says for name, _, says in FAULTS if name == table}


@pytest.mark.parametrize("table", TABLES)
def test_every_expectation_says_what_must_hold_in_plain_words(table):
    for one in load("checks", table).expectations(Settings()):
        assert len(one.description.split()) >= 4, one
        assert "_" not in one.description
        assert not one.description.endswith(".")


ASKED = {
    "pulls": "platform contacts rows distinct astray share",
    "contacts": "platform kind id address_has_form days_ahead",
    "orders": "platform id days_ahead",
    "drift": "changed newly_missing",
    "people": "person contact size",
    "findings": "key rule confidence reasons complete recommended_exists",
    "volumes": "times",
    "fixes": "fix_id platform action option_hash approved_hash approvals needed age_days in_cap",
}


@pytest.mark.parametrize(("table", "columns"), ASKED.items(), ids=ASKED)
def test_what_is_not_known_is_never_taken_for_right(table, columns):
    told = said(table, frame(table, dict.fromkeys(columns.split())))
    missing = [column for column in columns.split() if f"every row says its {column.replace('_', ' ')}" not in told]
    assert missing == []


@pytest.mark.parametrize(("table", "columns"), ASKED.items(), ids=ASKED)
def test_a_column_that_is_not_there_closes_the_gate(table, columns):
    gone = columns.split()[-1]
    assert f"every row says its {gone.replace('_', ' ')}" in said(table, frame(table).drop(columns=[gone]))


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_a_row_is_closed_unless_it_may_be_empty(table):
    empty = frame(table).head(0)
    if table in MAY_BE_EMPTY:
        assert hold(table, empty, Settings()) == 0
    else:
        assert said(table, empty) == f"{table}: there is not one row to check, so nothing is known to be right."


def test_the_gates_hold_every_table_there_is_a_file_for():
    assert sorted([*(table for tables in GATES.values() for table in tables), "fixes"]) == sorted(TABLES)


@pytest.mark.parametrize(
    ("table", "fault", "settings"),
    [
        pytest.param("drift", {"changed": 0.02}, Settings(drift_percent=1), id="drift"),
        pytest.param("people", {}, Settings(group_size=19), id="size-of-a-person"),
        pytest.param("fixes", {"age_days": 3}, Settings(approval_days=2), id="age-of-an-approval"),
    ],
)
def test_a_limit_is_what_the_settings_say(table, fault, settings):
    assert said(table, frame(table, fault), settings).startswith(f"{table}: expected that no ")


def test_a_platform_that_is_left_out_must_not_be_in_the_pulls():
    settings = Settings(leave_out="hubspot")
    assert "none that was left out" in said("pulls", frame("pulls"), settings)
    without = frame("pulls")
    hold("pulls", without[without["platform"] != "hubspot"], settings)


def test_two_faults_are_both_named():
    told = said("orders", frame("orders", {"id": None, "days_ahead": 9.0}))
    assert "every order has an id" in told
    assert "no change lies in the future" in told


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(pd.DataFrame({"id": [object()] * 3}), id="columns-that-are-not-there"),
        pytest.param(frame("contacts").assign(days_ahead=[SECRET] * 4), id="text-where-a-number-should-be"),
        pytest.param(frame("contacts").assign(id=[[SECRET]] * 4), id="values-that-cannot-be-compared"),
    ],
)
def test_a_check_that_cannot_be_run_closes_its_gate_and_tells_no_values(held):
    told = said("contacts", held)
    assert told.startswith("contacts: ")
    assert SECRET not in told


def test_approved_fixes_pass_their_gate_or_close_it():
    settings = Settings()
    assert check_fixes([], settings) == 0
    assert check_fixes(rows("fixes"), settings) >= 7
    with pytest.raises(GateClosed, match="fixes: expected that every fix has as many approvals as it needs"):
        check_fixes([row | {"approvals": 1} for row in rows("fixes")], settings)
