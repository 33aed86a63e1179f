"""
Ends an HTTP exchange at its deadline, however little the other side sends at a time.

A time-out of a socket counts from byte to byte: who sends one of a status line, a header, the length of a chunk or an
empty piece of gzip now and then never meets it. So each wait for the socket is given no more than what is left.
It does not bound the look-up of a host's name, nor the attempts at several addresses of one host (each has the time-out
of connecting): nothing is sent when they took too long. TLS inside TLS is still counted from byte to byte.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from contextvars import ContextVar, Token
from typing import Any

import requests
import urllib3

__all__ = ["Deadline", "ending"]


class Deadline:
    """What this thread sends and reads within the context ends `seconds` after its beginning."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Deadline:
        self._token = _current.set(self)
        return self

    def __exit__(self, *failure: object) -> None:
        assert self._token is not None
        _current.reset(self._token)

    def over(self) -> bool:
        return time.monotonic() >= self._ends

    def bound(self, sock: socket.socket, most: float | None) -> None:
        """Let the next wait for `sock` take `most` seconds, or what is left when that is less."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not whole within {self.seconds:g} s")
        sock.settimeout(left if most is None else min(most, left))


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def ending(session: requests.Session, **how: Any) -> requests.Session:
    """The session, which from now on keeps to the deadline that its thread is under. `how`: as an adapter takes it."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, _EndingAdapter(**how))
    return session


class _EndingAdapter(requests.adapters.HTTPAdapter):
    """Makes connections that keep to a deadline, through a proxy too. It takes no answer for a redirect."""

    def build_response(self, request: requests.PreparedRequest, answer: Any) -> requests.Response:
        """Without where it leads: to find that out for nobody, requests reads the whole body, of whatever length."""
        response = super().build_response(request, answer)
        response.headers.pop("Location", None)
        return response

    def init_poolmanager(self, *how: Any, **more: Any) -> None:
        super().init_poolmanager(*how, **more)
        _end(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **how: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **how)
        if not known:
            _end(manager)
        return manager


class _Ending:
    """Goes before a connection class of urllib3."""

    def connect(self: Any) -> None:
        super().connect()  # type: ignore[misc]
        if deadline := _current.get():
            if deadline.over():
                self.close()
                raise urllib3.exceptions.ConnectTimeoutError(self, f"not there within {deadline.seconds:g} s")
            deadline.bound(self.sock, self.timeout)

    def send(self: Any, data: Any) -> None:
        if (deadline := _current.get()) and self.sock is not None:
            deadline.bound(self.sock, self.timeout)
        super().send(data)  # type: ignore[misc]

    class response_class(http.client.HTTPResponse):  # the name is urllib3's
        def __init__(self, sock: socket.socket, *how: Any, **more: Any) -> None:
            super().__init__(sock, *how, **more)
            if deadline := _current.get():
                self.fp = io.BufferedReader(_Bounded(self.fp.detach(), sock, deadline))


class _Bounded(io.RawIOBase):
    """The bytes of one answer. A connection that is kept has another one for the next."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._bytes, self._sock, self._deadline, self._most = raw, sock, deadline, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._deadline.bound(self._sock, self._most)
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


def _end(manager: Any) -> None:
    """Have a manager of pools make connections of ours, each a kind of what it made before."""
    manager.pool_classes_by_scheme = {
        scheme: type(
            pool.__name__,
            (pool,),
            {"ConnectionCls": type(pool.ConnectionCls.__name__, (_Ending, pool.ConnectionCls), {})},
        )
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }
