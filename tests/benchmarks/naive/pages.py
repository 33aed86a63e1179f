"""Reads the pages of a pull, and their records as a table with our names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd


def pages(stream: Path) -> list[Any]:
    """The pages of a whole pull of `raw/<platform>/<stream>`: below its first line, each is as it came."""
    lanes = sorted((stream.parent / "full").glob("*/manifest.json"))
    kept = [
        lane.parent / file for lane in lanes for file, of in json.loads(lane.read_text())["pages"] if of == stream.name
    ]
    return [json.loads(path.read_bytes().partition(b"\n")[2]) for path in kept]


def renamed(records: Iterable[dict[str, Any]], names: dict[str, str], **fixed: Any) -> pd.DataFrame:
    """Records as a table with our names; a field that no record has is a column without values."""
    table = pd.json_normalize(list(records)).reindex(columns=list(names))
    table.columns = list(names.values())
    bare = table.columns[table.isna().all()]
    table[bare] = table[bare].astype("str")
    return table.assign(**fixed)


def texts(column: pd.Series) -> pd.Series:
    return column.map(str, na_action="ignore")


def moment(column: pd.Series, form: str = "ISO8601") -> pd.Series:
    return pd.to_datetime(column, utc=True, format=form).astype("datetime64[us, UTC]")
