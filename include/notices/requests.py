"""Word to the reviewers: a request waits for another person, what was put off is back, or a client objects. A link."""

from __future__ import annotations

from datetime import datetime

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


def back(finding_id: str, version: int, settings: Settings) -> Notice:
    """The message that what was put off, of a request or an undo, is to be decided on again."""
    text, html = worded("back", settings, page_url=f"{settings.page_url}findings/{finding_id}")
    named = message_id(settings, finding_id, str(version), "back")
    return Notice(named, settings.reviewers_mail, "Rollcall: what was put off is back", text, html, finding_id, HEADERS)


def objected(finding_id: str, settings: Settings, now: datetime) -> Notice:
    """The message that an objection was recorded at a finding, and freezes its records until one of them lifts it."""
    text, html = worded("objected", settings, page_url=f"{settings.page_url}findings/{finding_id}")
    named = message_id(settings, f"objection-{finding_id}", f"{now:%Y%m%d%H%M%S}")
    return Notice(named, settings.reviewers_mail, "Rollcall: a client objects", text, html, finding_id, HEADERS)
