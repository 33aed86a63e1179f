"""One complete answer over HTTP, and what its headers say of time. It sends nothing."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One complete answer. `body` is the parsed JSON, None when the body was empty; `raw` is the body's bytes as they came
    (after any compression was undone); `headers` ignore case.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    raw: bytes = b""

    @property
    def date(self) -> datetime | None:
        """When the platform made it, by its own clock; None where it did not say so usably."""
        return date_of(str(self.headers.get("Date", "")))


def retry_after(answer: Answer, now: datetime | None = None) -> float | None:
    """The seconds a `Retry-After` header asks for, in either of its forms (RFC 9110, 10.2.3); None if unusable."""
    text = str(answer.headers.get("Retry-After", "")).strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    then = date_of(text)
    return None if then is None else max(0.0, (then - (now or datetime.now(UTC))).total_seconds())


def date_of(text: str) -> datetime | None:
    """A date as HTTP writes it (RFC 9110, 5.6.7), which is in UTC."""
    try:
        then = email.utils.parsedate_to_datetime(text)
        return then.astimezone(UTC) if then.tzinfo else then.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
