"""
How messages travel: by mail, one recipient each, taken from the outbox and sent at least once; or into the chat.

A message that was accepted while nobody could write it down goes out again, with the Message-ID it had. What the chat
may have got is not posted again: there, nothing would tell it from a second one. It writes no message and changes none.
Only counts are logged.
"""

from __future__ import annotations

import email.policy
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING

from include.errors import SettingsWrong, UnclearOutcome, Unreachable
from include.model import Notice
from include.notices import alarms, chat, failures
from include.notices.failures import Verdict
from include.notices.recipients import CHAT, NotDeliverable, mailbox
from include.settings import Settings, settings
from include.store import outbox

if TYPE_CHECKING:
    from include.store.ledger import Ledger

logger = logging.getLogger(__name__)

LEASE_SECONDS = 600.0  # a mail server may use up a request's time at each of its dozen answers
FIRST_WAIT, LONGEST_WAIT, PATIENCE = timedelta(minutes=5), timedelta(hours=6), timedelta(hours=24)
IN_A_ROW = 3  # messages that did not reach the server, before the others are not even tried


def deliver(
    ledger: Ledger, send: Callable[[EmailMessage], None], now: datetime, post: Callable[[Notice], int] | None = None
) -> int:
    """
    Send every message that is due; returns how many went. `post`: puts one into the chat, where there is a chat.

    A message that can never go out is closed as refused, and the reviewers hear of it where it was for the people of a
    finding; one that cannot go out now is put off. Raises Unreachable when the mail server is not there, Unauthorized
    or SettingsWrong when it does not want us: nothing is lost by that. What is wrong with the chat keeps no mail from
    going out, and is raised at the end.
    """
    sender, worker, started = _sender(settings()), f"deliver:{uuid.uuid4().hex}", time.monotonic()
    told: Counter[str] = Counter()
    missed = 0
    wrong: list[SettingsWrong] = []  # with the chat
    try:
        while True:
            moment = now + timedelta(seconds=time.monotonic() - started)
            waiting = outbox.take(ledger, worker, moment, LEASE_SECONDS)
            if waiting is None:
                break
            if waiting.notice.recipient == CHAT:
                verdict, problem = _post(waiting.notice, post, wrong)
            else:
                verdict, problem = _try(waiting.notice, sender, send, moment)
            wait = _wait(waiting.tries)
            match verdict:
                case Verdict.SENT:
                    outbox.delivered(ledger, waiting.id, worker, moment)
                    told["sent"] += 1
                case _ if verdict is Verdict.NEVER or wait is None:
                    why = problem if verdict is Verdict.NEVER else f"gave up after 24 hours: {problem}"
                    alarm = alarms.undelivered(waiting.notice, why, settings())
                    outbox.refused(ledger, waiting.id, worker, why, moment, alarm)
                    told["refused"] += 1
                case _:
                    outbox.put_off(ledger, waiting.id, worker, problem, moment + wait)
                    told["put off"] += 1
            missed = missed + 1 if verdict is Verdict.UNREACHED else 0
            if missed == IN_A_ROW:
                raise Unreachable("The mail server cannot be reached; the messages wait in the outbox.")
    finally:
        level = logging.WARNING if told["refused"] else logging.INFO
        counts = (told["sent"], told["refused"], told["put off"])
        logger.log(level, "messages: %d sent, %d refused, %d put off", *counts)
    if wrong:
        raise wrong[0]
    return told["sent"]


def _post(notice: Notice, post: Callable[[Notice], int] | None, wrong: list[SettingsWrong]) -> tuple[Verdict, str]:
    """Put one message into the chat; what came of it, in words that hold nothing of the webhook's address."""
    if post is None:
        return Verdict.NEVER, "There is no chat: ROLLCALL_CHAT is empty."
    try:
        return chat.judge(post(notice))
    except Unreachable as error:
        return Verdict.LATER, str(error)
    except UnclearOutcome as error:
        return Verdict.NEVER, f"{error} It may have got the message, which is not posted again."
    except SettingsWrong as error:
        wrong.append(error)
        return Verdict.LATER, "The chat's connection cannot be used."


def _try(
    notice: Notice, sender: Address, send: Callable[[EmailMessage], None], moment: datetime
) -> tuple[Verdict, str]:
    """Send one message; what came of it, and a problem in words that name nobody."""
    try:
        message = message_of(notice, sender, moment)
    except NotDeliverable as error:
        return Verdict.NEVER, str(error)
    except ValueError:
        return Verdict.NEVER, "The message cannot be written as mail."
    try:
        send(message)
    except OSError as error:  # smtplib's errors are among these
        failed = error
    else:
        return Verdict.SENT, ""
    return failures.judge(failed)  # out here, what it raises has no traceback in which the server names somebody


def message_of(notice: Notice, sender: Address, moment: datetime) -> EmailMessage:
    """A notice as a mail: text, the same as HTML, and one recipient. Raises NotDeliverable or ValueError."""
    message = EmailMessage(policy=email.policy.SMTP)
    recipient = mailbox(notice.recipient)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = notice.subject
    message["Date"] = moment
    message["Message-ID"] = notice.message_id
    for name, value in notice.headers.items():
        message[name] = value
    message.set_content(notice.text, cte="quoted-printable")
    if notice.html is not None:
        message.add_alternative(notice.html, subtype="html", cte="quoted-printable")
        shown = [*message.iter_parts()][-1]
        for name, png in notice.pictures.items():
            file = f"{name.partition('@')[0]}.png"
            shown.add_related(png, "image", "png", cid=f"<{name}>", filename=file, disposition="inline")
    return message


def _sender(settings: Settings) -> Address:
    try:
        known = mailbox(settings.mail_sender)
        return Address(settings.company, known.username, known.domain)
    except (NotDeliverable, ValueError) as error:
        raise SettingsWrong(
            "ROLLCALL_MAIL_SENDER must be one plain address, and ROLLCALL_COMPANY one line of text."
        ) from error


def _wait(tries: int) -> timedelta | None:
    """How long to wait after the next failure, when `tries` failed before; None once that would be over 24 hours."""
    waited = sum((_step(number) for number in range(min(tries, 100))), timedelta())
    return min(_step(tries), PATIENCE - waited) if waited < PATIENCE else None


def _step(number: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(number, 20)), LONGEST_WAIT)
