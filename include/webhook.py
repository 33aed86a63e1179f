"""
Posts JSON to a chat's incoming webhook, once. What it says and to whom is the caller's.

The address is the key: it is in no message, no error and no log line. `transport` is for platforms, which answer JSON.
"""

from __future__ import annotations

import logging
from typing import Any

import requests
import urllib3

from include.deadline import Deadline, ending
from include.errors import UnclearOutcome, Unreachable

CONNECT_SECONDS = 10.0

logging.getLogger("urllib3.connectionpool").addFilter(lambda record: False)  # its lines hold whole URLs


def post(session: requests.Session, url: str, payload: dict[str, Any], seconds: float) -> int:
    """
    The status of the answer; its body is not read.

    Raises Unreachable when not a byte was sent, UnclearOutcome when no answer came.
    """
    wait = (min(CONNECT_SECONDS, seconds), seconds)
    try:
        with (
            Deadline(seconds),
            ending(session).post(url, json=payload, timeout=wait, allow_redirects=False, stream=True) as answer,
        ):
            return answer.status_code
    except requests.ConnectionError as error:
        reason = getattr(error.args[0], "reason", None) if error.args else None
        if isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
            raise Unreachable("The chat cannot be reached.") from None
        raise UnclearOutcome("The chat broke the connection.") from None
    except requests.RequestException:
        raise UnclearOutcome(f"The chat gave no answer within {seconds:g} s.") from None
