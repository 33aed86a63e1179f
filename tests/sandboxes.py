"""A sandbox for tests: one for all tests of a process, as new for each that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from include.key import Key
from include.platforms import Platform, connection_of, open_platform
from include.sandbox.server import Served, build, serve_in_thread

PEOPLE = 60


@dataclass
class Sandbox:
    served: Served

    @property
    def world(self) -> Any:
        return self.served.app.state.sandbox.world

    def open(
        self, name: str, secret: str = "sandbox", session: requests.Session | None = None, **http: Any
    ) -> Platform:
        connection = self._get("connections")[connection_of(name)]
        key = Key(connection["login"], secret, connection["extra"])
        http.setdefault("sleep", lambda seconds: None)
        return open_platform(name, session or requests.Session(), connection["host"], key, **http)

    def arm(self, *faults: dict[str, Any]) -> None:
        answer = requests.post(f"{self.served.url}/_sandbox/faults", json=list(faults), timeout=5)
        assert answer.status_code == 200, answer.text

    def switch(self, **switches: Any) -> None:
        answer = requests.post(f"{self.served.url}/_sandbox/switches", json=switches, timeout=5)
        assert answer.status_code == 200, answer.text

    def writes(self) -> list[dict[str, Any]]:
        return [write for write in self._get("writes")["writes"] if write["effect"] == "applied"]

    def reset(self) -> None:
        requests.post(f"{self.served.url}/_sandbox/reset", timeout=10)

    def _get(self, what: str) -> Any:
        return requests.get(f"{self.served.url}/_sandbox/{what}", timeout=5).json()


@pytest.fixture(scope="session")
def served() -> Iterator[Sandbox]:
    running = serve_in_thread(build(PEOPLE, seed=3))
    yield Sandbox(running)
    running.stop()


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served
