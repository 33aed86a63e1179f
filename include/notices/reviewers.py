"""Word to the reviewers: what a night found, and why nothing is applied. Counts and a link; nobody's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.digests import digest as checksum
from include.model import Notice
from include.notices.pictures import Bar, trend
from include.notices.recipients import CHAT, message_id
from include.notices.wording import worded, worded_text
from include.registry import names, summary
from include.settings import Settings
from include.store import outbox

if TYPE_CHECKING:
    from include.store.ledger import Ledger
    from include.store.nights import Night

HEADERS = {"Auto-Submitted": "auto-generated"}
PICTURE = "trend@rollcall"
SHOWN = 14  # nights in the picture


def digest_of(
    attempt: str, settings: Settings, before: Sequence[Night] = ()
) -> Callable[[int, int, Mapping[str, int]], list[Notice]]:
    """
    What writes the digest of a night, for whoever files its findings: a mail, and word to the chat if there is one.

    It is told how many are new, how many were reopened, and how many of each rule are open; it is silent when nothing
    is new. `before`: the nights to show the trend of. A second attempt of a night has messages of the same names, which
    the outbox holds already.
    """

    def digest(new: int, reopened: int, waiting: Mapping[str, int]) -> list[Notice]:
        if new + reopened == 0:
            return []
        night, total = attempt.partition(".")[0], sum(waiting.values())
        told = [(_title(rule), _about(rule), number) for rule, number in sorted(waiting.items()) if number]
        bars = [*_bars(before, night), Bar(night, total, new + reopened)]
        values = {"new": new, "reopened": reopened, "waiting": told, "total": total, "bars": bars, "picture": PICTURE}
        text, html = worded("digest", settings, night=night, page_url=settings.page_url, **values)
        subject = f"Rollcall: {new} new for review" + (f", {reopened} came back" if reopened else "")
        named, pictures = message_id(settings, night, "digest"), {PICTURE: trend(bars)}
        mail = Notice(named, settings.reviewers_mail, subject, text, html, None, HEADERS, pictures)
        if not settings.chat:
            return [mail]
        posted = worded_text("digest_chat", settings, night=night, page_url=settings.page_url, **values)
        return [mail, Notice(message_id(settings, night, "digest", CHAT), CHAT, subject, posted)]

    return digest


def _bars(before: Sequence[Night], night: str) -> list[Bar]:
    """The nights before this one, as far as they were filed."""
    filed = [(one.date, one.filed.told) for one in before if one.filed and one.date < night]
    return [Bar(date, sum(told["waiting"].values()), told["new"] + told["reopened"]) for date, told in filed][
        1 - SHOWN :
    ]


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
