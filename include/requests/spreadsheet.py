"""
Many requests in one table (CSV): all of them are taken or none, so that a table can be put right and sent again.

Every problem is told with its line, as the table's own program numbers them: the heading is line 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from include.errors import RequestWrong, TableWrong
from include.requests.asked import Request
from include.requests.reading import read

COLUMNS = (
    "client",
    "new_address",
    "new_address_again",
    "person",
    "first_name",
    "last_name",
    "mailbox_lost",
    "proof_kind",
    "proof_reference",
    "proof_seen_by",
    "proof_seen_on",
    "reason",
    "contacts",
    "cpanel",
    "domains",
)
OPTIONAL = frozenset({"person", "first_name", "last_name", "mailbox_lost", "contacts", "cpanel", "domains"})
TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
FLAGS = ("mailbox_lost", "contacts", "cpanel")
MOST_LINES = 500


def read_csv(text: str, today: date) -> list[tuple[int, Request]]:
    """The requests of a table with the columns `COLUMNS`, in any order, each with its line. Raises TableWrong."""
    rows = _rows(text.removeprefix("\ufeff"))
    found: list[tuple[int, Request]] = []
    problems: list[tuple[int, str, str]] = []
    seen: dict[str, int] = {}
    for line, fields in rows:
        told, flags_wrong = _flags(fields)
        problems += [(line, name, "Write yes or no.") for name in flags_wrong]
        try:
            one = read(told, today)
        except RequestWrong as wrong:
            problems += [(line, name, says) for name, says in wrong.problems]
            continue
        if (first := seen.setdefault(one.client.casefold(), line)) != line:
            problems.append((line, "client", f"Line {first} asks for the same client."))
        found.append((line, one))
    if problems:
        raise _wrong(problems)
    return found


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """The lines that hold something, each with its number and its fields by column."""
    heading, _, _ = text.partition("\n")
    reader = csv.reader(io.StringIO(text), delimiter=_between(heading), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _require_columns(names)
        rows: list[tuple[int, dict[str, str]]] = []
        ended = reader.line_num
        for cells in reader:
            line, ended = ended + 1, reader.line_num  # a quoted cell may hold several lines: it is named by its first
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise _wrong([(line, "", f"This line has {len(cells)} fields and the heading has {len(names)}.")])
            rows.append((line, dict(zip(names, cells, strict=True))))
    except csv.Error as error:
        raise _wrong([(reader.line_num, "", "This line cannot be read: is a quotation mark missing?")]) from error
    if not rows:
        raise _wrong([(1, "", "There is nothing below the heading.")])
    if len(rows) > MOST_LINES:
        raise _wrong([(1, "", f"These are more than {MOST_LINES} requests: send them in parts.")])
    return rows


def _between(heading: str) -> str:
    """What stands between two fields: programs of some countries write semicolons, and a copied table has tabs."""
    return max(",;\t", key=heading.count)


def _require_columns(names: list[str]) -> None:
    wrong = [(1, "", f"The column {name} is missing.") for name in COLUMNS if name not in {*names, *OPTIONAL}]
    wrong += [(1, "", f"Column {at} is none of ours.") for at, name in enumerate(names, 1) if name not in COLUMNS]
    wrong += [(1, "", f"The column {name} is there twice.") for name in COLUMNS if names.count(name) > 1]
    if wrong:
        raise _wrong(wrong)


def _flags(fields: Mapping[str, str]) -> tuple[dict[str, str | bool], list[str]]:
    """The fields with yes and no as truths, and those flags that are neither."""
    said = {name: fields.get(name, "").strip().lower() for name in FLAGS}
    return {**fields, **{name: TRUTHS.get(told, False) for name, told in said.items()}}, [
        name for name, told in said.items() if told not in TRUTHS
    ]


def _wrong(problems: Sequence[tuple[int, str, str]]) -> TableWrong:
    return TableWrong("Nothing of the table was taken. Put these lines right and send it again.", sorted(problems))
