"""Tables: one form whatever wrote them, the same in any row order, and what they hold comes out as it went in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from include.errors import BadTable, SettingsWrong
from include.model import Contact, Order, State
from include.settings import settings
from include.store.tables import COLUMNS, Tables, conform, of_rows, schema

FULL = Contact(
    platform="whmcs",
    kind="client",
    id="7",
    email="ann@old.example",
    other_emails=("a@b.example", "c@d.example"),
    first_name="Ann",
    state=State.ACTIVATED,
    channels=("1",),
    created_at=datetime(2026, 3, 1, 23, 30, tzinfo=timezone(-timedelta(hours=5))),
    updated_at=datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC),
    links=("whmcs:login:3",),
)
HOSTILE = [
    pytest.param("a\x00b@c.example", id="nul"),
    pytest.param("b" * 1_000_000, id="a-megabyte"),
    pytest.param("\U0001f469\u200d\U0001f4bb@\u202eelpmaxe\u202c.\u05d0\u05d1", id="emoji-right-to-left"),
    pytest.param("e\u0301 \u00e9 \u1e9e \ufeff", id="combining-marks"),
    pytest.param("'); DROP TABLE contacts; --", id="sql"),
    pytest.param("\x1f\x1e,\t\r\n\"'", id="separators"),
    pytest.param("\ufffd", id="a-replacement-character"),
]


def through_a_file(folder: UPath, table: str, rows: list[Any]) -> list[dict[str, Any]]:
    """The rows as a rule reads them, after a snapshot's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.parquet"
    with path.open("wb") as file:
        pq.write_table(of_rows(table, rows), file)
    tables = Tables.of_files({table: path})
    found = getattr(tables, table).to_pyarrow().to_pylist()
    tables.close()
    return found


@pytest.mark.parametrize(
    ("table", "lists", "times"),
    [
        pytest.param(
            "contacts", {"other_emails", "channels", "links"}, {"created_at", "updated_at"}, id="contacts-as-documented"
        ),
        pytest.param("orders", set(), {"placed_at", "updated_at"}, id="orders-as-documented"),
    ],
)
def test_a_column_has_one_type_whatever_is_in_it(table, lists, times):
    kinds = {field.name: field.type for field in of_rows(table, []).schema}
    assert {name for name, kind in kinds.items() if kind == pa.list_(pa.string())} == lists
    assert {name for name, kind in kinds.items() if kind == pa.timestamp("us", tz="UTC")} == times
    assert all(kind == pa.string() for name, kind in kinds.items() if name not in lists | times)


@pytest.mark.parametrize("memory", [False, True], ids=["read-by-the-engine", "read-by-way-of-arrow"])
def test_a_row_comes_out_as_it_went_in(memory, tmp_path):
    folder = UPath("memory://rollcall-tables" if memory else tmp_path)
    (row,) = through_a_file(folder, "contacts", [FULL])
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
    assert told == {
        name: list(value) if isinstance(value := getattr(FULL, name), tuple) else value for name in COLUMNS["contacts"]
    }


def test_times_are_utc_whatever_zone_they_were_said_in(tmp_path):
    (row,) = through_a_file(UPath(tmp_path), "contacts", [FULL])
    assert (row["created_at"].isoformat(), str(row["created_at"].tzinfo)) == ("2026-03-02T04:30:00+00:00", "UTC")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_it_went_in(text, tmp_path):
    contact = Contact("hubspot", "contact", text, text, (text,), first_name=text, links=(text,))
    (row,) = through_a_file(UPath(tmp_path), "contacts", [contact])
    assert [row["id"], row["email"], *row["other_emails"], row["first_name"], *row["links"]] == [text] * 5


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("a\ud800b", "a\ufffdb", id="a-lone-surrogate"),
        pytest.param("\ud83d\ude00", "\U0001f600", id="a-pair-said-as-two"),
    ],
)
def test_a_surrogate_stops_no_night(said, kept):
    rows = [Contact("hubspot", "contact", "1", said, (said,)), Contact("hubspot", "contact", "2", "\U0001f600")]
    table = of_rows("contacts", rows).to_pylist()
    assert [(row["email"], row["other_emails"]) for row in table] == [(kept, [kept]), ("\U0001f600", [])]


def test_the_same_records_make_the_same_table_in_any_order():
    rows = [Contact(platform, "contact", str(number)) for platform in ("b", "a") for number in range(30)]
    tables = []
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)
        tables.append(of_rows("contacts", rows))
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_that_is_not_there_is_empty_and_has_its_columns(table):
    opened = getattr(Tables.of_files({}), table)
    assert opened.to_pyarrow().schema.names == list(COLUMNS[table])
    assert opened.count().to_pyarrow().as_py() == 0


def test_columns_nobody_knows_are_left_out():
    made = pa.table({"platform": ["a"], "id": ["1"], "colour": ["red"]})
    assert conform("orders", made).schema.names == list(COLUMNS["orders"])


@pytest.mark.parametrize(
    ("column", "values", "kept"),
    [
        pytest.param("id", pa.array([7, 8]), ["7", "8"], id="whole-numbers-as-text"),
        pytest.param("id", pa.array(["7", "8"]).dictionary_encode(), ["7", "8"], id="a-dictionary"),
        pytest.param("email", pa.array([None, None]), [None, None], id="nothing-at-all"),
        pytest.param("email", pa.array(["a", None], pa.large_string()), ["a", None], id="large-strings"),
        pytest.param("links", pa.array([["a"], None], pa.large_list(pa.string())), [["a"], None], id="large-lists"),
        pytest.param(
            "updated_at",
            pa.array([1_772_323_200_000, None], pa.timestamp("ms", tz="Europe/Berlin")),
            [datetime(2026, 3, 1, tzinfo=UTC), None],
            id="milliseconds-in-another-zone",
        ),
        pytest.param(
            "updated_at",
            pa.array(["2026-03-01T01:00:00+01:00", None]),
            [datetime(2026, 3, 1, tzinfo=UTC), None],
            id="times-as-text",
        ),
    ],
)
def test_a_column_of_a_kindred_type_is_taken(column, values, kept):
    told: dict[str, Any] = {"platform": pa.array(["p", "p"]), "kind": pa.array(["k", "k"]), "id": pa.array(["1", "2"])}
    assert conform("contacts", pa.table(told | {column: values})).column(column).to_pylist() == kept


@pytest.mark.parametrize("table", ["contacts", "orders"])
def test_a_reference_that_is_empty_is_refused_in_a_file_of_ours_too(table, tmp_path):
    rows: list[Any] = [Contact("hubspot", "contact", "1")] if table == "contacts" else [Order("shopify", "1")]
    made = of_rows(table, rows)
    pq.write_table(made.set_column(0, "platform", pa.nulls(1, pa.string())), tmp_path / f"{table}.parquet")
    assert pq.read_schema(tmp_path / f"{table}.parquet") == schema(table)
    with pytest.raises(BadTable, match="column platform, row 1: it must not be empty"):
        Tables.of_folder(UPath(tmp_path))


def test_an_engine_we_do_not_know_is_named(monkeypatch):
    monkeypatch.setenv("ROLLCALL_ENGINE", "abacus")
    settings.cache_clear()
    try:
        with pytest.raises(SettingsWrong, match="ROLLCALL_ENGINE 'abacus' is not known; use"):
            Tables.of_files({})
    finally:
        settings.cache_clear()
