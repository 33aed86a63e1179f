"""
Reads the JSON of a page, in a third of the time that Python's own reader takes.

What orjson refuses, `json` decides: half a pair of surrogates is read as it came. A whole number that needs more than
64 bits is read as a float, which no field of ours takes for a number.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def parsed(body: bytes) -> Any:
    """What a body in UTF-8 says. Raises ValueError when it is not JSON, RecursionError when it is nested too deep."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body.decode("utf-8"), parse_constant=_no_number)


def _no_number(said: str) -> None:
    """Python would read NaN and Infinity, which JSON does not have."""
    raise ValueError(f"{said} is not JSON")
