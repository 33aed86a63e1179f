"""Many requests in one table: all or none, whatever program wrote it, and every problem with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.errors import TableWrong
from include.requests import COLUMNS, read_csv
from tests.requests.tables import line, table

TODAY = datetime.now(UTC).date()


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(TableWrong) as wrong:
        read_csv(text, TODAY)
    return list(wrong.value.problems)


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_read_as_any_program_writes_it(between: str, ending: str, mark: str) -> None:
    found = read_csv(mark + table(line(11), line(12, cpanel="No"), between=between, ending=ending), TODAY)
    assert [(at, one.client, one.cpanel) for at, one in found] == [(2, "11", True), (3, "12", False)]
    assert found[0][1].domains == ("a.example", "b.example")


def test_columns_may_come_in_any_order_and_those_that_say_nothing_may_be_left_out() -> None:
    said = {name: value for name, value in reversed(line(11).items()) if name not in {"person", "cpanel", "domains"}}
    ((at, one),) = read_csv(table(said), TODAY)
    assert (at, one.client, one.cpanel, one.domains) == (2, "11", False, ())


def test_a_line_is_named_as_its_own_program_numbers_it() -> None:
    """Empty lines count, and a field of several lines begins on its first."""
    text = table(line(11, reason="moved"), line(12, proof_kind="none"))
    heading, first, second = text.splitlines()
    broken = first.replace("moved", '"moved,\nfar away"')
    assert [(at, field) for at, field, _ in problems(f"{heading}\n\n{broken}\n,,,,,,,,,,,,,\n{second}\n")] == [
        (3, "reason"), (6, "proof_kind"),
    ]  # fmt: skip


def test_every_problem_of_every_line_is_told_and_none_of_the_table_is_taken() -> None:
    found = problems(table(line(11, new_address=""), line(12), line(13, cpanel="maybe", reason="", person="other")))
    assert sorted((at, field) for at, field, _ in found) == [
        (2, "new_address"), (4, "cpanel"), (4, "person"), (4, "reason"),
    ]  # fmt: skip


def test_two_lines_for_one_client_are_one_too_many() -> None:
    assert problems(table(line(11), line(11, new_address="x@x.example"))) == [
        (3, "client", "Line 2 asks for the same client.")
    ]


UNREADABLE = [
    pytest.param("", 1, "The column client is missing.", id="nothing"),
    pytest.param(",".join(COLUMNS), 1, "nothing below the heading", id="only-a-heading"),
    pytest.param(table(line() | {"colour": "red"}), 1, "Column 16 is none of ours.", id="a-column-of-another-table"),
    pytest.param(",".join((*COLUMNS, "client")) + "\n", 1, "The column client is there twice.", id="a-column-twice"),
    pytest.param(",".join(COLUMNS) + "\n11,x\n", 2, "has 2 fields and the heading has 15", id="fields-are-missing"),
    pytest.param(",".join(COLUMNS) + '\n"11,x\n', 2, "a quotation mark missing", id="a-quotation-that-never-ends"),
    pytest.param(table(*(line(number) for number in range(501))), 1, "more than 500", id="too-many"),
]


@pytest.mark.parametrize(("text", "at", "told"), UNREADABLE)
def test_a_table_that_cannot_be_read_says_where(text: str, at: int, told: str) -> None:
    assert any(where == at and told in says for where, _, says in problems(text))
