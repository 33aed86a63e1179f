"""
Where the state of a connection's quotas is kept: in memory, or in a small file that all tasks of this machine share.

The file holds times and counts, its name holds no secret, and losing it costs at most one refusal.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from include.errors import SettingsWrong

FORM = 1  # of what the files hold; another form has other files


class Kept(Protocol):
    """A state that one at a time may read and change."""

    def open(self) -> AbstractContextManager[dict[str, Any]]:
        """The state; what it is changed to is kept."""


class Memory:
    """For one process, or for a test."""

    def __init__(self) -> None:
        self._state: dict[str, Any] = {}
        self._lock = threading.Lock()

    @contextmanager
    def open(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            yield self._state


class File:
    """For all processes of this machine that have the same folder."""

    def __init__(self, folder: Path, connection: str, url: str) -> None:
        digest = hashlib.sha256(url.encode()).hexdigest()[:12]
        self.path = folder / f"{connection}-{digest}.{FORM}.json"
        self._lock = threading.Lock()
        _make(folder)

    @contextmanager
    def open(self) -> Iterator[dict[str, Any]]:
        with self._lock:  # threads of this process wait here rather than for the file
            file = self._open()
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                state = _read(file)
                yield state
                written = json.dumps(state).encode() + b"\n"
                os.pwrite(file, written, 0)
                os.ftruncate(file, len(written))
            finally:
                os.close(file)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return os.open(self.path, flags, 0o600)
        except FileNotFoundError:  # somebody cleared the system's temporary folder
            _make(self.path.parent)
            return os.open(self.path, flags, 0o600)
        except OSError as error:
            raise _unusable(self.path, error.strerror) from error


def usual_folder() -> Path:
    """This user's folder below the system's own for what need not last."""
    return Path(tempfile.gettempdir()) / f"rollcall-{os.getuid()}"


def _make(folder: Path) -> None:
    """Make the folder if need be. Raises SettingsWrong if it cannot be used, or is not ours where anybody may write."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    if folder == usual_folder() and owner != os.getuid():
        raise _unusable(folder, "it belongs to another user")


def _unusable(path: Path, why: str | None) -> SettingsWrong:
    return SettingsWrong(f"The quotas cannot be kept at {path} ({why}); name another folder in ROLLCALL_QUOTA_FOLDER.")


def _read(file: int) -> dict[str, Any]:
    """What the file holds; nothing when it is new, or when a process died while it wrote."""
    text = os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "replace")
    try:
        state, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
