"""An Airflow connection becomes a mailer: encrypted, to one recipient, and what is missing is named."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from include import connections
from include.errors import SettingsWrong
from tests.certificates import certificate
from tests.connecting import LOGIN, airflow, connect, set_to
from tests.notices.mailing import DROP, MailServer

pytestmark = pytest.mark.airflow

__all__ = ["airflow", "certificate", "connect", "set_to"]  # fixtures


def message(to: str = "ann@old.example", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "rollcall@example.com", to, "A subject"
    for name, value in headers.items():
        made[name] = value
    made.set_content("A text")
    return made


PLAIN = {"disable_tls": True, "disable_ssl": True}


def mailing(connect: Any, server: MailServer, **said: Any) -> None:
    told = {"conn_type": "smtp", "host": "127.0.0.1", "port": server._controller.port, "login": "", "extra": PLAIN}
    connect("smtp_default", **told | said)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def test_a_message_goes_to_the_one_recipient_it_names(connect, mail):
    mailing(connect, mail)
    connections.mailer()(message(Cc="eve@evil.example", Bcc="eve@evil.example"))
    assert [recipients for recipients, _ in mail.accepted] == [["ann@old.example"]]


@pytest.mark.parametrize("goodbye", ["500 What?", "451 Not now", DROP])
def test_what_was_accepted_is_sent_whatever_the_server_says_at_the_end(connect, mail, goodbye):
    mailing(connect, mail)
    mail.at_quit = [goodbye]
    connections.mailer()(message())
    assert len(mail.accepted) == 1


@pytest.mark.parametrize("to", ["ann@old.example, eve@evil.example", ""], ids=["two", "nobody"])
def test_a_message_to_two_or_to_nobody_is_not_sent(connect, mail, to):
    mailing(connect, mail)
    with pytest.raises(ValueError, match="unpack"):
        connections.mailer()(message(to))
    assert mail.accepted == []


@pytest.mark.parametrize(
    ("said", "says"), [(None, "no Airflow connection 'smtp_default'"), ({"host": ""}, "has no host")]
)
def test_a_mail_connection_that_cannot_be_used_is_named(connect, said, says):
    if said is not None:
        connect("smtp_default", **said)
    with pytest.raises(SettingsWrong, match=says):
        connections.mailer()


@pytest.fixture
def encrypted(certificate) -> Iterator[MailServer]:
    """A mail server that takes nothing before TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with MailServer(tls_context=context, require_starttls=True) as server:
        yield server


@pytest.mark.parametrize("extra", [{}, {"disable_tls": "false"}], ids=["nothing-said", "said"])
def test_mail_is_encrypted_unless_the_connection_says_otherwise(connect, encrypted, certificate, monkeypatch, extra):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailing(connect, encrypted, extra=extra)
    connections.mailer()(message())
    assert encrypted.recipients == ["ann@old.example"]


def test_a_server_nobody_vouches_for_gets_neither_the_password_nor_the_message(connect, encrypted):
    mailing(connect, encrypted, extra={}, login=LOGIN)
    with pytest.raises(ssl.SSLCertVerificationError):
        connections.mailer()(message())
    assert encrypted.accepted == []


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        pytest.param({}, smtplib.SMTPNotSupportedError, id="no-starttls"),
        pytest.param({"disable_ssl": False}, ssl.SSLError, id="no-ssl"),
    ],
)
def test_there_is_no_falling_back_to_plain_text(connect, mail, extra, error):
    mailing(connect, mail, extra=extra)
    with pytest.raises(error):
        connections.mailer()(message())
    assert mail.accepted == []
