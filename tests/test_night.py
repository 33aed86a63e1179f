"""
One whole story in a real Airflow against the sandbox: nights that stop where they should, and the demo to its end.

The tests of this module share one Airflow and run in the order written.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from include.run.demo import play_demo
from include.run.home import Home, Ports
from include.run.local_airflow import RunFailed
from include.run.local_rollcall import LocalRollcall
from include.run.processes import Processes
from include.store import findings
from tests.forging import Forger, untouched

pytestmark = [pytest.mark.night, pytest.mark.airflow, pytest.mark.timeout(900)]

PEOPLE = 120


@pytest.fixture(scope="module")
def rollcall(tmp_path_factory) -> Iterator[LocalRollcall]:
    home = Home(tmp_path_factory.mktemp("home"), Ports(*(_free_port() for _ in range(3))))
    processes = Processes(home.folder / "processes.json", home.logs)
    local = LocalRollcall(home, processes, Console(file=io.StringIO(), width=160))
    try:
        local.start(PEOPLE, seed=11, sandbox=True)
        yield local
    finally:
        processes.stop()


@pytest.fixture(autouse=True)
def no_fault_outlives_its_test(rollcall) -> Iterator[None]:
    yield
    _arm(rollcall)


def test_a_platform_that_answers_500_stops_the_night_at_its_pull(rollcall):
    _arm(rollcall, {"platform": "hubspot", "match": ".*", "fault": "500", "times": 1000})
    with pytest.raises(RunFailed, match=r"stopped at pull_platforms\.pull_hubspot: hubspot answered 500"):
        rollcall.run_night()
    assert rollcall.snapshots().newest() is None
    assert findings.counts(rollcall.ledger()) == {}


def test_the_demo_settles_what_was_planted_and_the_second_night_finds_nothing_new(rollcall):
    play_demo(rollcall, rollcall.console)
    printed = _printed(rollcall)
    assert "The demo held." in printed
    assert "waits for a person" in printed
    settled = {row.rule for row in findings.settled(rollcall.ledger())}
    assert settled == {"billing_drift", "email_mismatch", "duplicate_contact", "orphaned_order"}
    assert "\n".join(_messages_missing(rollcall)) == ""


def test_an_empty_platform_closes_a_gate_and_leaves_yesterday_untouched(rollcall):
    before = (_files(rollcall), findings.counts(rollcall.ledger()))
    _arm(rollcall, {"platform": "hubspot", "match": ".*/objects/contacts(/search)?$", "fault": "empty", "times": 1000})
    with pytest.raises(RunFailed, match="check_pulls: pulls: expected that no platform says that it holds nobody"):
        rollcall.run_night()
    after = (_files(rollcall), findings.counts(rollcall.ledger()))
    assert {path: text for path, text in after[0].items() if path in before[0]} == before[0]
    assert after[1] == before[1]


def test_nothing_that_is_forged_in_airflow_or_in_the_ledger_reaches_a_platform(rollcall):
    forger, ledger = Forger(rollcall), rollcall.ledger()
    before = rollcall.sandbox.call("GET", "/_sandbox/writes")["writes"]
    waiting = next(row for row in findings.page(ledger, state="open", limit=1000) if row.options)
    settled = next(row for row in findings.settled(ledger) if row.rule != "duplicate_contact")

    forged = {"approved": [waiting.id], "option_hash": waiting.options[0].hash, "reviewer": "ceo", "apply": "on"}
    assert forger.run("conf", forged) == "success"
    for task in ("check", "apply"):
        forger.post_xcom("conf", task, forged)
    assert forger.clear("conf", "check", "apply", "verify") == "success"

    forger.approve_in_the_ledger(waiting)
    assert forger.run("state", {}) == "success"
    forger.copy_decisions(settled, waiting)
    assert "are not what was approved" in forger.run("copied", {})
    forger.mark_success("copied", "apply")
    assert "are not what was approved" in forger.clear("copied", "check", "apply", "verify")
    forger.mark_success("copied", "apply")
    forger.mark_run_success("copied")

    assert rollcall.sandbox.call("GET", "/_sandbox/writes")["writes"] == before
    assert untouched(rollcall, waiting)
    forger.take_back(waiting)


def test_no_personal_data_is_in_airflows_database_or_its_logs(rollcall):
    humans = rollcall.sandbox.call("GET", "/_sandbox/truth")["humans"]
    secrets = {human["email"].lower() for human in humans} | {human["phone"] for human in humans if human["phone"]}
    assert len(secrets) > PEOPLE
    kept = {"mail", "data"}
    looked_at = [path for path in rollcall.home.folder.rglob("*") if path.is_file()]
    looked_at = [path for path in looked_at if path.relative_to(rollcall.home.folder).parts[0] not in kept]
    looked_at = [path for path in looked_at if not path.name.startswith("ledger.db")]
    assert any(path.name == "airflow.db" for path in looked_at)
    leaks = []
    for path in looked_at:
        text = path.read_bytes().decode("utf-8", "replace").lower()
        leaks += [f"{path.name} holds {secret[:3]}..." for secret in secrets if secret in text]
    assert leaks == []


def _messages_missing(rollcall: LocalRollcall) -> list[str]:
    """Which address of a settled email change was not told."""
    import email

    told = [email.message_from_bytes(path.read_bytes())["To"].lower() for path in rollcall.home.mail.glob("*.eml")]
    missing = []
    for row in findings.settled(rollcall.ledger()):
        if row.rule == "email_mismatch":
            fixes = row.options[row.recommended].fixes
            changed = {(f.before["email"], f.after["email"]) for f in fixes if f.action == "set_email"}
            for address in {address for pair in changed for address in pair}:
                if told.count(address.lower()) != 1:
                    missing.append(f"{row.id}: one address was told {told.count(address.lower())} times")
    return missing


def _arm(rollcall: LocalRollcall, *faults: dict) -> None:
    rollcall.sandbox.call("POST", "/_sandbox/faults", list(faults))


def _printed(rollcall: LocalRollcall) -> str:
    assert isinstance(rollcall.console.file, io.StringIO)
    return rollcall.console.file.getvalue()


def _files(rollcall: LocalRollcall) -> dict[str, bytes]:
    data = Path(rollcall.env["ROLLCALL_DATA"])
    return {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
