"""A message goes out at least once, to one recipient; what cannot go out keeps no other from going."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from include import notices
from include.errors import SettingsWrong
from include.notices.channels import deliver
from include.settings import Settings, settings
from include.store import outbox
from tests.notices.mailing import DAY, ID, NEW, NOW, OLD, add_email, after, put, rows, set_email


def test_a_message_arrives_whole_at_its_one_recipient(ledger, mail, monkeypatch):
    monkeypatch.setenv("ROLLCALL_COMPANY", 'Harbor "Höst" <&> Co')
    monkeypatch.setenv("ROLLCALL_MAIL_SENDER", "us@harbor.example")
    put(ledger, OLD, subject="Grüße", text="Größe •••\n" * 3, headers={"Auto-Submitted": "auto-generated"})

    assert deliver(ledger, mail.sender(), NOW) == 1

    ((envelope, message),) = mail.accepted
    assert envelope == [OLD]
    assert [address.addr_spec for address in message["To"].addresses] == [OLD]
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Harbor "Höst" <&> Co', "us@harbor.example")
    assert message["Subject"] == "Grüße"
    assert message["Message-ID"] == rows(ledger)[0].message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None
    assert abs(parsedate_to_datetime(message["Date"]) - NOW).total_seconds() < 60
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content().splitlines() == ["Größe •••"] * 3
    assert message.get_body(("html",)).get_content().strip() == "<p>A text</p>"
    assert message.as_bytes().isascii()


def test_what_is_told_of_a_change_arrives_as_it_was_written(ledger, mail):
    """A mail system puts a `>` before a line that begins with `From `: none of ours may."""
    fixes = [set_email(), set_email("whmcs:login:1"), add_email([], [NEW, "ann@third.example"])]
    with ledger.write() as connection:
        for one in notices.of_change(ID, 1, fixes, Settings(), NOW):
            outbox.put(connection, one, NOW)
        for one in notices.digest_of("2026-11-23.1", Settings())(1, 1, {"email_mismatch": 2}):
            outbox.put(connection, one, NOW)
    notices.stopped(ledger, "fixes: no cap of this run or day is exceeded", Settings(), NOW)

    assert deliver(ledger, mail.sender(), NOW) == 5

    for row, (envelope, message) in zip(rows(ledger), mail.accepted, strict=True):
        assert envelope == [row.recipient]
        assert message["Subject"] == row.subject
        for form, written in (("plain", row.text), ("html", row.html)):
            assert message.get_body((form,)).get_content().splitlines() == written.splitlines()


def test_a_message_goes_out_once(ledger, mail):
    put(ledger, OLD, NEW)

    assert [deliver(ledger, mail.sender(), after(minutes)) for minutes in (0, 0, DAY)] == [2, 0, 0]
    assert mail.recipients == [OLD, NEW]
    assert {row.sent_at >= NOW for row in rows(ledger)} == {True}


def test_two_that_deliver_at_once_send_each_message_once(ledger, mail):
    put(ledger, *(f"ann{number}@old.example" for number in range(12)))

    with ThreadPoolExecutor(3) as workers:
        sent = list(workers.map(lambda _: deliver(ledger, mail.sender(), NOW), range(3)))

    assert sum(sent) == 12
    assert sorted(mail.recipients) == sorted(f"ann{number}@old.example" for number in range(12))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ROLLCALL_MAIL_SENDER", "nobody"),
        ("ROLLCALL_MAIL_SENDER", "a@b.example, c@d.example"),
        ("ROLLCALL_MAIL_SENDER", "Us <us@harbor.example>"),
        ("ROLLCALL_COMPANY", "Harbor\r\nBcc: eve@evil.example"),
    ],
)
def test_a_sender_that_cannot_be_used_is_named_before_anything_is_sent(ledger, mail, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    put(ledger, OLD)

    with pytest.raises(SettingsWrong, match=variable):
        deliver(ledger, mail.sender(), NOW)

    assert mail.connections == 0
    assert outbox.counts(ledger) == {"waiting": 1}


def test_only_counts_are_logged(ledger, mail, caplog):
    caplog.set_level(logging.DEBUG)
    put(ledger, OLD, NEW, "no address", "ann@third.example")
    mail.bad = {NEW: f"550 No such user: {NEW}", "ann@third.example": "451 ann@third.example is busy"}

    deliver(ledger, mail.sender(), NOW)

    ours = [record for record in caplog.records if record.name.startswith("include")]
    assert [(record.levelname, record.getMessage()) for record in ours] == [
        ("WARNING", "messages: 1 sent, 2 refused, 1 put off")
    ]
