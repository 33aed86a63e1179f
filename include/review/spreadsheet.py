"""
Rows as CSV that a spreadsheet shows and does not run: a cell that could be a formula begins with an apostrophe.

By OWASP's page on CSV injection, as read 2026-11: also after blanks and invisible characters, in full-width forms, and
after what another country's spreadsheet takes for the end of a cell.
What a platform told stays as it is in the JSON of the page.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212")
STARTS = "\t\r\n"
SEPARATORS = re.compile("([;|])")  # of cells, where a comma is none
BYTES_FIRST = "\ufeff"  # or Excel takes UTF-8 for something else


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, a row at a time; each cell in quotes, none with a line break."""
    yield BYTES_FIRST + _line(header)
    for row in rows:
        yield _line([cell(one) for one in row])


def cell(said: Any) -> str:
    """A value as a cell's text."""
    if said is None:
        return ""
    if isinstance(said, bool | int | float):
        return str(said)
    return "".join(_defused(part) if at % 2 == 0 else part for at, part in enumerate(SEPARATORS.split(str(said))))


def _defused(text: str) -> str:
    """What may stand at the start of a cell."""
    bare = next((one for one in text if not _unseen(one)), "")
    dangerous = bare in FORMULA or text[:1] in STARTS if text else False
    flat = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return f"'{flat}" if dangerous else flat


def _unseen(character: str) -> bool:
    """Whether a spreadsheet may pass over it at the start of a cell."""
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode("utf-8", "replace").decode()
