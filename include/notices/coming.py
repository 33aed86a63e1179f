"""
Word to the old address before a requested change is made: what will happen, when at the earliest, and whom to tell.

There is no link to object by: the page is behind Airflow's login, and a link that anybody can follow, or a mail
scanner does, is another way to hold a change up. The old address sees only a masked form of the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from include.model import Fix, Notice
from include.notices import changes
from include.notices.wording import worded
from include.settings import Settings

SUBJECT = "The email address of your account is going to be changed"


def coming(finding_id: str, version: int, fixes: Sequence[Fix], until: datetime, settings: Settings) -> list[Notice]:
    """One message to each address that would go."""
    about: dict[str, Any] = {
        "finding": finding_id,
        "version": str(version),
        "when": changes.moment(until, settings.timezone),
    }
    return [
        changes.notice("coming", recipient, SUBJECT, worded("coming", settings, lost=lines, **about), settings, about)
        for recipient, lines in changes.losing(fixes)
    ]
