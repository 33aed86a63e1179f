"""
A notice in the JSON that a chat's incoming webhook takes, and what its answer means. It posts nothing.

Slack and Mattermost take `text`; Teams takes adaptive cards only (Microsoft Learn, "Create and send messages", as read
2026-11).
"""

from __future__ import annotations

from typing import Any

from include.model import Notice
from include.notices.failures import Verdict

SLACK = ("hooks.slack.com",)
TEAMS = (".webhook.office.com", ".logic.azure.com", ".api.powerplatform.com")
HOSTS = SLACK + TEAMS  # whom a webhook may be at, besides our own hosts
TOO_MANY, BROKEN, DONE, REFUSED = 429, 500, 200, 300


def payload(notice: Notice, host: str) -> dict[str, Any]:
    """What is posted to a webhook at `host`."""
    if not host.endswith(TEAMS):
        return {"text": f"{notice.subject}\n{notice.text}".strip()}
    lines = [line for line in notice.text.splitlines() if line]
    blocks = [{"type": "TextBlock", "text": line, "wrap": True, "spacing": "Small"} for line in lines]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": notice.subject, "weight": "Bolder", "wrap": True}, *blocks],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def judge(status: int) -> tuple[Verdict, str]:
    """The verdict on a message by the webhook's answer, and a problem without any of its words."""
    if DONE <= status < REFUSED:
        return Verdict.SENT, ""
    if status == TOO_MANY or status >= BROKEN:
        return Verdict.LATER, f"The chat cannot take it now ({status})."
    return Verdict.NEVER, f"The chat's webhook refused it ({status}): was it revoked?"
