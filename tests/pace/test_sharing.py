"""The tasks of one machine are processes: together they keep to a quota, also when one of them dies."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from include.errors import SettingsWrong
from include.pace import MAIN, File, Pace, Patience, Window
from include.pace.kept import usual_folder

LIMIT, SECONDS = 10, 0.2
TASK = """
import sys, time
from pathlib import Path
from include.pace import MAIN, File, Pace, Patience, Window

pace = Pace("acme", {MAIN: Window(int(sys.argv[2]), float(sys.argv[3]))}, File(Path(sys.argv[1]), "acme", "https://a"))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[4])):
    with pace.turn(MAIN, {}, Patience(float(sys.argv[5]))):
        print(time.monotonic(), flush=True)
        if sys.argv[6] == "hang":
            time.sleep(60)
"""


class Task:
    """Another process that sends so many requests; it begins when it is told to."""

    def __init__(
        self,
        folder: Path,
        limit: int = LIMIT,
        seconds: float = SECONDS,
        times: int = 25,
        request: float = 5.0,
        do: str = "",
    ) -> None:
        told = [str(each) for each in (folder, limit, seconds, times, request, do)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", TASK, *told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def begin(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def sent(self) -> list[float]:
        """When it sent each of its requests."""
        told, _ = self.process.communicate(timeout=30)
        return [float(line) for line in told.split()]


def here(folder: Path, limit: int = LIMIT, seconds: float = SECONDS, url: str = "https://a") -> Pace:
    return Pace("acme", {MAIN: Window(limit, seconds)}, File(folder, "acme", url))


def test_processes_share_one_quota(tmp_path: Path):
    tasks = [Task(tmp_path) for _ in range(3)]
    for task in tasks:
        task.begin()
    sent = sorted(moment for task in tasks for moment in task.sent())
    assert len(sent) == 75
    assert all(later - earlier >= SECONDS for earlier, later in zip(sent, sent[LIMIT:], strict=False))
    assert sent[-1] - sent[0] < 7 * SECONDS + 2


def test_a_pause_that_one_process_was_told_of_holds_for_the_others(tmp_path: Path):
    task = Task(tmp_path, times=1)
    with here(tmp_path).turn(MAIN, {}, Patience(5.0)) as turn:
        turn.refused(0.3)
    until = time.monotonic() + 0.25
    task.begin()
    assert task.sent()[0] > until


def test_the_turn_of_a_process_that_was_killed_lapses(tmp_path: Path):
    task = Task(tmp_path, limit=1, seconds=0.0, times=1, request=0.3, do="hang")
    task.begin()
    assert task.process.stdout
    began = float(task.process.stdout.readline())
    os.kill(task.process.pid, signal.SIGKILL)
    task.process.communicate()
    with here(tmp_path, limit=1, seconds=0.0).turn(MAIN, {}, Patience(5.0)):
        assert 0.3 <= time.monotonic() - began < 2


def test_a_process_that_died_while_it_wrote_leaves_a_file_that_others_can_use(tmp_path: Path):
    pace = here(tmp_path)
    for broken in (b"", b'{"at": 1', b"\xff\xfe", b"[]", b'{"at": 0.5}\n3, "x": {}}'):
        pace.kept.path.write_bytes(broken)
        with pace.turn(MAIN, {}, Patience(5.0)):
            pass


def test_a_folder_that_was_cleared_away_meanwhile_is_made_again(tmp_path: Path):
    folder = tmp_path / "quotas"
    pace = here(folder)
    with pace.turn(MAIN, {}, Patience(5.0)):
        pace.kept.path.unlink()
        folder.rmdir()
    with pace.turn(MAIN, {}, Patience(5.0)):
        assert pace.kept.path.is_file()


def test_an_answer_is_not_lost_because_its_turn_cannot_be_ended(tmp_path: Path):
    pace = here(tmp_path)
    with pace.turn(MAIN, {}, Patience(5.0)):
        pace.kept.path.unlink()
        pace.kept.path.mkdir()


def test_each_account_has_a_file_of_its_own_that_only_we_may_read(tmp_path: Path):
    folder = tmp_path / "quotas"
    files = {here(folder, url=url).kept.path.name for url in ("https://a", "https://b", "https://a:secret@b")}
    assert len(files) == 3
    assert not [name for name in files if "secret" in name]
    pace = here(folder)
    with pace.turn(MAIN, {}, Patience(5.0)):
        pass
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(pace.kept.path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsWrong, match="ROLLCALL_QUOTA_FOLDER"):
        here(tmp_path / "file")
    pace = here(tmp_path)
    pace.kept.path.mkdir()
    with pytest.raises(SettingsWrong, match="ROLLCALL_QUOTA_FOLDER"), pace.turn(MAIN, {}, Patience(5.0)):
        pass


def test_the_usual_folder_is_this_users_own():
    assert usual_folder().name == f"rollcall-{os.getuid()}"
