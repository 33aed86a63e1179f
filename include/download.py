"""
Brings a large file from a signed address into a file of ours.

Whoever has the address may read the file, so it is a secret and stands in no message. Nothing of a connection goes
with the request, only origins that the caller names are asked, and no redirect is followed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import IO
from urllib.parse import urlsplit

import requests
import urllib3

from include.deadline import Deadline, ending
from include.errors import Refusal, UnexpectedAnswer, Unreachable

CHUNK = 256 * 1024
STALLED = 60.0  # seconds without a byte
WHOLE = 3600.0  # seconds for all of it
LARGEST = 8 * 1024**3  # bytes: three times what the largest shop we reckon with has (2.1 million records)


def download(
    url: str,
    into: IO[bytes],
    origins: Collection[str],
    *,
    seconds: float = WHOLE,
    largest: int = LARGEST,
) -> None:
    """
    Write what is at `url` into `into`. `origins`: the only schemes and hosts it may be at, `https://example.com`.

    Raises Refusal when it is not there (any more), Unreachable when it did not come whole, and UnexpectedAnswer for an
    origin that is not allowed, a redirect, or too many bytes.
    """
    if origin(url) not in origins:
        raise UnexpectedAnswer(f"A file is said to be at {urlsplit(url).hostname}, which is not asked for files.")
    where = f"the file at {urlsplit(url).hostname}"
    late = f"{where} did not come whole within {seconds:g} s"
    ends = Deadline(seconds)
    try:
        with (
            ends,
            ending(requests.Session()) as session,
            session.get(url, stream=True, timeout=(10.0, STALLED), allow_redirects=False, auth=_nobody) as response,
        ):
            _insist(response.status_code, where)
            size = 0
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                size += len(chunk)
                if size > largest:
                    raise UnexpectedAnswer(f"{where} has more than {largest:,} bytes")
                into.write(chunk)
            promised = response.headers.get("Content-Length", "")
            if promised.isdecimal() and not response.headers.get("Content-Encoding") and size != int(promised):
                raise Unreachable(f"{where} was cut short")
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        raise Unreachable(late if ends.over() else f"{where} did not come whole") from None


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _insist(status: int, where: str) -> None:
    if status >= 500 or status == 429:
        raise Unreachable(f"{where} was answered with {status}")
    if status >= 400:
        raise Refusal(f"{where} is not given out (HTTP {status})")
    if status != 200:
        raise UnexpectedAnswer(f"{where} was answered with {status}: redirects are not followed")


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Signs in as nobody: not even with what a `.netrc` holds."""
    return request
