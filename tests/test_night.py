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
from include.run.home import Ports
from include.run.local_airflow import RunFailed
from include.run.local_rollcall import LocalRollcall
from include.run.web import Web
from include.store import findings, requests
from tests import canaries
from tests.canaries import Marked
from tests.forging import Forger, untouched
from tests.planning.desk import form
from tests.torture.gate import Gate, gated

pytestmark = [pytest.mark.night, pytest.mark.airflow, pytest.mark.timeout(900)]

PEOPLE = 120


@pytest.fixture(scope="module")
def rollcall(tmp_path_factory) -> Iterator[Marked]:
    folder, ports = tmp_path_factory.mktemp("home"), Ports(*(_free_port() for _ in range(3)))
    with gated(Gate("")) as gate:
        local = Marked(folder, ports, Console(file=io.StringIO(), width=160), gate)
        try:
            local.start(PEOPLE, seed=11, sandbox=True)
            yield local
        finally:
            local.processes.stop()


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


def test_no_person_and_no_key_is_in_airflow_or_in_a_log_or_shown_to_a_viewer(rollcall):
    _ask_for_a_new_address(rollcall)
    told = canaries.words(rollcall)
    assert len(told) > 2 * PEOPLE
    searched = {where: text for where, text in canaries.files(rollcall.home)}
    assert {"airflow/airflow.db", "logs/api-server.log", "logs/scheduler.log"} <= set(searched)
    assert canaries.leaks(told, searched.items()) == []
    assert canaries.leaks(told, canaries.answers(rollcall)) == []

    held = b"".join(path.read_bytes() for path in rollcall.home.folder.glob("ledger.db*")).lower()
    mails = b"".join(path.read_bytes() for path in rollcall.home.mail.glob("*.eml")).lower()
    typed = {one for one, what in told.items() if what == "what somebody typed"}
    assert {one for one in typed if one.encode() not in held} == set()  # they were there to be leaked
    assert canaries.NEW.encode() in mails

    forger = Forger(rollcall)
    assert forger.run("planted", {}) == "success"
    forger.post_xcom("planted", "check", {"planted": canaries.PROOF})
    assert canaries.leaks(told, canaries.files(rollcall.home)) != []
    assert canaries.leaks(told, canaries.answers(rollcall)) != []


def _ask_for_a_new_address(rollcall: Marked) -> None:
    """A client's request, from the telephone to the messages about it, with words of our own wherever one types."""
    ada, grace, ledger = (*(_signed(rollcall.airflow.web(name)) for name in ("ada", "grace")), rollcall.ledger())
    client = next(one for one in rollcall.sandbox.call("GET", "/_sandbox/truth")["humans"] if _plain_client(one))
    same_domain = client["email"].rpartition("@")[2]  # one person may agree to it, and nothing waits for an objection
    asked = form(new_address=f"{canaries.NEW}@{same_domain}") | {
        "client": next(one.rpartition(":")[2] for one in client["records"] if one.startswith("whmcs:client:")),
        "proof_reference": canaries.TICKET,
        "proof_seen_by": canaries.PROOF,
        "reason": canaries.REASON,
        "cpanel": False,
        "domains": "",
    }
    number = ada.call("POST", "/review/api/requests", asked)["number"]
    run_id = rollcall.airflow.trigger("plan_email_changes")
    for _ in rollcall.airflow.follow("plan_email_changes", run_id):
        pass
    row = requests.get(ledger, number)
    assert row is not None
    assert row.finding_id is not None, (row.state, row.found)
    finding = grace.call("GET", f"/review/api/findings/{row.finding_id}")
    said = {"verdict": "approved", "version": finding["version"], "reason": canaries.APPROVED}
    decided = {**said, "option_hash": finding["options"][0]["hash"]}
    grace.call("POST", f"/review/api/findings/{row.finding_id}/decision", decided)
    rollcall.apply()


def _signed(web: Web) -> Web:
    return Web(
        web.url, web.headers | {"X-Rollcall-CSRF": web.call("GET", "/review/api/session")["csrf"], "Origin": web.url}
    )


def _plain_client(human: dict) -> bool:
    kinds = [one.rpartition(":")[0] for one in human["records"]]
    return kinds.count("whmcs:client") == 1 and kinds.count("whmcs:login") == 1


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
