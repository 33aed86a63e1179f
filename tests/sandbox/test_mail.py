"""The sandbox's mail server: what it accepts lies in its folder as it came, one file a message, and nothing else."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from include.sandbox.mail import Spool, serve_mail

ANN, BEN = "ann@post.example", "ben@post.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "made" / "spool"


@pytest.fixture
def server(folder: Path) -> Iterator[Controller]:
    controller = serve_mail(folder, free_port())
    yield controller
    controller.stop()


def message(to: str = ANN, subject: str = "Your address was changed", text: str = "Dear Ann,\n") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "rollcall@example.com", to, subject
    letter.set_content(text)
    return letter


def deliver(server: Controller, *letters: EmailMessage, to: list[str] | None = None) -> None:
    with smtplib.SMTP(server.hostname, server.port, timeout=5) as mail:
        for letter in letters:
            mail.send_message(letter, to_addrs=to)


def spooled(folder: Path) -> list[Message]:
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]


def test_every_message_becomes_a_file_in_the_order_they_came(server: Controller, folder: Path):
    deliver(server, *(message(subject=subject) for subject in ("one", "two")))
    deliver(server, message(subject="three"))
    assert sorted(path.name for path in folder.iterdir()) == ["000001.eml", "000002.eml", "000003.eml"]
    assert [letter["Subject"] for letter in spooled(folder)] == ["one", "two", "three"]


def test_a_message_lies_there_as_it_was_sent(server: Controller, folder: Path):
    text = "Grüße, Zoë.\n\n.a line that begins with a dot\n"
    deliver(server, message(subject="Neue Adresse für Zoë", text=text))
    (letter,) = spooled(folder)
    assert (letter["To"], letter["Subject"]) == (ANN, "Neue Adresse für Zoë")
    assert letter.get_content().splitlines() == text.splitlines()


def test_a_file_names_whom_the_message_was_handed_over_for(server: Controller, folder: Path):
    deliver(server, message(to=ANN), to=[ANN, BEN])
    (letter,) = spooled(folder)
    assert letter.get_all("X-RcptTo") == [ANN, BEN]


def test_a_spool_that_holds_messages_is_gone_on_with_and_none_is_written_over(server: Controller, folder: Path):
    deliver(server, message(subject="before"))
    again = serve_mail(folder, free_port())
    deliver(again, message(subject="after"))
    again.stop()
    assert [letter["Subject"] for letter in spooled(folder)] == ["before", "after"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param("451 Try again later", 451, id="a-passing-refusal"),
        pytest.param("554 Rejected", 554, id="a-lasting-refusal"),
    ],
)
def test_a_server_in_a_mood_refuses_one_message_keeps_nothing_of_it_and_takes_the_next(
    server: Controller, folder: Path, reply: str, error: int
):
    assert isinstance(server.handler, Spool)
    server.handler.replies.append(reply)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        deliver(server, message(subject="refused"))
    assert refused.value.smtp_code == error
    assert list(folder.iterdir()) == []
    deliver(server, message(subject="taken"))
    assert [letter["Subject"] for letter in spooled(folder)] == ["taken"]


def test_a_stopped_server_leaves_its_port(server: Controller, tmp_path: Path):
    first = serve_mail(tmp_path / "first", free_port())
    first.stop()
    second = serve_mail(tmp_path / "second", first.port)
    deliver(second, message())
    second.stop()
    assert len(spooled(tmp_path / "second")) == 1
