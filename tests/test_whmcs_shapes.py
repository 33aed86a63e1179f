"""WHMCS's containers, flags, dates and entities, in every shape that was ever seen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from include.errors import UnexpectedAnswer
from include.whmcs_shapes import flag, moment, number, plain, record_id, rows, steady, text

ONE, TWO = {"id": 1, "email": "a@example.com"}, {"id": "2", "email": "b@example.com"}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        pytest.param({"client": [ONE, TWO]}, [ONE, TWO], id="as-documented"),
        pytest.param([ONE, TWO], [ONE, TWO], id="a-bare-list"),
        pytest.param({"client": {"0": ONE, "1": TWO}}, [ONE, TWO], id="numbered-inside"),
        pytest.param({"1": TWO, "0": ONE}, [ONE, TWO], id="numbered-in-any-order"),
        pytest.param({"10": TWO, "9": ONE}, [ONE, TWO], id="numbered-as-numbers-not-as-words"),
        pytest.param({"client": ONE}, [ONE], id="a-lone-record-inside"),
        pytest.param(ONE, [ONE], id="a-lone-record"),
        pytest.param("", [], id="empty-text"),
        pytest.param([], [], id="empty-list"),
        pytest.param({}, [], id="empty-object"),
        pytest.param(None, [], id="null"),
        pytest.param({"client": ""}, [], id="empty-text-inside"),
        pytest.param({"client": []}, [], id="empty-list-inside"),
    ],
)
def test_a_container_gives_its_rows_whatever_its_shape(container, expected):
    assert rows(container, "client", "whmcs clients") == expected


@pytest.mark.parametrize("container", ["none found", 7, True, [1, 2], {"clients": [ONE]}, {"client": "x"}, [ONE, None]])
def test_an_unknown_shape_is_an_error_that_names_the_stream(container):
    with pytest.raises(UnexpectedAnswer, match="whmcs clients: the container of 'client'"):
        rows(container, "client", "whmcs clients")


RECORDS = some.lists(
    some.fixed_dictionaries({"id": some.integers(1, 10**6), "name": some.text(), "users": some.just({"user": []})}),
    max_size=5,
)


@given(records=RECORDS, shape=some.sampled_from(["list", "numbered", "lone"]), wrapped=some.booleans())
def test_no_shape_loses_or_invents_a_record(records, shape, wrapped):
    held = records
    if shape == "numbered":
        held = {str(place): record for place, record in enumerate(records)}
    elif shape == "lone" and len(records) == 1:
        held = records[0]
    assert rows({"order": held} if wrapped else held, "order", "whmcs orders") == records


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param("O&#039;Brien &amp; Sons", "O'Brien & Sons", id="entities"),
        pytest.param("&#x27;&QUOT;", "'\"", id="hexadecimal-and-capitals"),
        pytest.param("a&copy@example.com", "a&copy@example.com", id="not-an-entity-without-its-end"),
        pytest.param("&amp;amp;", "&amp;", id="only-once"),
    ],
)
def test_entities_are_undone_once(told, expected):
    assert plain(told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("  Ann ", "Ann"),
        ("", None),
        ("   ", None),
        (None, None),
        (5551234, "5551234"),
    ],
)
def test_text_is_trimmed_and_nothing_is_none(told, expected):
    assert text({"name": told}, "name", "whmcs users") == expected


@pytest.mark.parametrize(
    ("read", "row"),
    [
        pytest.param(text, {}, id="text-missing"),
        pytest.param(text, {"f": ["x"]}, id="text-a-list"),
        pytest.param(text, {"f": True}, id="text-a-flag"),
        pytest.param(number, {"f": "many"}, id="number-a-word"),
        pytest.param(number, {"f": True}, id="number-a-flag"),
        pytest.param(flag, {"f": "perhaps"}, id="flag-a-word"),
        pytest.param(moment, {"f": "yesterday"}, id="date-a-word"),
    ],
)
def test_a_field_that_is_not_as_expected_is_named_and_its_value_is_not(read, row):
    with pytest.raises(UnexpectedAnswer, match="whmcs users: the field 'f' is") as caught:
        read(row, "f", "whmcs users")
    assert not any(word in str(caught.value) for word in ("many", "perhaps", "yesterday", "True"))


def test_ids_flags_and_dates_are_read_in_every_spelling():
    assert record_id({"id": "07"}, "whmcs") == record_id({"id": 7}, "whmcs") == "7"
    assert all(flag({"f": value}, "f", "whmcs") for value in (True, "true", 1, "1"))
    assert not any(flag({"f": value}, "f", "whmcs") for value in (False, "false", 0, "0", "", None))
    assert moment({"d": "2020-12-15 15:29:49"}, "d", "whmcs") == datetime(2020, 12, 15, 15, 29, 49, tzinfo=UTC)
    assert moment({"d": "2020-12-15"}, "d", "whmcs") == datetime(2020, 12, 15, tzinfo=UTC)
    assert moment({"d": "0000-00-00 00:00:00"}, "d", "whmcs") is None


def test_two_answers_about_an_unchanged_record_are_steady():
    first = {"id": 1, "verified": True, "name": "O&#039;Brien", "notes": "", "users": [{"id": 3, "is_owner": 1}]}
    second = {"id": "1", "verified": "true", "name": "O'Brien", "notes": None, "users": [{"id": "3", "is_owner": "1"}]}
    assert steady(first) == steady(second)
    assert steady(first) != steady({**second, "name": "Obrien"})


@pytest.mark.parametrize("said", [7, "7", "0", "9" * 19])
def test_a_whole_number_is_read_as_one(said):
    assert number({"id": said}, "id", "whmcs clients") == int(said)


@pytest.mark.parametrize(
    "said", [True, None, "", "-1", "1.5", 1.5, "seven", "9" * 5000], ids=lambda said: str(said)[:9]
)
def test_what_is_no_whole_number_is_named(said):
    with pytest.raises(UnexpectedAnswer, match="the field 'id' is not a whole number"):
        number({"id": said}, "id", "whmcs clients")
