"""The step that sends, killed while a mail server has a message in hand: at most that one goes out a second time."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from include.notices.channels import LEASE_SECONDS
from include.store import findings, outbox
from include.store.ledger import Ledger, open_ledger, upgrade
from tests.notices.mailing import FINDING, put, states
from tests.torture import postman
from tests.torture.behind import free_port
from tests.torture.cells import PROJECT, SECONDS

PEOPLE = ("ann@old.example", "bo@new.example", "cat@third.example")
AFTER = timedelta(seconds=LEASE_SECONDS + 1)


class Holding:
    """A mail server that keeps one answer back until it may go on. `got`: Message-ID and recipients of what it took."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.got: list[tuple[str, tuple[str, ...]]] = []
        self.held, self.opened = threading.Event(), threading.Event()

    async def handle_RCPT(self, _smtp: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", "250 OK")

    async def handle_DATA(self, _smtp: Any, _session: Any, envelope: Any) -> str:
        told = message_from_bytes(envelope.content)
        self.got.append((str(told["Message-ID"]).strip(), tuple(envelope.rcpt_tos)))
        return await self._answer("DATA", "250 OK")

    async def handle_QUIT(self, _smtp: Any, _session: Any, _envelope: Any) -> str:
        return await self._answer("QUIT", "221 Bye")

    async def _answer(self, at: str, answer: str) -> str:
        if at == self.at and not self.held.is_set():
            self.held.set()
            await asyncio.to_thread(self.opened.wait, SECONDS)
        return answer


@pytest.fixture
def ledger(sqlite_path: Path) -> Ledger:
    upgrade(url := f"sqlite:///{sqlite_path}")
    opened = open_ledger(url)
    findings.file(opened, [FINDING], "2026-11-23")
    put(opened, *PEOPLE)
    return opened


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Holding, int]]:
    holding = Holding(request.param)
    controller = Controller(holding, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield holding, controller.port
    holding.opened.set()
    controller.stop()


@pytest.mark.parametrize(
    ("server", "twice"),
    [("RCPT", 0), ("DATA", 1), ("QUIT", 1)],
    ids=["before it was accepted", "accepted and not answered", "answered and not written down"],
    indirect=["server"],
)
def test_a_postman_killed_at_any_moment_doubles_one_message_at_most_as_the_same_one(ledger, server, twice):
    holding, port = server
    url = ledger.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.torture.postman", url, str(port)]
    killed = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=subprocess.DEVNULL)
    assert holding.held.wait(SECONDS)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait(SECONDS)
    holding.opened.set()
    assert set(states(ledger)) == {"waiting"}

    now = datetime.now(UTC)
    assert postman.main(url, port, now) == len(PEOPLE) - 1  # the other one's lease is not over
    assert postman.main(url, port, now + AFTER) == 1

    assert outbox.counts(ledger) == {"sent": len(PEOPLE)}
    copies = Counter(holding.got)
    assert len({id for id, _ in copies}) == len(copies) == len(PEOPLE)
    assert {whom for _, whom in copies} == {(one,) for one in PEOPLE}
    assert copies.total() == len(PEOPLE) + twice
