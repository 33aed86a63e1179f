"""
Whom a message goes to: one mailbox, and nothing that a mail system could read as two, as a name or as a header.

An address is taken from a platform, where a customer may have written anything into it.
"""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address

from include.errors import RollcallError
from include.settings import Settings

ENCODED = "=?"  # Python writes what looks like an encoded word decoded: `=?utf-8?q?a=40b?=@c` goes out as `a@b@c`
HIDDEN = "•••"
CHAT = "chat"  # the recipient of what is posted and not mailed


class NotDeliverable(RollcallError):
    """The recipient is not one plain mailbox; nothing was sent. Names no address."""


def mailbox(text: str) -> Address:
    """The one mailbox that `text` names. Raises NotDeliverable."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False)
    except EmailNotValidError:
        raise NotDeliverable("The recipient is not one plain address.") from None  # its own words name the address
    local, _, domain = text.rpartition("@")
    if ENCODED in local or domain.lower() not in {checked.domain, checked.ascii_domain}:
        raise NotDeliverable("The recipient is an address that mail systems read differently.")
    return Address(username=local, domain=checked.ascii_domain or checked.domain)


def masked(text: str) -> str:
    """An address as it may be shown to somebody else: `a•••@example.com`; of what is no address, nothing."""
    try:
        known = mailbox(text)
    except NotDeliverable:
        return HIDDEN
    return f"{known.username[0]}{HIDDEN}@{known.domain}"


def message_id(settings: Settings, *parts: str) -> str:
    """A Message-ID that is the same whenever the same message is written."""
    domain = re.sub(r"[^a-z0-9.-]", "", settings.mail_sender.rpartition("@")[2].lower()).strip(".-") or "invalid"
    return f"<{'.'.join(parts)}@rollcall.{domain}>"


def fingerprint(recipient: str) -> str:
    """A recipient as 16 hex digits, the same for two spellings that differ in case."""
    return hashlib.sha256(recipient.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]
