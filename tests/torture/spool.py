"""What the mail server accepted: the messages in its folder, as the checker wants to hear of them."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path


def messages(folder: Path) -> list[tuple[str, str]]:
    """The Message-ID of each message and whom its envelope named; several names stay one text, which is nobody's."""
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]
    return [(str(one["Message-ID"]).strip(), ", ".join(one.get_all("X-RcptTo", []))) for one in read]


def empty(folder: Path) -> None:
    for path in folder.glob("*.eml"):
        path.unlink()
