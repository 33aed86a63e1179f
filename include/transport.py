"""
HTTP to a platform: limits, retries, redaction, and failures in our words.

A *read* is safe to repeat and is repeated a few times. A *write* is sent once, and when no clear answer comes back it
is an UnclearOutcome, never sent again. Each is sent when its turn at the platform's quota comes, which `pace` says. It
does not know what any answer means: each platform's `judge` says that. One may be used by many threads at once.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3

from include import permit
from include.answer import Answer, date_of, retry_after
from include.deadline import Deadline, ending
from include.errors import RateLimited, RollcallError, UnclearOutcome, UnexpectedAnswer, Unreachable
from include.json_text import parsed
from include.pace import LONGEST_PAUSE, MAIN, Pace, Patience

__all__ = ["Answer", "Http", "Judge", "Session", "pooled", "retry_after"]

Session = requests.Session

TRIES = 4  # of one read, before Airflow's own retry takes over
THREADS = 32  # that may use one session at once, each with a connection that is kept
LARGEST_BODY = 50 * 1024 * 1024  # bytes; no page of any platform comes near
CHUNK = 64 * 1024
UNTRUSTED = {525, 526}  # what Cloudflare answers then
ADDRESS = re.compile(r"[^/]*(?:@|%40)[^/]*", re.IGNORECASE)

# Its lines hold whole URLs, and so people's addresses, at whatever level an operator may set.
logging.getLogger("urllib3.connectionpool").addFilter(lambda record: False)


Judge = Callable[[Answer], RollcallError | None]


class _Broken(Exception):
    """What came back cannot be used: a time-out, a reset, a 5xx, a cut or foreign body. Never leaves this file."""


class _Untrusted(_Broken):
    """The vendor's own proxy does not trust the server behind it: so it is until somebody there mends that."""


@dataclass(frozen=True)
class Http:
    """
    One platform's HTTP. `judge` says what an answer refuses, or None when it is fine; 5xx never reach it.

    `pace` says when a request may be sent. `sleep` and `clock` are seconds, and are passed in by tests.
    """

    platform: str
    session: requests.Session
    base_url: str
    judge: Judge
    request_seconds: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    tries: int = TRIES
    largest_body: int = field(default=LARGEST_BODY)
    pace: Pace = field(default_factory=Pace)
    _dates: list[str] = field(default_factory=list, init=False, repr=False)

    def date(self) -> datetime | None:
        """When the platform last answered, by its own clock; None where it has not said so."""
        return date_of(self._dates[-1]) if self._dates else None

    def read(self, method: str, path: str, quota: str = MAIN, **how: Any) -> Answer:
        """
        Ask for something; asking again changes nothing. It waits for its turn as long as that takes.

        `quota` is one of the platform's own, for calls that it counts apart. `how`: params, json, data, headers. Raises
        what `judge` says, RateLimited, or Unreachable.
        """
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            wait=_wait,
            retry=tenacity.retry_if_exception(_worth_repeating),
            sleep=self._rest,
            reraise=True,
        )
        try:
            return attempts(self._exchange, method, path, how, quota, math.inf)
        except _Broken as broken:
            raise Unreachable(f"{self.platform} {broken} ({_call(method, path)}). It may work later.") from broken

    def write(self, method: str, path: str, quota: str = MAIN, **how: Any) -> Answer:
        """
        Change something, by one request that is never repeated here.

        It waits for its turn at most as long as a request may take: the lease of a fix is at least twice that. Whether
        it may be sent still is asked of `permit` then. Raises what that says or what `judge` says (nothing was
        changed), RateLimited or Unreachable when not a byte was sent, or UnclearOutcome.
        """
        try:
            return self._exchange(method, path, how, quota, self.request_seconds, writes=True)
        except _Broken as broken:
            message = f"{self.platform} {broken} ({_call(method, path)})"
            raise UnclearOutcome(f"{message}. Whether it took effect shows when the record is read.") from broken

    def _exchange(
        self, method: str, path: str, how: Mapping[str, Any], quota: str, patience: float, writes: bool = False
    ) -> Answer:
        """One request in its turn, and what came of it. Only what comes after the turn counts against its time."""
        waits = Patience(self.request_seconds, patience, self.clock, self.sleep)
        with self.pace.turn(quota, how, waits) as turn:
            if writes:
                permit.insist()
            answer = turn.answer = self._parsed(method, path, *self._sent(method, path, how))
            if answer.status == 200 and not writes and not answer.raw.strip():
                raise _Broken("answered with nothing")  # who has nothing to tell says so, or 204
            try:
                self._insist(method, path, answer)
            except RateLimited as limited:
                turn.refused(limited.seconds)
                raise
        return answer

    def _sent(self, method: str, path: str, how: Mapping[str, Any]) -> tuple[requests.Response, bytes]:
        ends, late = Deadline(self.request_seconds), f"gave no whole answer within {self.request_seconds:g} s"
        url = self.base_url.rstrip("/") + path
        wait = (min(10.0, self.request_seconds), self.request_seconds)
        try:
            with (
                ends,
                self.session.request(method, url, timeout=wait, stream=True, allow_redirects=False, **how) as told,
            ):
                return told, self._body(told)
        except requests.ConnectionError as error:
            if _never_sent(error):
                raise Unreachable(
                    f"{self.platform} cannot be reached at {urlsplit(url).hostname} ({_call(method, path)}). "
                    "Is the host in its connection right, and is it up?"
                ) from None
            raise _Broken(late if ends.over() else "broke the connection") from None
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise _Broken(late) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            raise _Broken("cut its answer short") from None

    def _body(self, response: requests.Response) -> bytes:
        """The whole body, within the size cap."""
        chunks: list[bytes] = []
        size = 0
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > self.largest_body:
                raise UnexpectedAnswer(f"{self.platform} sent more than {self.largest_body:,} bytes in one answer")
            chunks.append(chunk)
        promised = response.headers.get("Content-Length")
        if promised and promised.isdecimal() and not response.headers.get("Content-Encoding") and size < int(promised):
            raise _Broken("cut its answer short")
        return b"".join(chunks)

    def _parsed(self, method: str, path: str, response: requests.Response, raw: bytes) -> Answer:
        status = response.status_code
        if status >= 500:
            raise (_Untrusted if status in UNTRUSTED else _Broken)(f"answered {status}")
        if 300 <= status < 400:
            raise UnexpectedAnswer(
                f"{self.platform} answered {status} ({_call(method, path)}): redirects are not followed. "
                "Put the address it should be into the connection."
            )
        try:
            body = parsed(raw) if raw.strip() else None
        except (ValueError, RecursionError):
            if status < 400 or (status != 429 and _claims_json(response)):
                raise _Broken("answered with something that is not JSON") from None
            body = None if status == 429 else {}
        answer = Answer(status, response.headers, body, raw)
        if said := answer.headers.get("Date"):
            self._dates[:] = [said]
        return answer

    def _insist(self, method: str, path: str, answer: Answer) -> None:
        """Raise what an answer refuses."""
        if error := self.judge(answer):
            raise error
        status = answer.status
        if status == 429:
            raise RateLimited(f"{self.platform} asks us to wait ({_call(method, path)}).", retry_after(answer))
        if status >= 400:
            raise UnexpectedAnswer(
                f"{self.platform} answered {status} ({_call(method, path)}), which we have no word for."
            )

    def _rest(self, seconds: float) -> None:
        if seconds:
            self.sleep(seconds)


def pooled(session: Session, base_url: str) -> Session:
    """
    A session that keeps a connection for each of many threads. Its requests are never repeated below `Http`.

    What the environment says of proxies and certificates is asked once: requests would ask it twice for every request,
    and would put a key from ~/.netrc in place of ours.
    """
    ending(session, pool_maxsize=THREADS, pool_block=True)
    found = session.merge_environment_settings(base_url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False
    return session


def _call(method: str, path: str) -> str:
    """A request as a message may name it: without its query or any part of its path that holds an address."""
    return f"{method} {ADDRESS.sub('{email}', urlsplit(path).path)}"


def _worth_repeating(error: BaseException) -> bool:
    if isinstance(error, RateLimited):
        return error.seconds is None or error.seconds <= LONGEST_PAUSE
    return isinstance(error, _Broken | Unreachable) and not isinstance(error, _Untrusted)


def _wait(state: tenacity.RetryCallState) -> float:
    """
    A pause that doubles, with jitter so that workers do not come back at once. What the platform itself asks for is
    waited before the next turn, with everybody else.
    """
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimited) and error.seconds is not None:
        return 0.0
    return tenacity.wait_random_exponential(multiplier=0.5, max=10)(state)


def _never_sent(error: requests.ConnectionError) -> bool:
    """Whether it failed before the connection stood: only then has the platform seen nothing."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _claims_json(response: requests.Response) -> bool:
    return "json" in response.headers.get("Content-Type", "").lower()
