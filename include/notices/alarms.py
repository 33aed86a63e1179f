"""Word to the reviewers of what nobody wanted: a record edited meanwhile, a message that never arrives. No data."""

from __future__ import annotations

from collections.abc import Collection

from include.digests import digest
from include.model import Notice, Ref
from include.notices.recipients import CHAT, message_id
from include.notices.wording import worded
from include.settings import Settings

HEADERS = {"Auto-Submitted": "auto-generated"}
SHOWN = 12  # fields that a message names


def edited(finding_id: str, fix_id: int, record: Ref, fields: Collection[str], settings: Settings) -> list[Notice]:
    """The message that more of a record changed than a fix speaks of; none where nothing did."""
    if not fields:
        return []
    named = sorted(fields)
    said = ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
    page = f"{settings.page_url}findings/{finding_id}"
    text, html = worded("edited", settings, record=str(record), fields=said, page_url=page)
    told = (message_id(settings, f"fix-{fix_id}", "edited"), settings.reviewers_mail)
    return [Notice(*told, "Rollcall: a record was edited meanwhile", text, html, None, HEADERS)]


def undelivered(lost: Notice, problem: str, settings: Settings) -> Notice | None:
    """The message that one to the people of a finding can never go out; None of one that was for the reviewers."""
    if lost.about is None or lost.recipient in {CHAT, settings.reviewers_mail}:
        return None
    page = f"{settings.page_url}findings/{lost.about}"
    text, html = worded("undelivered", settings, why=problem, page_url=page)
    told = (message_id(settings, digest(lost.message_id)[:16], "undelivered"), settings.reviewers_mail)
    return Notice(*told, "Rollcall: a message could not be delivered", text, html, None, HEADERS)
