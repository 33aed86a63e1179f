"""What was announced and is not going to be made is called off, to the same people, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.notices.channels import deliver
from include.review import deciding
from include.store import outbox, requests, versions
from tests.notices.mailing import MailServer
from tests.planning.desk import SupportDesk, approved
from tests.sandbox.hosting_world import Stack

OLD = "ann@example.com"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def decide(desk: SupportDesk, id: int, verdict: str, *, withdraw: bool = False, **said: Any) -> str:
    row = desk.finding(id)
    told = {"reviewer": "bob", "version": row.version, "withdraw": withdraw, **said}
    return deciding.decide(desk.ledger, row.id, verdict=verdict, **told)


def called_off(desk: SupportDesk, id: int) -> list[str]:
    return [address for which, address, *_ in desk.told(id) if which == "off"]


@pytest.mark.parametrize(
    ("verdict", "said"), [("rejected", {"reason": "the client objects"}), ("deferred", {"until": TOMORROW})]
)
def test_an_approval_that_is_taken_back_is_called_off(
    desk: SupportDesk, mail: MailServer, verdict: str, said: dict[str, Any]
) -> None:
    id = approved(desk)
    decide(desk, id, verdict, withdraw=True, **said)
    assert called_off(desk, id) == [OLD]
    deliver(desk.ledger, mail.sender(), datetime.now(UTC))
    message = [one for envelope, one in mail.accepted if envelope == [OLD]][-1]
    assert message["Subject"] == "The email address of your account is not going to be changed"
    for kind in ("plain", "html"):
        body = " ".join(message.get_body((kind,)).get_content().split())  # type: ignore[union-attr]
        assert "the address stays as it is" in body
        assert "support@example.com" in body
        assert str(desk.row(id).finding_id) in body
        assert "new.example" not in body


def test_what_went_back_to_the_page_and_is_rejected_there_is_called_off_once(desk: SupportDesk) -> None:
    id = approved(desk)
    row = desk.finding(id)
    assert versions.reopen_approved(desk.ledger, row.id, row.version, "too old", datetime.now(UTC))
    assert called_off(desk, id) == []
    decide(desk, id, "rejected", reason="no word from the client")
    assert called_off(desk, id) == [OLD]


def test_a_request_that_is_withdrawn_after_its_change_was_announced_is_called_off(desk: SupportDesk) -> None:
    id = approved(desk)
    row = desk.finding(id)
    versions.reopen_approved(desk.ledger, row.id, row.version, "refused", datetime.now(UTC))
    requests.again(desk.ledger, id, "ann support")
    deciding.withdraw(desk.ledger, id, "ann support")
    assert (desk.row(id).state, called_off(desk, id)) == ("withdrawn", [OLD])


def test_what_was_announced_is_called_off_once_a_plan_of_other_records_takes_its_place(
    desk: SupportDesk, stack: Stack
) -> None:
    stack.desk.switches["whois_refused"] = ["31"]
    id = approved(desk)
    then = desk.finding(id)
    versions.reopen_approved(desk.ledger, then.id, then.version, "refused", datetime.now(UTC))
    stack.desk.switches["whois_refused"] = []
    requests.again(desk.ledger, id, "ann support")
    assert outbox.told(desk.ledger, then.id)[-1][0] == "coming"
    desk.plan()
    assert desk.finding(id).id != then.id
    assert [told[:2] for told in outbox.told(desk.ledger, then.id)] == [("coming", OLD), ("off", OLD)]
    assert desk.told(id) == []


def test_what_nobody_was_told_of_is_not_called_off(desk: SupportDesk) -> None:
    row = desk.planned()
    desk.approve(row.id, "bob")
    decide(desk, row.id, "rejected", reason="not she")
    assert desk.told(row.id) == []
    again = desk.ask(new_address="ann@other.example")
    deciding.withdraw(desk.ledger, again, "ann support")
    assert desk.row(again).state == "withdrawn"


def test_what_was_made_in_part_is_told_as_that_and_not_called_off(desk: SupportDesk, stack: Stack) -> None:
    id = approved(desk)
    stack.ask("UpdateClient", clientid=11, email="somebody@else.example", skipvalidation="1")
    desk.apply()
    assert desk.finding(id).state == "open"  # its login took, its profile had been edited
    decide(desk, id, "rejected", reason="it was edited")
    assert [which for which, *_ in desk.told(id)] == ["coming", "old", "new"]
