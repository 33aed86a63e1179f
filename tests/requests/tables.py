"""Tables of requests, as a spreadsheet program writes them."""

from __future__ import annotations

import csv
import io
from typing import Any

from include.requests import COLUMNS
from tests.planning.desk import form


def line(number: int = 1, **said: Any) -> dict[str, str]:
    told = form(**{"client": number, "domains": "a.example b.example", "cpanel": "yes"} | said)
    return {name: str(told.get(name, "")) for name in COLUMNS}


def table(*lines: dict[str, str], between: str = ",", ending: str = "\r\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), delimiter=between, lineterminator=ending)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
