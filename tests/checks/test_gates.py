"""The gates of a night, on what a real pull left: a good one passes, and one thing wrong in it closes its gate."""

from __future__ import annotations

import shutil
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from include.checks import GATES, check_night
from include.errors import GateClosed
from include.model import Finding
from include.settings import Settings

pytestmark = pytest.mark.gx


@pytest.mark.parametrize("gate", GATES)
def test_a_good_night_passes(night, gate):
    assert night.check(gate) > 0


@pytest.mark.parametrize("gate", GATES)
def test_the_first_night_of_all_passes(night, gate):
    shutil.rmtree(str(night.before.folder))
    assert night.check(gate) > 0


def test_a_platform_that_is_left_out_is_not_missed_and_may_come_back(night):
    shutil.rmtree(str(night.tonight.folder / "raw" / "hubspot"))
    assert night.check("pulls", Settings(leave_out="hubspot")) > 0
    night.change("contacts", lambda table: table.filter(pc.not_equal(table["platform"], "hubspot")))
    assert night.check("tables", Settings(leave_out="hubspot")) > 0
    back = night.store.begin("2026-11-24")
    for table in ("contacts", "orders"):
        back.part(table).write_table(pq.read_table(str(night.before.part(table).path("parquet"))))
    assert check_night("tables", back, night.store, Settings()) > 0


ONE_AT_A_TIME = Settings(cap_set_email=1)  # more changes than one run may make are drift


def column(table: pa.Table, name: str, of: str, value: Any, part: float = 1.0) -> pa.Table:
    """The table with another value in a column of some of a platform's rows."""
    rows = table.to_pylist()
    those = [row for row in rows if row["platform"] == of and row[name] is not None]
    for row in those[: round(len(those) * part)]:
        row[name] = value
    return pa.Table.from_pylist(rows, schema=table.schema)


TABLES = [
    pytest.param(
        "contacts", lambda t: pa.concat_tables([t, t.slice(0, 1)]), "no contact is in the table twice", id="dup"
    ),
    pytest.param("contacts", lambda t: column(t, "kind", "hubspot", "ann@x.example"), "of a known kind", id="kind"),
    pytest.param(
        "contacts", lambda t: column(t, "email", "shopify", "no address"), "addresses hold an @", id="no-address"
    ),
    pytest.param(
        "contacts", lambda t: column(t, "email", "hubspot", None, 0.3), "no platform lost over", id="many-lost"
    ),
    pytest.param(
        "contacts", lambda t: column(t, "email", "hubspot", "a@b.example", 0.3), "no platform changed", id="drift"
    ),
    pytest.param("contacts", lambda t: t.slice(0, 0), "contacts: there is not one row", id="no-contacts"),
    pytest.param(
        "orders", lambda t: pa.concat_tables([t, t.slice(0, 1)]), "no order is in the table twice", id="order-dup"
    ),
    pytest.param(
        "orders", lambda t: column(t, "platform", "shopify", "ann@x.example"), "on a known platform", id="order-of"
    ),
]


@pytest.mark.parametrize(("table", "fault", "says"), TABLES)
def test_a_fault_in_a_table_closes_the_gate_and_tells_nobodys_address(night, table, fault, says):
    night.change(table, fault)
    told = night.closed("tables", ONE_AT_A_TIME)
    assert says in told
    assert "@" not in told.replace("an @", "")
    assert "\n" not in told


def test_an_error_of_a_library_closes_the_gate_and_no_word_of_it_is_logged(night):
    def spoiled(table: pa.Table) -> pa.Table:
        said = pa.array(["jane@doe.example"] * len(table))
        return table.set_column(table.column_names.index("updated_at"), "updated_at", said)

    night.change("contacts", spoiled)
    with pytest.raises(GateClosed, match="contacts cannot be checked") as closed:
        night.check("tables")
    assert "jane" not in "".join(traceback.format_exception(closed.value))


def test_a_few_changed_addresses_pass(night):
    night.change("contacts", lambda table: column(table, "email", "hubspot", "a@b.example", 0.04))
    assert night.check("tables", ONE_AT_A_TIME) > 0


def test_as_many_changed_addresses_as_one_run_may_write_pass(night):
    night.change("contacts", lambda table: column(table, "email", "hubspot", "a@b.example", 0.3))
    assert night.check("tables") > 0


def test_no_orders_are_no_alarm(night):
    night.change("orders", lambda table: table.slice(0, 0))
    assert night.check("tables") > 0


@pytest.mark.parametrize(
    ("gate", "part"), [("tables", "contacts"), ("people", "people"), ("findings", "findings/email_mismatch")]
)
def test_a_part_that_was_not_made_or_was_changed_closes_the_gate(night, gate, part):
    written = next(
        path for path in Path(str(night.tonight.part(part).folder)).iterdir() if path.name.startswith("part.")
    )
    whole = written.read_bytes()
    written.write_bytes(whole[:-1] + b"\0")
    assert "is not what was written" in night.closed(gate)
    night.again(night.tonight.part(part))
    assert "is not complete" in night.closed(gate)


def test_a_contact_of_two_people_closes_the_gate(night):
    night.change("people", lambda table: pa.concat_tables([table, table.slice(0, 1)]))
    assert night.closed("people").startswith("people: expected that no contact belongs to two people")


def test_a_person_larger_than_the_cap_closes_the_gate(night):
    assert night.closed("people", Settings(group_size=2)) == "people: expected that no person has more than 2 contacts"


def other(finding: Finding, number: int) -> Finding:
    return replace(finding, subject=replace(finding.subject, id=str(number)))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        pytest.param(
            lambda f: [*f, f[0]], "findings: expected that no two findings have the same key", id="the-same-twice"
        ),
        pytest.param(
            lambda f: [replace(f[0], because=())], "findings: expected that every finding has a reason", id="no-reason"
        ),
        pytest.param(
            lambda f: [replace(f[0], confidence=1.5)], "findings: expected that confidence lies between", id="too-sure"
        ),
        pytest.param(
            lambda f: [replace(f[0], recommended=99)],
            "findings: expected that a recommended option is one",
            id="no-such-option",
        ),
        pytest.param(
            lambda f: [replace(f[0], options=(replace(f[0].options[0], fixes=()), *f[0].options[1:]))],
            "findings: expected that every option has a label and fixes",
            id="an-option-without-fixes",
        ),
        pytest.param(
            lambda f: [replace(f[0], options=(replace(f[0].options[0], label=""), *f[0].options[1:]))],
            "findings: expected that every option has a label and fixes",
            id="an-option-without-a-label",
        ),
        pytest.param(
            lambda f: [replace(f[0], options=tuple(still(option) for option in f[0].options))],
            "findings: expected that every option has a label and fixes",
            id="a-fix-that-changes-nothing",
        ),
        pytest.param(
            lambda f: [other(f[0], number) for number in range(61)],
            "volumes: expected that no rule found over three times as many",
            id="three-times-as-many",
        ),
    ],
)
def test_a_finding_nobody_can_rely_on_closes_the_gate(night, made, says):
    night.findings(made)
    told = night.closed("findings")
    assert says in told
    assert "@" not in told


def still(option: Any) -> Any:
    return replace(option, fixes=tuple(replace(fix, after=fix.before) for fix in option.fixes))


@pytest.mark.parametrize(
    "made", [lambda f: [], lambda f: [other(f[0], number) for number in range(60)]], ids=["none", "sixty"]
)
def test_a_number_of_findings_that_can_be_passes(night, made):
    night.findings(made)
    assert night.check("findings") > 0
