"""Starting on this machine: what is refused, and with which words."""

from __future__ import annotations

import socket

import psutil
import pytest

from include.errors import SettingsWrong
from include.run.home import CONNECTIONS, Home, Ports, must_be_free, real_connections
from include.run.processes import ProcessDied, Processes, python

ALL = {f"AIRFLOW_CONN_{name.upper()}": "{}" for name in CONNECTIONS}


def test_no_connection_means_the_sandbox():
    assert real_connections({}) is False


def test_all_connections_mean_the_real_platforms():
    assert real_connections(ALL) is True


@pytest.mark.parametrize("missing", CONNECTIONS)
def test_half_configured_connections_are_refused_by_name(missing):
    given = {name: value for name, value in ALL.items() if name != f"AIRFLOW_CONN_{missing.upper()}"}
    with pytest.raises(SettingsWrong, match=rf"some are not \({missing}\)"):
        real_connections(given)


def test_a_taken_port_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsWrong, match=f"Port {port} is taken.*SANDBOX_PORT=<port>"):
            must_be_free(port, "SANDBOX_PORT")


def test_secrets_are_made_once_and_kept_from_others(tmp_path):
    home = Home(tmp_path, Ports())
    first = home.environment({}, sandbox=True, applying=False)
    again = home.environment({}, sandbox=True, applying=False)
    assert first["AIRFLOW__API_AUTH__JWT_SECRET"] == again["AIRFLOW__API_AUTH__JWT_SECRET"]
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir() if path.is_file()} == {0}


def test_outside_the_sandbox_nothing_is_applied_unless_asked(tmp_path):
    assert "ROLLCALL_APPLY" not in Home(tmp_path, Ports()).environment({}, sandbox=False, applying=True)


def test_a_process_that_dies_is_reported_with_its_last_words(tmp_path):
    processes = Processes(tmp_path / "book.json", tmp_path / "logs")
    child = processes.start("oracle", python("-c", "import sys; print('the end'); sys.exit(3)"), {})
    child.wait()
    with pytest.raises(ProcessDied, match=r"oracle ended with exit code 3\. the end"):
        processes.check()


def test_the_next_start_stops_what_a_killed_one_left_behind(tmp_path):
    killed = Processes(tmp_path / "book.json", tmp_path / "logs")
    child = killed.start("sleeper", python("-c", "import time; time.sleep(60)"), {})
    assert Processes(tmp_path / "book.json", tmp_path / "logs").take_over() == [child.pid]
    child.wait(timeout=5)
    assert not psutil.pid_exists(child.pid)
