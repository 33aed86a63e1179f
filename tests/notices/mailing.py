"""Messages written out by hand, and a mail server on this machine that answers as it is told. It sends nothing on."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any, Self

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from include import notices
from include.digests import finding_id
from include.model import Action, Finding, Fix, Notice, Ref
from include.settings import Settings
from include.store import outbox
from include.store.ledger import Ledger
from include.store.schema import notice

FINDING = Finding("email_mismatch", Ref.parse("shopify:customer:1"), (Ref.parse("hubspot:contact:2"),), 0.9, ())
ID = finding_id(FINDING.key)
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
OLD, NEW = "ann@old.example", "ann@new.example"
DAY = 24 * 60  # minutes
DROP = "drop"  # instead of an answer: the server is gone

HOSTILE = [
    pytest.param("ann@x.example\r\nBcc: eve@evil.example", id="a-header"),
    pytest.param("ann@x.example\nEVIL", id="a-line"),
    pytest.param("ann@x.example, eve@evil.example", id="two-addresses"),
    pytest.param("Eve <eve@evil.example>", id="a-name"),
    pytest.param("<eve@evil.example>", id="angle-brackets"),
    pytest.param("ann@x.example\uff20evil.example", id="a-full-width-at"),
    pytest.param("\u00e4nn@evil.example", id="letters-outside-ascii"),
    pytest.param('"go to evil.example"@x.example', id="a-quoted-sentence"),
    pytest.param("=?utf-8?q?eve=40evil.example=3e?=@x.example", id="an-encoded-word"),
    pytest.param("ann@\u24d4vil.example", id="a-letter-that-becomes-another"),
    pytest.param("\ud800@evil.example", id="half-a-character"),
    pytest.param("<script>EVIL</script>", id="a-script"),
    pytest.param("evil.example", id="no-address"),
]


def set_email(target: str = "shopify:customer:1", old: str | None = OLD, new: str = NEW) -> Fix:
    return Fix(Ref.parse(target), Action.SET_EMAIL, {"email": old}, {"email": new})


def add_email(had: Sequence[str], has: Sequence[str], target: str = "hubspot:contact:2") -> Fix:
    return Fix(Ref.parse(target), Action.ADD_EMAIL, {"other_emails": list(had)}, {"other_emails": list(has)})


def put(ledger: Ledger, *recipients: str, **said: Any) -> None:
    """Put a message to each into the outbox, in this order."""
    for number, recipient in enumerate(recipients):
        told: dict[str, Any] = {"subject": "A subject", "text": "A text\n", "html": "<p>A text</p>\n"} | said
        one = Notice(f"<{number}.{len(rows(ledger))}@rollcall.example.com>", recipient, **told)
        with ledger.write() as connection:
            outbox.put(connection, one, NOW)


def digest(chat: str = "") -> Notice:
    """The digest of a night with news, as it goes into the mailbox, or else into the chat."""
    return notices.digest_of("2026-11-23.1", Settings(chat=chat))(1, 1, {"email_mismatch": 2})[-1]


def rows(ledger: Ledger) -> list[Any]:
    """Every message in the outbox, as the table holds it."""
    with ledger.read() as connection:
        return list(connection.execute(sa.select(notice).order_by(notice.c.id)))


def states(ledger: Ledger) -> list[str]:
    return [row.state for row in rows(ledger)]


def tried(ledger: Ledger, tries: int) -> None:
    """Let every message have been tried this often before."""
    with ledger.write() as connection:
        connection.execute(sa.update(notice).values(tries=tries))


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


class MailServer(AbstractContextManager["MailServer"]):
    """
    aiosmtpd with a handler that answers as the test says.

    `at_mail`, `at_rcpt`, `at_data`, `at_quit`: answers in order, then 250. `bad`: answers at RCPT by recipient.
    `accepted`: every message that arrived whole, with the recipients of its envelope, also when the server dropped
    the line then.
    """

    def __init__(self, **options: Any) -> None:
        self.at_mail: list[str] = []
        self.at_rcpt: list[str] = []
        self.at_data: list[str] = []
        self.at_quit: list[str] = []
        self.bad: dict[str, str] = {}
        self.connections = 0
        self.accepted: list[tuple[list[str], EmailMessage]] = []
        self._controller = _Controller(_Moods(self), **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def recipients(self) -> list[str]:
        return [address for envelope, _ in self.accepted for address in envelope]

    def sender(self, login: str | None = None, encrypted: bool = False) -> Callable[[EmailMessage], None]:
        """What `connections.mailer` gives, without Airflow: a new connection for every message."""

        def send(message: EmailMessage) -> None:
            self.connections += 1
            (recipient,) = (address.addr_spec for address in message["To"].addresses)
            with smtplib.SMTP("127.0.0.1", self._controller.port, timeout=5) as server:
                if encrypted:
                    server.starttls()
                if login:
                    server.login(login, "a wrong password")
                server.send_message(message, to_addrs=[recipient])

        return send


class _Controller(Controller):
    """A server on a port that this machine had free: aiosmtpd must know it before it listens."""

    def __init__(self, handler: object, **options: Any) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self.socket.getsockname()[1], **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)


class _Moods:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(self, smtp: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.mail_from = address
        return self._answer(smtp, self.server.at_mail)

    async def handle_RCPT(self, smtp: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.server.bad:
            return self._answer(smtp, [self.server.bad[address]])
        answer = self._answer(smtp, self.server.at_rcpt)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, smtp: Any, _session: Any, envelope: Any) -> str:
        drops = self.server.at_data[:1] == [DROP]
        answer = self._answer(smtp, self.server.at_data)
        if drops or answer.startswith("250"):
            message = message_from_bytes(envelope.original_content, _class=EmailMessage, policy=POLICY)
            self.server.accepted.append((list(envelope.rcpt_tos), message))
        return answer

    async def handle_QUIT(self, smtp: Any, _session: Any, _envelope: Any) -> str:
        return self._answer(smtp, self.server.at_quit) if self.server.at_quit else "221 Bye"

    def _answer(self, smtp: Any, script: list[str]) -> str:
        answer = script.pop(0) if script else "250 OK"
        if answer == DROP:
            smtp.transport.abort()
        return answer


def refusing(code: int) -> Callable[..., AuthResult]:
    """An authenticator of aiosmtpd that lets nobody in."""

    def authenticate(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message=f"{code} Authentication failed")

    return authenticate
