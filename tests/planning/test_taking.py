"""Requests on their way: one after the other, again, over, by number; and those that something holds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from include.audit import checked
from include.errors import NotAllowed, RollcallError
from include.planning import conclude, file, locate, preflight, take
from include.store import decisions, dossiers, findings, requests
from include.store.schema import notice, request
from tests.planning.desk import SETTINGS, SupportDesk
from tests.sandbox.hosting_world import Stack


def test_two_requests_for_one_client_wait_for_one_another(desk: SupportDesk) -> None:
    first = desk.planned()
    second = desk.planned(client="11", new_address="ann@other.example")
    assert f"Request {first.id} is about the same client" in second.found["troubles"][0]
    desk.approve(first.id)
    desk.apply()
    requests.again(desk.ledger, second.id, "ann support")
    desk.plan()
    assert desk.row(second.id).state == "filed"


def test_a_request_planned_again_replaces_what_nobody_has_approved(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned()
    then = desk.finding(row.id)
    desk.approve(row.id, "bob")
    stack.ask("UpdateUser", user_id=5, email="ann@moved.example")
    requests.again(desk.ledger, row.id, "ann support")
    desk.plan()
    now = desk.finding(row.id)
    assert (now.id, now.version, now.state) == (then.id, 2, "open")
    assert now.options[0].fixes[0].before == {"email": "ann@moved.example"}


def test_a_plan_of_other_records_takes_the_place_of_the_one_before(desk: SupportDesk, stack: Stack) -> None:
    stack.desk.switches["whois_refused"] = ["31"]
    row = desk.planned()
    then = desk.finding(row.id)
    stack.desk.switches["whois_refused"] = []
    requests.again(desk.ledger, row.id, "ann support")
    desk.plan()
    now = desk.finding(row.id)
    assert "whois:domain:31" in {*now.others} - {*then.others}
    old = findings.get(desk.ledger, then.id)
    assert old is not None
    assert (old.state, now.state) == ("gone", "open")


def test_the_audit_accounts_for_every_request_from_the_telephone_to_the_receipt(
    desk: SupportDesk, stack: Stack
) -> None:
    row = desk.planned()
    stack.desk.switches["whois_refused"] = ["31"]
    requests.again(desk.ledger, row.id, "ann support")
    desk.plan()
    desk.approve(row.id)
    desk.apply()
    desk.ask(client="12")
    requests.withdraw(desk.ledger, 2, "ann support")
    assert checked(desk.ledger).problems == []


def test_a_reviewer_sees_what_is_asked_beside_what_there_is(desk: SupportDesk) -> None:
    row = desk.planned()
    seen = dossiers.read(desk.ledger, [str(row.finding_id)])[str(row.finding_id)]
    assert {one["ref"]: one["email"] for one in seen.records} == {
        "whmcs:client:11": "ann@example.com",
        "whmcs:login:5": "ann@example.com",
        "cpanel:hosting:annsite": "ann@example.com",
        "whois:domain:31": "ann@example.com",
        "whois:domain:33": "ann@example.com",
        f"rollcall:request:{row.id}": "ann@new.example",
    }
    assert seen.known == {"example.com"}  # the new one is new: two people agree to it
    assert desk.approve(row.id, "bob") == "half_approved"


def test_a_night_does_not_close_what_a_client_asked_for(desk: SupportDesk) -> None:
    row = desk.planned()
    findings.file(desk.ledger, [], "2026-11-24")
    assert desk.row(row.id).finding_state == "open"


def test_a_rejected_request_is_over(desk: SupportDesk) -> None:
    row = desk.planned()
    found = desk.finding(row.id)
    told = {"verdict": "rejected", "reviewer": "bob", "version": found.version, "reason": "she called back"}
    decisions.decide(desk.ledger, found.id, **told)
    assert desk.row(row.id).over
    assert desk.planned(client="11").state == "filed"


def test_proof_that_grew_old_while_the_request_waited_is_asked_for_anew(desk: SupportDesk) -> None:
    id = desk.ask()
    _pretend(desk, id, seen_on=(datetime.now(UTC).date() - timedelta(8)).isoformat())
    desk.plan()
    assert "older than 7 days" in desk.row(id).found["troubles"][0]


def test_a_request_that_somebody_changed_in_the_ledger_is_neither_planned_nor_approved(desk: SupportDesk) -> None:
    row = desk.planned()
    with desk.ledger.write() as connection:
        connection.execute(sa.update(request).values(requester="somebody else"))
    with pytest.raises(NotAllowed, match="not what was written down"):
        desk.approve(row.id, "ann support")
    with desk.ledger.write() as connection:
        connection.execute(sa.update(request).values(state=requests.WAITING))
    desk.plan()
    assert "not what was written down" in desk.row(row.id).found["troubles"][0]


def _pretend(desk: SupportDesk, id: int, seen_on: str) -> None:
    """Write a request as it would stand, had it been taken down with this day of proof."""
    asked = dict(desk.row(id).asked)
    asked["proof"] = {**asked["proof"], "seen_on": seen_on}
    with desk.ledger.write() as connection:
        connection.execute(sa.delete(request).where(request.c.id == id))
    assert requests.add(desk.ledger, [asked], "ann support") == [id]


FORGED: list[Any] = [
    pytest.param({"request": 99}, id="a-request-that-is-not-there"),
    pytest.param({"request": "1"}, id="a-number-as-text"),
    pytest.param({"request": True}, id="a-truth"),
    pytest.param({"request": 1, "email": "eve@evil.example"}, id="something-beside-it"),
    pytest.param({"new_address": "eve@evil.example"}, id="something-else"),
]


@pytest.mark.parametrize("conf", FORGED)
def test_a_run_is_told_a_number_and_nothing_else(desk: SupportDesk, conf: dict[str, Any]) -> None:
    desk.ask()
    with pytest.raises(NotAllowed) as refused:
        take(desk.ledger, conf)
    assert "eve" not in str(refused.value)


@pytest.mark.parametrize("conf", [None, {}, {"request": None}])
def test_a_run_without_a_number_takes_all_that_wait(desk: SupportDesk, conf: dict[str, Any] | None) -> None:
    first, second = desk.ask(), desk.ask(client="12")
    assert take(desk.ledger, conf) == [first, second]
    assert take(desk.ledger, {"request": second}) == [second]


def test_a_platform_that_does_not_answer_keeps_a_request_waiting_and_no_other(desk: SupportDesk, stack: Stack) -> None:
    """The server of the cPanel accounts is away: who did not ask for them need not wait for it."""
    slow, quick = desk.ask(), desk.ask(client="12", cpanel=False, domains=[], new_address="bob@new.example")
    stack.arm("503", ".*", platform="whm", times=1000)
    desk.plan()
    assert (desk.row(slow).state, desk.row(quick).state) == (requests.LOCATED, "filed")
    with pytest.raises(RollcallError, match=f"Request {slow} could not be looked up") as told:
        conclude(desk.ledger, [slow, quick])
    assert "@" not in str(told.value)
    stack.faults.arm([])
    desk.plan()
    assert desk.row(slow).state == "filed"
    conclude(desk.ledger, [slow, quick])


def test_nothing_personal_is_logged_or_handed_from_task_to_task(
    desk: SupportDesk, stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    stack.ask("UpdateUser", user_id=6, email="taken@new.example")
    good, bad = desk.ask(), desk.ask(client="12", new_address="taken@new.example", reason="canary of a reason")
    caplog.set_level("DEBUG", logger="include")
    ids = take(desk.ledger, None)
    handed = [
        ids,
        locate(desk.ledger, ids, desk.open),
        preflight(desk.ledger, ids, desk.open, desk.snapshots, SETTINGS),
        file(desk.ledger, ids, SETTINGS),
    ]
    assert (desk.row(good).state, desk.row(bad).state) == ("filed", "trouble")
    told = caplog.text + str(handed)
    assert f"request {good}: filed" in told
    for word in ("@", "canary", "Ann", "Brien", "Stone", "4711", "a.example"):
        assert word not in told


def test_the_reviewers_hear_of_a_request_once_and_by_number(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned()
    stack.ask("UpdateUser", user_id=5, email="ann@moved.example")
    requests.again(desk.ledger, row.id, "ann support")
    desk.plan()
    with desk.ledger.read() as connection:
        (one,) = connection.execute(sa.select(notice)).all()
    assert one.subject == f"Rollcall: request {row.id} waits for another person"
    assert f"/findings/{row.finding_id}" in one.text
    assert "ann" not in (one.subject + one.text + one.html).lower().replace("planned", "")
