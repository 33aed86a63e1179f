"""
A PostgreSQL server that listens on a socket in a folder of its own and is gone with it.

It is as fast as a server can be that may forget everything in a power cut; one that is to be killed in a test must not
forget what it has committed. It does not install PostgreSQL.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

import psycopg

OWNER = "postgres"  # the account that runs the server when root runs the tests: the server refuses root
SECONDS = 60  # how long it may take to start
MEMORY, ROOM = "/dev/shm", 4 << 30  # a folder that is memory, and how much must be free in it
QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=16MB")
FORGETFUL = (*QUICK, "synchronous_commit=off")


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest if there are many; None where none is installed."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = shutil.which("initdb") or (packaged[-1] if packaged else None)
    return Path(found).resolve().parent if found else None


def quick_folder() -> str | None:
    """Where temporary files cost no disk; None, which is the usual place, if this machine has no room there."""
    return MEMORY if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


class Server(AbstractContextManager["Server"]):
    """A running server; nobody but this machine's processes can reach it."""

    def __init__(self, programs: Path, *, options: tuple[str, ...] = FORGETFUL) -> None:
        self.programs = programs
        self.options = options
        # a short name: the path of a socket has room for 107 letters
        self.folder = Path(tempfile.mkdtemp(prefix="rollcall-pg-", dir=quick_folder()))
        self.account: dict[str, Any] = {"cwd": self.folder}
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.account |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def __enter__(self) -> Self:
        self._program("initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()
        shutil.rmtree(self.folder)

    def begin(self) -> None:
        """Start it, or start it again after it crashed."""
        options = ("listen_addresses=", f"unix_socket_directories={self.folder}", *self.options)
        given = " ".join(f"-c {option}" for option in options)
        self._program("pg_ctl", "start", "-w", "-t", SECONDS, "-l", self.folder / "log", "-o", given)
        self.admin = psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True)

    def crash(self) -> None:
        """End it at once: who is connected is cut off, what was not committed never was."""
        self.admin.close()
        self._program("pg_ctl", "stop", "-w", "-m", "immediate")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database that holds what `template` holds; returns its URL."""
        self.admin.execute(f"CREATE DATABASE {database} TEMPLATE {template}".encode())
        return self.url(database)

    def drop(self, database: str) -> None:
        """Forget a database, whoever is connected."""
        self.admin.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())

    def _program(self, name: str, *words: object) -> None:
        command = [str(word) for word in (self.programs / name, "-D", self.folder / "data", *words)]
        # output to a file: the server inherits it, and a pipe would stay open as long as it runs
        with (self.folder / f"{name}.out").open("w") as told:
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=told, stderr=told, **self.account)
