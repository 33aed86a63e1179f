"""Mail to the reviewers: what a night found, and why nothing is applied. Counts and a link; nobody's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.digests import digest as checksum
from include.model import Notice
from include.notices.recipients import message_id
from include.notices.wording import worded
from include.registry import names, summary
from include.settings import Settings
from include.store import outbox

if TYPE_CHECKING:
    from include.store.ledger import Ledger

HEADERS = {"Auto-Submitted": "auto-generated"}


def digest_of(attempt: str, settings: Settings) -> Callable[[int, int, Mapping[str, int]], Notice | None]:
    """
    What writes the digest of an attempt of a night, for whoever files its findings.

    It is told how many are new, how many were reopened, and how many of each rule are open; None when nothing is new.
    """

    def digest(new: int, reopened: int, waiting: Mapping[str, int]) -> Notice | None:
        if new + reopened == 0:
            return None
        told = [(_title(rule), _about(rule), number) for rule, number in sorted(waiting.items()) if number]
        values = {"new": new, "reopened": reopened, "waiting": told, "total": sum(waiting.values())}
        night = attempt.partition(".")[0]
        text, html = worded("digest", settings, night=night, page_url=settings.page_url, **values)
        subject = f"Rollcall: {new} new for review" + (f", {reopened} came back" if reopened else "")
        named = message_id(settings, attempt, "digest")
        return Notice(named, settings.reviewers_mail, subject, text, html, None, HEADERS)

    return digest


def stopped(ledger: Ledger, why: str, settings: Settings, now: datetime | None = None) -> None:
    """Tell the reviewers, once a day for each reason, that nothing is applied and why."""
    at = now or datetime.now(UTC)
    text, html = worded("stopped", settings, why=why, page_url=settings.page_url)
    named = message_id(settings, f"{at:%Y-%m-%d}", checksum(why)[:16], "stopped")
    told = Notice(named, settings.reviewers_mail, "Rollcall applies nothing", text, html, None, HEADERS)
    with ledger.write() as connection:
        outbox.put(connection, told, at)


def _title(rule: str) -> str:
    return rule.replace("_", " ").capitalize()


def _about(rule: str) -> str:
    return summary("rules", rule) if rule in names("rules") else ""
