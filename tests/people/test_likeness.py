"""Contacts that no value proves to be one person: which are likely to be, what is said of them, and what never is."""

from __future__ import annotations

import pytest

from include.model import Contact
from include.people.likeness_table import LEVELS, TABLE, coded, says
from tests.rules.tables import contact, night

HOME = {"address": "12 Oakwood Street", "city": "Salem", "postcode": "97201"}
ALIKE = [
    pytest.param({"first_name": "Katharina"}, {"first_name": "Katharine"}, "first names a letter apart", id="slip"),
    pytest.param({"first_name": "Robert"}, {"first_name": "Bob"}, "short for the other", id="nickname"),
    pytest.param({"first_name": "Alexandra"}, {"first_name": "Alex"}, "short for the other", id="beginning"),
    pytest.param({"address": "12 Oakwood Street"}, {"address": "12 Oakwod St."}, "streets spelled alike", id="road"),
    pytest.param({"address": "12 Oakwood Street"}, {"address": "21 Oakwood Street"}, "a digit or two", id="house"),
    pytest.param({"address": "Oakwood Street"}, {}, "one without a house number", id="no-house"),
    pytest.param({"postcode": "97201"}, {"postcode": "97210"}, "the same town, and postcodes", id="postcode"),
    pytest.param({"email": "ann.ofthehill@old.example"}, {"email": "other@new.example"}, "another address", id="email"),
]
NEVER = [
    pytest.param({"first_name": "Ann"}, {"first_name": "Bob"}, id="another-first-name"),
    pytest.param({"first_name": "Ann"}, {"first_name": "Bob", "phone": "+15032348761"}, id="a-household"),
    pytest.param({"suffix": " Jr."}, {}, id="a-suffix-on-one-side"),
    pytest.param(HOME | {"address": None, "postcode": None}, {}, id="a-rare-name-and-nothing-else"),
    pytest.param({}, {"address": "90 Elm Road", "city": "Boston", "postcode": "02108"}, id="namesakes-far-apart"),
]


def found(one: dict[str, str], other: dict[str, str]) -> dict[str, float]:
    """What is said of two contacts of one name and home, but for what is given."""
    return {row["says"]: row["weight"] for row in night(both(one, other)).edges.to_pyarrow().to_pylist()}


def both(one: dict[str, str], other: dict[str, str]) -> list[Contact]:
    made = []
    for id, given in (("1", one), ("2", other)):
        said = {"first_name": "Katharina", "email": None} | HOME | given
        said["last_name"] = said.pop("last_name", "Oberhuber") + said.pop("suffix", "")
        made.append(contact("hubspot", id, said.pop("email"), **said))
    return made


@pytest.mark.parametrize(("one", "other", "words"), ALIKE)
def test_two_that_are_alike_are_likely_one_person(one, other, words):
    different = {"last_name": "Oberhuber"}, {"last_name": "Oberhubr"}
    said = found(different[0] | one, different[1] | other)
    ((text, weight),) = said.items()
    assert words in text
    assert 1.0 <= weight <= 2.0
    assert text.startswith("They are alike, though not beyond doubt: ")


@pytest.mark.parametrize(("one", "other"), NEVER)
def test_two_that_may_well_be_two_are_left_alone(one, other):
    different = {"last_name": "Oberhuber"}, {"last_name": "Oberhubr"}
    assert found(different[0] | one, different[1] | other) == {}


def test_first_and_last_name_may_be_the_other_way_round():
    said = found({"last_name": "Oberhuber"}, {"first_name": "Oberhubr", "last_name": "Katharina"})
    assert any("the other way round" in text for text in said)


def test_a_block_of_too_many_is_dropped_and_counted(caplog):
    crowd = [contact("hubspot", str(each), None, first_name="Ann", last_name="Lee") for each in range(13)]
    with caplog.at_level("INFO", "include.people.blocks"):
        assert night(crowd).edges.count().to_pyarrow().as_py() == 0
    assert "1 blocks of 13 contacts in all were too large to compare" in caplog.text


def test_every_level_can_be_told_and_has_a_place_in_the_pattern():
    for compared, levels in TABLE.items():
        assert len(levels) < LEVELS
        for number, level in enumerate(levels, 1):
            assert level.says in says(coded({compared: number}))
