"""The hosting procedure for a new address from end to end: every step by its own operation, on one client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from include.errors import NotAllowed
from include.model import Action, Fix, Ref
from include.platforms.whmcs.find import access, find_client, owner_of
from include.platforms.whmcs.holders import contacts_holding, holders
from include.platforms.whmcs.services import hosting_of
from include.platforms.whois.find import domains_of
from include.registrant_change import set_address
from include.settings import Settings
from include.store.schema import receipt
from tests.apply.cases import Worker, approved, receipts_of, states, told_to
from tests.sandbox.hosting_world import Stack, hosting_world, served, set_email
from tests.torture.checker import violations

OLD, NEW = "ann@example.com", "ann@new.example"
ANN = Ref("whmcs", "client", "11")
CONSENT = f"ticket 4711, read on {datetime.now(UTC).date()}"
NOTE = {"note": "Rollcall 0123456789ab", "text": "The client asked for another address."}


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Ann has a sub-contact at her old address, and her site is at the domain WHMCS says."""
    company = hosting_world()
    ann = next(one for one in company.accounts if one.platform == "whmcs" and one.id == "11")
    ann.extra["contacts"] = [{"id": "41", "email": OLD}]
    with served(company) as running:
        yield running


@pytest.fixture
def worker(ledger: Any, stack: Stack) -> Worker:
    return Worker(ledger, SimpleNamespace(open=stack.platform))  # type: ignore[arg-type]


def fixes_for(stack: Stack, asked: str, consent: str | None = CONSENT) -> list[Fix]:
    """What the procedure changes for the client that `asked` finds, in its order."""
    whmcs, whois = stack.platform("whmcs").api, stack.platform("whois").api
    client = find_client(whmcs, asked)
    fixes = [set_email(str(ref), OLD, NEW) for ref in (owner_of(whmcs, client).login, client)]
    fixes += [set_email(str(ref), OLD, NEW) for ref in contacts_holding(whmcs, client, OLD)]
    fixes += [set_email(str(one.account), OLD, NEW, domain=one.domain) for one in hosting_of(whmcs, client)]
    fixes += [set_address(one.domain, OLD, NEW, consent, Settings()) for one in domains_of(whois, client)]
    return [*fixes, Fix(client, Action.ADD_NOTE, {"note": None}, NOTE)]


def records(stack: Stack) -> list[str]:
    return [written["record"] for written in stack.desk.writes if written["effect"] == "applied"]


def test_every_place_that_holds_the_old_address_gets_the_new_one_and_the_reason_is_on_record(
    stack: Stack, worker: Worker, ledger: Any
) -> None:
    whmcs = stack.platform("whmcs").api
    assert holders(whmcs, NEW) == ()
    assert not access(whmcs, ANN, NEW).granted
    approved(ledger, *fixes_for(stack, OLD))
    assert worker.apply() == {"applied": 7}
    assert records(stack) == [
        "whmcs:login:5", "whmcs:client:11", "whmcs:contact:41", "cpanel:hosting:annsite",
        "whois:domain:31", "whois:domain:33", "whmcs:client:11", "whmcs:client:11",
    ]  # fmt: skip
    assert holders(whmcs, OLD) == ()
    assert access(whmcs, ANN, NEW).granted
    assert told_to(ledger) == [OLD, NEW]
    assert [written["action"] for written in stack.desk.writes[-2:]] == ["log", "note"]
    assert all("ada" in str(written["changed"]) for written in stack.desk.writes[-2:])  # who, when and why


def test_a_receipt_says_what_a_person_must_still_do_and_by_when(stack: Stack, worker: Worker, ledger: Any) -> None:
    approved(ledger, *fixes_for(stack, OLD))
    worker.apply()
    details = [detail for _, detail in receipts_of(ledger)]
    assert "CONTACTEMAIL2" in str(details[3])
    today = datetime.now(UTC).date()
    for detail in map(str, details[4:6]):
        assert any(f"by {today + timedelta(15 - night)}" in detail for night in (0, 1))
        assert any(f"until {today + timedelta(60 - night)}" in detail for night in (0, 1))
    assert details[:3] == [None] * 3
    assert not any("@" in str(detail) for detail in details)


def test_a_login_that_another_holds_stops_the_procedure_before_anything_else_moved(
    stack: Stack, worker: Worker, ledger: Any
) -> None:
    fixes = fixes_for(stack, OLD)
    stack.ask("UpdateUser", user_id=6, email=NEW)
    before = len(stack.desk.writes)
    approved(ledger, *fixes)
    assert worker.apply() == {"refused": 1}
    assert states(ledger)[:2] == ["refused", "held"]
    assert [(one["record"], one["effect"]) for one in stack.desk.writes[before:]] == [("whmcs:login:5", "refused")]


def test_without_the_client_s_consent_nobody_can_approve_it(stack: Stack, worker: Worker, ledger: Any) -> None:
    with pytest.raises(NotAllowed, match="needs the client's consent"):
        approved(ledger, *fixes_for(stack, "11", consent=None))
    assert worker.apply() == {}
    assert records(stack) == []


def test_a_worker_killed_between_the_anchor_and_the_note_leaves_no_second_note(stack: Stack) -> None:
    whmcs = stack.platform("whmcs")
    note = Fix(ANN, Action.ADD_NOTE, {"note": None}, NOTE)

    class Killed(BaseException):
        """Neither an error of ours nor any other: the process is gone."""

    def kill(answer: Any, **_: Any) -> None:
        if "LogActivity" in answer.request.body:
            raise Killed

    stack.session.hooks["response"].append(kill)
    with pytest.raises(Killed):
        whmcs.fixes.write(whmcs.api, note)
    stack.session.hooks["response"].clear()
    assert [written["action"] for written in stack.desk.writes] == ["log"]
    assert whmcs.fixes.read(whmcs.api, note) == {"note": NOTE["note"]}
    whmcs.fixes.write(whmcs.api, note)
    assert [written["action"] for written in stack.desk.writes] == ["log"]


def test_a_worker_killed_between_the_anchor_and_the_note_leaves_word_that_the_note_may_be_missing(
    stack: Stack, worker: Worker, ledger: Any
) -> None:
    class Killed(BaseException):
        """Neither an error of ours nor any other: the process is gone."""

    def kill(answer: Any, **_: Any) -> None:
        if "LogActivity" in answer.request.body:
            raise Killed

    approved(ledger, Fix(ANN, Action.ADD_NOTE, {"note": None}, NOTE))
    stack.session.hooks["response"].append(kill)
    with pytest.raises(Killed):
        worker.apply()
    stack.session.hooks["response"].clear()
    worker.clock.sleep(1800)
    assert worker.apply() == {"applied": 1}
    assert "the note may be missing" in str(receipts_of(ledger)[0][1])
    assert [written["action"] for written in stack.desk.writes] == ["log"]
    assert violations(ledger.engine, stack.desk.writes, over=True) == []
    with ledger.write() as connection:
        connection.execute(sa.update(receipt).values(detail=None))
    (told,) = violations(ledger.engine, stack.desk.writes, over=True)
    assert "never written" in told


def test_a_service_on_another_server_stops_its_option_by_name(worker: Worker, ledger: Any, stack: Stack) -> None:
    approved(ledger, set_email("cpanel:elsewhere:web2.example.net/annsite", OLD, NEW))
    assert worker.apply() == {"stale": 1}
    assert "is on a server that the connection whm does not open" in str(receipts_of(ledger)[0][1])
    assert stack.desk.writes == []
