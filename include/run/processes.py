"""Child processes that never outlive us: started in sessions of their own, written down, and stopped as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from include.errors import RollcallError


class ProcessDied(RollcallError):
    """A process we need ended by itself; the message names its log."""


class Processes:
    """The processes of one home. `book` is the file that lets the next start clear up after a killed one."""

    def __init__(self, book: Path, logs: Path) -> None:
        self.book = book
        self.logs = logs
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def take_over(self) -> list[int]:
        """Stop what an earlier, killed or still running start has left behind; returns the process ids stopped."""
        stopped = []
        for pid, created in self._written():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if pid != os.getpid() and abs(process.create_time() - created) < 1:
                    _stop(process)
                    stopped.append(pid)
        self._write()
        return stopped

    def start(self, name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start `command`, its output in `logs/<name>.log`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(  # noqa: S603  our own commands
                command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.children[name] = child
        self._write()
        return child

    def wait(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`; raises ProcessDied when a child ends first or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ProcessDied(f"{what} was not ready after {seconds:.0f} s; see the logs in {self.logs}.")
            time.sleep(0.2)

    def check(self) -> None:
        """Raise ProcessDied when a child has ended by itself."""
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.logs / f"{name}.log"
                raise ProcessDied(
                    f"{name} ended with exit code {child.returncode}. {_last_line(log)} (all of it: {log})"
                )

    def stop(self) -> None:
        """Stop every child and all that it started."""
        for child in reversed(self.children.values()):
            with contextlib.suppress(psutil.NoSuchProcess):
                _stop(psutil.Process(child.pid))
            child.wait()
        self.children.clear()
        self._write()

    def _written(self) -> list[tuple[int, float]]:
        if not self.book.is_file():
            return []
        try:
            return [(int(pid), float(created)) for pid, created in json.loads(self.book.read_text())]
        except ValueError:  # killed while writing: nothing readable, nothing to stop
            return []

    def _write(self) -> None:
        rows = [(os.getpid(), psutil.Process().create_time())]
        for child in self.children.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                rows.append((child.pid, psutil.Process(child.pid).create_time()))
        self.book.parent.mkdir(parents=True, exist_ok=True)
        partial = self.book.with_suffix(".partial")
        partial.write_text(json.dumps(rows))
        partial.replace(self.book)


def python(*arguments: str) -> list[str]:
    """A command of this very Python."""
    return [sys.executable, *arguments]


def _stop(process: psutil.Process) -> None:
    """End a process and its descendants: politely, then for certain."""
    family = [process, *process.children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=8)
    for member in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(alive, timeout=5)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "It said nothing."
