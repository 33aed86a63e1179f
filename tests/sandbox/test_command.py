"""`python -m include.sandbox` as a newcomer starts it: what it prints, what it serves, and how it gives up."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from include.sandbox.world import make_world

COMMAND = [sys.executable, "-m", "include.sandbox"]
HOME = Path(__file__).parents[2]
PLAIN = os.environ | {"COLUMNS": "160", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUNBUFFERED": "1"}


def said(*options: str) -> tuple[int, str]:
    """Exit code and output of a command that ends by itself."""
    ended = subprocess.run([*COMMAND, *options], cwd=HOME, env=PLAIN, capture_output=True, text=True, timeout=60)
    return ended.returncode, ended.stdout + ended.stderr


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A running sandbox, and what it printed up to where it says how to stop it."""
    running = subprocess.Popen(
        [*COMMAND, *options], cwd=HOME, env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    too_long = threading.Timer(60, running.kill)
    too_long.start()
    assert running.stdout is not None
    lines = []
    try:
        for line in running.stdout:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        yield running, lines
    finally:
        too_long.cancel()
        if running.poll() is None:
            running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield str(holder.getsockname()[1])


def free() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def asked(url: str) -> requests.Response:
    return requests.get(url, timeout=10)


def test_help_names_every_option():
    code, text = said("--help")
    assert code == 0
    for option in ("port", "people", "seed", "host", "mail-port", "spool", "latency", "mark", "quota"):
        assert f"--{option}" in text


def test_it_prints_where_every_platform_is_and_serves_it(tmp_path: Path):
    port, mail_port = free(), free()
    options = ["--port", port, "--people", "20", "--seed", "5", "--mail-port", mail_port, "--spool", str(tmp_path)]
    with started(*options) as (_, lines):
        text = "".join(lines)
        assert "20" in lines[0] or "21" in lines[0]
        for platform in ("bigcommerce", "hubspot", "shopify", "whm", "whmcs"):
            assert f"http://127.0.0.1:{port}/{platform}" in text
        assert asked(f"http://127.0.0.1:{port}/_sandbox/truth").json() == make_world(20, 5).truth()
        connections = asked(f"http://127.0.0.1:{port}/_sandbox/connections").json()
        assert connections["smtp_default"]["port"] == int(mail_port)
        with smtplib.SMTP("127.0.0.1", int(mail_port), timeout=5) as mail:
            mail.sendmail("a@example.com", ["b@example.com"], "Subject: hello\r\n\r\nhello\r\n")
    assert [path.name for path in tmp_path.iterdir()] == ["000001.eml"]


def test_port_0_takes_a_free_port_and_prints_it():
    with started("--port", "0", "--people", "1") as (_, lines):
        (row,) = [line for line in lines if "/_sandbox/truth" in line]
        url = next(word for word in row.split() if word.startswith("http://"))
        assert ":0/" not in url
        assert asked(url).json()["seed"] == 7


def test_ctrl_c_ends_it_without_a_traceback():
    with started("--port", free(), "--people", "1") as (running, _):
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=20)
    assert "Traceback" not in rest


@pytest.mark.parametrize("option", ["--port", "--mail-port"])
def test_a_taken_port_is_named_and_the_exit_code_is_2(option: str, taken: str):
    other = {"--port": ["--mail-port", "0"], "--mail-port": ["--port", free()]}[option]
    code, text = said(option, taken, *other, "--people", "1")
    assert code == 2
    assert f"Port {taken} is taken" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param(["--people", "0"], "--people", id="nobody"),
        pytest.param(["--people", "many"], "--people", id="people-in-words"),
        pytest.param(["--latency", "-1"], "--latency", id="answers-before-questions"),
        pytest.param(["--quota", "golden"], "unlimited, standard, usual, professional", id="an-unknown-plan"),
        pytest.param(["--host", "nowhere.invalid"], "nowhere.invalid", id="an-unknown-host"),
        pytest.param(["--port", "99999"], "--port", id="a-port-out-of-range"),
        pytest.param(["--colour", "blue"], "--colour", id="an-unknown-option"),
    ],
)
def test_a_wrong_option_is_named_and_the_exit_code_is_2(options: list[str], named: str):
    code, text = said(*options)
    assert code == 2
    assert named in text
    assert "Traceback" not in text
