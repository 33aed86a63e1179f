"""Word to the reviewers of what nobody wanted: a record that somebody edited meanwhile. A link; nobody's data."""

from __future__ import annotations

from collections.abc import Collection

from include.model import Notice, Ref
from include.notices.recipients import message_id
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
    return [Notice(*told, "Rollcall: a record was edited meanwhile", text, html, finding_id, HEADERS)]
