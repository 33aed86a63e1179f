"""The digest: one mail to the reviewers after a night that found something new. Counts and a link; nobody's data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.model import Notice
from include.notices.recipients import message_id
from include.notices.wording import worded
from include.registry import names, summary
from include.settings import Settings
from include.store import findings, outbox

if TYPE_CHECKING:
    from include.store.ledger import Ledger

HEADERS = {"Auto-Submitted": "auto-generated"}


def digest(
    ledger: Ledger, filed: Mapping[str, int], attempt: str, settings: Settings, now: datetime | None = None
) -> None:
    """Tell the reviewers what waits for them, once for each attempt of a night. Silent when nothing is new."""
    new, reopened = filed["new"], filed["reopened"]
    if new + reopened == 0:
        return
    waiting = [
        (rule.replace("_", " ").capitalize(), summary("rules", rule) if rule in names("rules") else "", states["open"])
        for rule, states in findings.counts(ledger).items()
        if states.get("open")
    ]
    total = sum(number for _, _, number in waiting)
    values = {"new": new, "reopened": reopened, "waiting": waiting, "total": total, "page_url": settings.page_url}
    text, html = worded("digest", settings, night=attempt.partition(".")[0], **values)
    subject = f"Rollcall: {new} new for review" + (f", {reopened} came back" if reopened else "")
    told = Notice(message_id(settings, attempt, "digest"), settings.reviewers_mail, subject, text, html, None, HEADERS)
    with ledger.write() as connection:
        outbox.put(connection, told, now or datetime.now(UTC))
