"""
What a mail server's failure means: for this message, for now, or for all of them.

Only an answer about the message itself closes it. What is wrong with us (a password, a sender, an encryption) is
raised: the message stays as it is, and is due again when its lease is over.
"""

from __future__ import annotations

import smtplib
import ssl
from enum import StrEnum

from include.errors import SettingsWrong, Unauthorized

CLOSING = 421  # the server goes away, whatever it was asked
WHO_ARE_YOU = frozenset({530, 534, 535, 538})  # the server wants a login, or another one
TOO_MUCH = 552  # to the size we announce with the sender: it is about the message
PERMANENT = 500


class Verdict(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    NEVER = "never"
    LATER = "later"
    UNREACHED = "unreached"


def judge(error: OSError) -> tuple[Verdict, str]:
    """The verdict on a message and a problem without any of the server's words. Raises what is wrong with us."""
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code) if code >= PERMANENT:
            raise Unauthorized(_login(code))
        case smtplib.SMTPRecipientsRefused(recipients=told):
            return _said(max((code for code, _ in told.values()), default=0))
        case smtplib.SMTPSenderRefused(smtp_code=code) if code >= PERMANENT and code not in {TOO_MUCH, *WHO_ARE_YOU}:
            raise SettingsWrong(f"The mail server takes no messages from ROLLCALL_MAIL_SENDER ({code}).")
        case smtplib.SMTPDataError(smtp_code=code) | smtplib.SMTPSenderRefused(smtp_code=code):
            return _said(code)
        case smtplib.SMTPResponseException(smtp_code=code):
            return Verdict.UNREACHED, f"The mail server did not take our connection ({code})."
        case smtplib.SMTPServerDisconnected():
            return Verdict.UNREACHED, "The mail server closed the connection."
        case smtplib.SMTPException() | ssl.SSLCertVerificationError():
            raise SettingsWrong(
                "The mail server does not offer the encryption or the login that the connection smtp_default asks for, "
                "or shows a certificate that cannot be trusted."
            )
        case _:
            return Verdict.UNREACHED, "The mail server cannot be reached."


def _said(code: int) -> tuple[Verdict, str]:
    """What the server's answer to a recipient or to a message means."""
    if code in WHO_ARE_YOU:
        raise Unauthorized(_login(code))
    if code == CLOSING:
        return Verdict.UNREACHED, f"The mail server is going away ({code})."
    if code >= PERMANENT:
        return Verdict.NEVER, f"The mail server refused the message ({code})."
    return Verdict.LATER, f"The mail server does not take the message now ({code})."


def _login(code: int) -> str:
    return f"The mail server did not accept the login of the connection smtp_default ({code})."
