"""`python -m include.detect`: the documented findings, the same bytes in any order, and errors that say what to do."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.detect import main
from include.model import Contact, Order
from include.registry import names
from include.store.tables import of_rows
from tests.rules.tables import ANN, NEW, OLD, SUMMER, contact, order

Row = dict[str, Any]
FIELDS = {"key", "rule", "subject", "others", "confidence", "because", "options", "recommended"}
MISMATCH = "email_mismatch/hubspot:contact:1/shopify:customer:2"
DUPLICATE = "duplicate_contact/hubspot:contact:3/hubspot:contact:4"
TIMES = ["2026-01-01T00:00:00Z", "soon"]
ORPHAN = "orphaned_order/bigcommerce:order:10/bigcommerce:customer:5"

CARL = {"first_name": "Carl", "last_name": "Odum", "phone": "+15035550144", "company": "Odum & Sons"}
DORA = {"first_name": "Dora", "last_name": "Quist", "phone": "+15035550199"}
NIGHT: tuple[Contact | Order, ...] = (
    contact("hubspot", "1", OLD, links=("shopify:customer:2",), **ANN),
    contact("shopify", "2", NEW, updated_at=SUMMER, **ANN),
    contact("hubspot", "3", "carl.odum@gmail.com", **CARL),
    contact("hubspot", "4", "carlodum@gmail.com", **CARL),
    contact("bigcommerce", "5", "dora@quist.example", state="activated", **DORA),
    order("bigcommerce", "10", "dora@quist.example", **DORA),
)


def keep(folder: Path, rows: tuple[Contact | Order, ...] = NIGHT) -> Path:
    """A folder with the two tables."""
    contacts = of_rows("contacts", [row for row in rows if isinstance(row, Contact)])
    orders = of_rows("orders", [row for row in rows if isinstance(row, Order)])
    folder.mkdir()
    pq.write_table(contacts, folder / "contacts.parquet")
    pq.write_table(orders, folder / "orders.parquet")
    return folder


def change(path: Path, made: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(made(pq.read_table(path)), path)


def with_column(column: str, values: list[Any], kind: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.column_names.index(column), column, pa.array(values, kind))


@pytest.fixture
def run(monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    """Run the command in this process: its exit code, and what it printed on one line."""

    def command(*arguments: Any) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["detect", *map(str, arguments)])
        code = main()
        return code, " ".join(capsys.readouterr().err.split())

    return command


def findings(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, Path]:
    """The tables and the findings of a night, made once by the command itself, as a person would run it."""
    folder = tmp_path_factory.mktemp("whole")
    tables, out = keep(folder / "tables"), folder / "findings.jsonl"
    shell(tables, out, seed="1")
    return tables, out


def shell(tables: Path, out: Path, seed: str) -> None:
    command = [sys.executable, "-m", "include.detect", "--tables", str(tables), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}, timeout=60)


def test_every_finding_has_exactly_the_documented_fields_and_they_stand_in_the_order_of_their_keys(whole):
    found = findings(whole[1])
    assert [one["key"] for one in found] == sorted(one["key"] for one in found)
    assert {one["key"] for one in found} == {MISMATCH, DUPLICATE, ORPHAN}
    for one in found:
        assert set(one) == FIELDS
        assert 0 <= one["confidence"] <= 1
        for reason in one["because"]:
            assert set(reason) == {"evidence", "weight", "says"}
        for option in one["options"]:
            assert set(option) == {"label", "fixes"}
            for fix in option["fixes"]:
                assert set(fix) == {"target", "action", "before", "after"}
        assert one["recommended"] is None or one["options"][one["recommended"]]["fixes"]


def test_fixes_name_their_records_as_documented(whole):
    fixes = [fix for one in findings(whole[1]) for option in one["options"] for fix in option["fixes"]]
    merges = [(fix["target"], fix["before"]["duplicate"]) for fix in fixes if fix["action"] == "merge"]
    assert set(merges) == {("hubspot:contact:3", "hubspot:contact:4"), ("hubspot:contact:4", "hubspot:contact:3")}
    attached = [(fix["target"], fix["after"]["contact"]) for fix in fixes if fix["action"] == "attach"]
    assert attached == [("bigcommerce:order:10", "bigcommerce:customer:5")]


def test_the_same_rows_in_another_order_and_another_process_make_the_same_bytes(whole, tmp_path):
    tables, out = keep(tmp_path / "tables"), tmp_path / "findings.jsonl"
    for name in ("contacts", "orders"):
        change(tables / f"{name}.parquet", lambda table: table.take(shuffled(table.num_rows)))
    shell(tables, out, seed="4711")
    assert out.read_bytes() == whole[1].read_bytes()


def shuffled(count: int) -> list[int]:
    order = list(range(count))
    random.Random(5).shuffle(order)
    return order


def test_a_column_that_is_absent_counts_as_empty(tmp_path, run):
    ann = (Contact("hubspot", "contact", "1", OLD, **ANN), Contact("shopify", "customer", "2", NEW, **ANN))
    rows = (*ann, Order("shopify", "10"))
    full, bare = keep(tmp_path / "full", rows), keep(tmp_path / "bare", rows)
    for table, told in (("contacts", ["email", "platform", "id", "kind", *ANN]), ("orders", ["id", "platform"])):
        change(bare / f"{table}.parquet", lambda made, told=told: made.select(told))
    made = []
    for folder in (full, bare):
        assert run("--tables", folder, "--out", folder / "f.jsonl")[0] == 0
        made.append((folder / "f.jsonl").read_bytes())
    assert made[0] == made[1] != b""


@pytest.mark.parametrize("table", ["contacts", "orders"])
def test_a_table_that_is_absent_counts_as_empty(table, whole, tmp_path, run):
    tables, out = keep(tmp_path / "tables"), tmp_path / "findings.jsonl"
    (tables / f"{table}.parquet").unlink()
    code, _ = run("--tables", tables, "--out", out)
    lost = {"contacts": {MISMATCH, DUPLICATE, ORPHAN}, "orders": {ORPHAN}}[table]
    assert (code, {one["key"] for one in findings(out)}) == (0, {MISMATCH, DUPLICATE, ORPHAN} - lost)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param(pa.large_string(), ["1", "2"], id="large-strings"),
        pytest.param(pa.int64(), [1, 2], id="whole-numbers"),
        pytest.param(pa.dictionary(pa.int8(), pa.string()), ["1", "2"], id="a-dictionary"),
    ],
)
def test_ids_of_another_type_are_the_same_ids(kind, values, tmp_path, run):
    tables, out = keep(tmp_path / "tables", NIGHT[:2]), tmp_path / "findings.jsonl"
    change(tables / "contacts.parquet", with_column("id", values, kind))
    code, _ = run("--tables", tables, "--out", out, "--rules", "email_mismatch")
    assert (code, [one["key"] for one in findings(out)]) == (0, [MISMATCH])


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        pytest.param("email_mismatch", {"email_mismatch"}, id="one"),
        pytest.param(" orphaned_order ,duplicate_contact,", {"orphaned_order", "duplicate_contact"}, id="two"),
        pytest.param("", set(names("rules")), id="none-said-is-all"),
    ],
)
def test_only_the_rules_asked_for_run(asked, rules, whole, tmp_path, run):
    _, said = run("--tables", whole[0], "--out", tmp_path / "f.jsonl", "--rules", asked)
    of_all = {one["rule"] for one in findings(whole[1])}
    assert {one["rule"] for one in findings(tmp_path / "f.jsonl")} == rules & of_all
    assert {rule for rule in names("rules") if rule in said} == rules


def test_the_night_before_tells_who_changed(tmp_path, run):
    unlinked = contact("hubspot", "1", OLD, **ANN)
    before = keep(tmp_path / "before", (unlinked, contact("shopify", "2", OLD, **ANN)))
    tonight = keep(tmp_path / "tonight", (unlinked, NIGHT[1]))
    run("--tables", tonight, "--out", tmp_path / "alone.jsonl")
    run("--tables", tonight, "--out", tmp_path / "both.jsonl", "--before", before)
    (alone,), (both,) = findings(tmp_path / "alone.jsonl"), findings(tmp_path / "both.jsonl")
    more = {reason["evidence"]: reason["weight"] for reason in both["because"] if reason not in alone["because"]}
    assert "changed_since" in more
    assert all(evidence.startswith("changed_") or weight == 0 for evidence, weight in more.items())
    assert both["confidence"] > alone["confidence"]


def test_tables_without_a_row_make_an_empty_list(tmp_path, run):
    code, _ = run("--tables", keep(tmp_path / "tables", ()), "--out", tmp_path / "f.jsonl")
    assert (code, (tmp_path / "f.jsonl").read_bytes()) == (0, b"")


@pytest.mark.parametrize(
    ("table", "column", "values", "kind", "says"),
    [
        pytest.param("contacts", "id", ["1", None], pa.string(), "column id, row 2: it must not be empty", id="no-id"),
        pytest.param("contacts", "kind", [None, "x"], pa.string(), "column kind, row 1: it must not", id="no-kind"),
        pytest.param("contacts", "platform", [None, None], pa.string(), "column platform, row 1", id="no-platform"),
        pytest.param("orders", "id", ["7", None], pa.string(), "orders.parquet: column id, row 2", id="order-no-id"),
        pytest.param("contacts", "links", [1, 2], pa.int64(), "column links, its type int64", id="no-list"),
        pytest.param("contacts", "email", [["a"], []], pa.list_(pa.string()), "column email, its type", id="a-list"),
        pytest.param("contacts", "updated_at", TIMES, pa.string(), "row 2: it cannot be read as time", id="time"),
        pytest.param("contacts", "email", [b"a@b", b"\xff"], pa.binary(), "column email, row 2", id="no-text"),
    ],
)
def test_a_wrong_value_is_named_by_column_and_row_and_nothing_is_written(
    table, column, values, kind, says, tmp_path, run
):
    rows = (contact("hubspot", "1"), contact("shopify", "2"), order("bigcommerce", "7"), order("bigcommerce", "8"))
    tables, out = keep(tmp_path / "tables", rows), tmp_path / "findings.jsonl"
    out.write_text("earlier\n")
    change(tables / f"{table}.parquet", with_column(column, values, kind))
    code, said = run("--tables", tables, "--out", out)
    assert code == 2
    assert f"{table}.parquet" in said
    assert says in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.jsonl", "tables"]
    assert out.read_text() == "earlier\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param({"--tables": "nowhere"}, "nowhere is no folder; it should hold contacts.parquet", id="no-folder"),
        pytest.param({"--tables": "empty"}, "empty holds neither contacts.parquet nor orders.parquet", id="no-tables"),
        pytest.param({"--tables": "text"}, "contacts.parquet is no Parquet file", id="no-parquet"),
        pytest.param({"--before": "nowhere"}, "nowhere is no folder", id="no-folder-before"),
        pytest.param({"--rules": "spelling"}, "There is no rule spelling. The rules are", id="no-such-rule"),
        pytest.param({"--tables": None}, "--tables", id="tables-not-said"),
        pytest.param({"--out": None}, "--out", id="out-not-said"),
        pytest.param({"--out": "nowhere/f.jsonl"}, "nowhere", id="no-folder-for-the-findings"),
        pytest.param({"--out": "empty"}, "--out is a file", id="a-folder-for-the-findings"),
    ],
)
def test_what_is_missing_is_said_with_exit_code_2(arguments, says, whole, tmp_path, run):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "contacts.parquet").write_text("platform,kind,id\n")
    before = sorted(tmp_path.rglob("*"))
    given: Row = {"--tables": whole[0], "--out": tmp_path / "f.jsonl"}
    given |= {name: value and tmp_path / value if name != "--rules" else value for name, value in arguments.items()}
    code, said = run(*(word for name, value in given.items() if value for word in (name, value)))
    assert (code, says in said) == (2, True), said
    assert sorted(tmp_path.rglob("*")) == before
