"""Writes whose answer is lost before the platform has done anything: each takes effect later, when a test says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from include.platforms import Platform
from tests.sandboxes import Sandbox

WRITE = re.compile(r"^(PUT|PATCH) |^POST \S+/merge|mutation|\baction=(Update|Add|Create)")


@dataclass
class Late:
    """Opens a sandbox's platforms; `armed`: the next write is held on its way, and who sent it hears nothing."""

    sandbox: Sandbox
    armed: bool = False
    held: requests.PreparedRequest | None = None

    def open(self, name: str) -> Platform:
        session = requests.Session()
        session.mount("http://127.0.0.1", _Road(self))
        return self.sandbox.open(name, session=session)

    def land(self) -> bool:
        """Let what was held arrive; whether anything was."""
        request, self.held = self.held, None
        if request is None:
            return False
        with requests.Session() as session:
            session.send(request, timeout=5)
        return True


class _Road(HTTPAdapter):
    def __init__(self, late: Late) -> None:
        super().__init__()
        self.late = late

    def send(self, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else request.body or ""
        if self.late.armed and WRITE.search(f"{request.method} {request.url} {body}"):
            self.late.armed, self.late.held = False, request.copy()
            raise requests.ReadTimeout("no answer came")
        return super().send(request, *args, **how)
