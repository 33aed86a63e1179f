"""A real SMTP server on this machine: what it accepts becomes one `.eml` file each in a folder. It sends nothing on."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


class Spool:
    """aiosmtpd's handler. `replies`: what to answer instead of 250, in order, to try a mail system's moods."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.replies: list[str] = []
        self._numbers = itertools.count(1 + len(list(folder.glob("*.eml"))))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.replies:
            return self.replies.pop(0)
        content = envelope.original_content or b""
        whom = "".join(f"X-RcptTo: {address}\r\n" for address in envelope.rcpt_tos).encode()
        name = f"{next(self._numbers):06d}.eml"
        partial = self.folder / f".{name}"
        partial.write_bytes(whom + content)
        partial.replace(self.folder / name)
        return "250 Message accepted for delivery"


def serve_mail(folder: Path, port: int, host: str = "127.0.0.1") -> Controller:
    """Start the server. Raises OSError when the port is taken. Its `stop()` ends it."""
    controller = Controller(Spool(folder), hostname=host, port=port)
    controller.start()
    return controller
