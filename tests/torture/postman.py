"""`python -m tests.torture.postman LEDGER PORT`: the step that sends what waits, in a process that can be killed."""

from __future__ import annotations

import smtplib
import sys
from datetime import UTC, datetime
from email.message import EmailMessage

from include.notices.channels import deliver
from include.store.ledger import open_ledger


def main(ledger_url: str, port: int, now: datetime) -> int:
    """Send all that is due at that moment."""

    def send(message: EmailMessage) -> None:
        (recipient,) = (address.addr_spec for address in message["To"].addresses)
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
            server.send_message(message, to_addrs=[recipient])

    return deliver(open_ledger(ledger_url), send, now)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), datetime.now(UTC))
