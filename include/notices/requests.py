"""Word to the reviewers that a client's request waits for another person: its number and a link; nobody's data."""

from __future__ import annotations

from include.model import Notice
from include.notices.recipients import message_id
from include.notices.wording import worded
from include.settings import Settings

HEADERS = {"Auto-Submitted": "auto-generated"}


def waits(number: int, finding_id: str, settings: Settings) -> Notice:
    """The message about one request. It is sent once, however often the request is planned again."""
    text, html = worded("request_waits", settings, number=number, page_url=f"{settings.page_url}findings/{finding_id}")
    named = message_id(settings, f"request-{number}", "waits")
    subject = f"Rollcall: request {number} waits for another person"
    return Notice(named, settings.reviewers_mail, subject, text, html, finding_id, HEADERS)
