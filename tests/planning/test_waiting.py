"""A requested change waits, so that whoever reads the old address hears of it first and can object."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from include.audit import checked
from include.model import Action, Fix, Ref
from include.notices.channels import deliver
from include.requests.cooling import cools
from include.settings import settings
from include.store import decisions, outbox
from include.store.schema import decision, notice
from tests.apply.cases import Worker, receipts_of
from tests.notices.mailing import MailServer
from tests.planning.desk import NEW, SupportDesk, approved, written
from tests.sandbox.hosting_world import Stack

OLD, REVIEWERS = "ann@example.com", "reviewers@example.com"
NEAR = "ann.obrien@example.com"  # at the domain that she had


@pytest.fixture(autouse=True)
def fresh_settings() -> Any:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_nothing_is_written_before_the_old_address_has_had_its_time(
    desk: SupportDesk, stack: Stack, mail: MailServer
) -> None:
    id = approved(desk)
    assert desk.apply(hours=0) == {"cooling_off": 7}
    assert desk.apply(hours=23.9) == {"cooling_off": 7}
    assert (written(stack), receipts_of(desk.ledger)) == ([], [])
    deliver(desk.ledger, mail.sender(), datetime.now(UTC))
    assert sorted(mail.recipients) == sorted([OLD, REVIEWERS])  # before anything has changed
    assert desk.apply(hours=24.1) == {"applied": 6, "already": 1}
    assert desk.row(id).finding_state == "settled"


def test_the_old_address_is_told_what_will_happen_when_and_whom_to_tell(
    desk: SupportDesk, stack: Stack, mail: MailServer
) -> None:
    id = approved(desk)
    (until,) = [one.not_before for one in desk.finding(id).decisions if one.not_before]
    assert timedelta(hours=23.9) < until - datetime.now(UTC) <= timedelta(hours=24)
    deliver(desk.ledger, mail.sender(), datetime.now(UTC))
    (message,) = (one for envelope, one in mail.accepted if envelope == [OLD])
    body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for told in (f"{until:%H:%M} (UTC)", "at the earliest", "a•••@new.example", "support@example.com"):
        assert told in body
    assert str(desk.row(id).finding_id) in body
    assert NEW not in body
    assert "http" not in body  # nothing to click: see CONTRIBUTING
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_half_of_two_people_approved_is_not_announced(desk: SupportDesk) -> None:
    row = desk.planned()
    assert desk.approve(row.id, "bob") == "half_approved"
    assert [which for which, *_ in desk.told(row.id)] == []
    desk.approve(row.id, "cleo")
    assert [which for which, *_ in desk.told(row.id)] == ["coming"]


def test_the_same_person_at_the_same_domain_need_not_wait(desk: SupportDesk, stack: Stack) -> None:
    id = approved(desk, new_address=NEAR)
    assert [which for which, *_ in desk.told(id)] == []
    assert desk.apply(hours=0)["applied"] == 6
    assert [which for which, *_ in desk.told(id)] == ["old", "new"]


def test_a_new_person_at_the_same_domain_waits(desk: SupportDesk) -> None:
    approved(desk, new_address=NEAR, person="new", first_name="Bea", last_name="Lee")
    assert desk.apply(hours=0).keys() == {"cooling_off"}


def test_hours_are_a_setting_and_none_of_them_is_no_wait(
    desk: SupportDesk, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_COOL_OFF_HOURS", "0")
    id = approved(desk)
    assert [which for which, *_ in desk.told(id)] == []
    worker = Worker(desk.ledger, SimpleNamespace(open=desk.open))  # type: ignore[arg-type]
    assert worker.apply(cool_off_hours=0)["applied"] == 6


def test_an_approval_of_which_nobody_was_told_goes_back(desk: SupportDesk, stack: Stack) -> None:
    """Somebody wrote it past the page, or it is from before there was a wait."""
    row = desk.finding(desk.planned().id)
    for reviewer in ("bob", "cleo"):
        told = {"verdict": "approved", "version": row.version, "option_hash": row.options[0].hash}
        decisions.decide(desk.ledger, row.id, reviewer=reviewer, **told)
    assert desk.apply(hours=200 / 60) == {}
    assert (written(stack), desk.row(1).finding_state) == ([], "open")
    assert "Nobody told the old address" in str(receipts_of(desk.ledger)[-1][1])


def test_a_wait_that_somebody_shortens_in_the_ledger_shows_in_the_audit(desk: SupportDesk) -> None:
    approved(desk)
    assert checked(desk.ledger).problems == []
    with desk.ledger.write() as connection:
        connection.execute(sa.update(decision).values(not_before=None))
    assert len(checked(desk.ledger).problems) == 2  # its row is not the line's, and the line has no row


def fix(before: str | None, after: str, action: Action = Action.SET_EMAIL) -> Fix:
    return Fix(Ref("whmcs", "client", "1"), action, {"email": before}, {"email": after})


@pytest.mark.parametrize(
    ("fixes", "waits"),
    [
        pytest.param([fix("a@x.example", "b@x.example")], False, id="the-same-domain"),
        pytest.param([fix("a@x.example", "a@X.Example")], False, id="another-case"),
        pytest.param([fix("a@x.example", "a@y.example")], True, id="a-new-domain"),
        pytest.param([fix("a@x.example", "b@y.example"), fix("b@y.example", "b@x.example")], False, id="both-known"),
        pytest.param([fix(None, "a@x.example")], True, id="an-address-where-none-was"),
        pytest.param([fix("a@gmail.com", "b@gmail.com")], True, id="another-mailbox-of-a-free-provider"),
        pytest.param([fix("ann.lee@gmail.com", "annlee@gmail.com")], False, id="the-same-mailbox-spelled-otherwise"),
        pytest.param([fix("a@x.example", "b@x.example"), fix(None, "", Action.SET_NAME)], True, id="a-new-owner"),
        pytest.param([fix("a@x.example", "b@x.example"), fix(None, "", Action.ADD_NOTE)], False, id="with-a-note"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_what_waits(fixes: list[Fix], waits: bool) -> None:
    assert cools(fixes) is waits


def test_what_waits_counts_for_no_cap(desk: SupportDesk, stack: Stack) -> None:
    approved(desk)
    id = approved(desk, client="12", new_address="bob.stone@example.com", cpanel=False, domains=[])
    worker = Worker(desk.ledger, SimpleNamespace(open=desk.open))  # type: ignore[arg-type]
    assert worker.apply(cap_set_email=2)["cooling_off"] == 7
    assert desk.row(id).finding_state == "settled"


def test_the_messages_are_named_so_that_none_is_sent_twice(desk: SupportDesk) -> None:
    id = approved(desk)
    with desk.ledger.read() as connection:
        (name,) = connection.execute(sa.select(notice.c.message_id).where(notice.c.recipient == OLD)).scalars()
    assert ".1.coming." in name
    assert outbox.told(desk.ledger, str(desk.row(id).finding_id))[0][:3] == ("coming", OLD, "waiting")
