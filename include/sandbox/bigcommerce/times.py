"""How the store reads the times that a list is filtered by: none of it documented, so each way is a switch."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote


def understood(asked: dict[str, str], query: str, dates: Set[str], switches: Mapping[str, Any]) -> dict[str, str]:
    """
    What is asked, as a store reads it that takes no encoded times, or reads all times as those of its place.

    `dates`: the names of the filters that are times.
    """
    if switches["bigcommerce_encoded_dates"] == "ignored":
        parts = (part.partition("=") for part in query.split("&"))
        lost = {unquote(name) for name, _, said in parts if "%3a" in said.lower()} & dates
        asked = {name: said for name, said in asked.items() if name not in lost}
    shift = timedelta(hours=switches["bigcommerce_dates_zone"])
    shifted = {name: moment(asked[name]) + shift for name in dates & set(asked) if shift}
    return asked | {name: when.isoformat() for name, when in shifted.items()}


def moment(said: str) -> datetime:
    """A time as a filter may give it: RFC 2822 or ISO 8601."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return parsedate_to_datetime(said)
